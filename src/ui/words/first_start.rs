//! What the sheet of the first start says.
//!
//! Must not do: decide when.

pub const WELCOME: &str = "Welcome to Watchkeeper";
pub const RECORDS: &str = "It records from the first minute on; there is nothing else to set up.";
pub const ADD: &str = "Add a camera";
pub const ADD_TIP: &str = "By its RTSP address";
pub const SEARCH: &str = "Search the network";
pub const SEARCH_TIP: &str = "For cameras that answer";
pub const SIMULATED: &str = "Use simulated cameras";
pub const SIMULATED_TIP: &str = "To look around without a camera";
