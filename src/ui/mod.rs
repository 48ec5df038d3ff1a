//! Stub.
use std::sync::Arc;
use crate::runtime::Clock;
pub struct UiOptions;
impl UiOptions { pub fn new(_c: Arc<dyn Clock>) -> Self { Self } }
pub fn check_display() -> Result<(), std::io::Error> { Ok(()) }
pub fn run(_c: crate::engine::protocol::Console, _o: UiOptions) -> Result<(), std::io::Error> { std::thread::sleep(std::time::Duration::from_secs(30)); Ok(()) }
