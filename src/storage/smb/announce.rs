//! A connection whose first message says that we can encrypt.
//!
//! smb2 encrypts, but its NEGOTIATE leaves the capability out, and servers that want encryption then sign nobody in.
//! The bit is set on the way out, and the hash over both messages, from which the keys come, is made again.
//! Must not do: change any other message.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use smb2::client::Connection;
use smb2::crypto::kdf::PreauthHasher;
use smb2::transport::{ReceiveProgress, TcpTransport, TransportReceive, TransportSend};
use smb2::{Error, Result};

/// SMB2_GLOBAL_CAP_ENCRYPTION (MS-SMB2 2.2.3).
const CAN_ENCRYPT: u32 = 0x40;

/// Where the command stands in a message's header (MS-SMB2 2.2.1.2); NEGOTIATE is 0.
const COMMAND: std::ops::Range<usize> = 12..14;

/// Where the capabilities stand in a NEGOTIATE request: 8 bytes after the header of 64 (MS-SMB2 2.2.3).
const CAPABILITIES: std::ops::Range<usize> = 72..76;

/// Both messages of the NEGOTIATE exchange, as they went over the wire.
#[derive(Default)]
struct Exchange {
    request: Option<Vec<u8>>,
    response: Option<Vec<u8>>,
}

#[derive(Clone)]
struct Announcing {
    tcp: Arc<TcpTransport>,
    exchange: Arc<Mutex<Exchange>>,
}

fn lock(exchange: &Mutex<Exchange>) -> std::sync::MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_negotiate(message: &[u8]) -> bool {
    message.starts_with(b"\xfeSMB") && message.get(COMMAND) == Some(&[0, 0])
}

/// The request with the capability, when it is one.
fn with_encryption(request: &[u8]) -> Option<Vec<u8>> {
    if !is_negotiate(request) {
        return None;
    }
    let field: [u8; 4] = request.get(CAPABILITIES)?.try_into().ok()?;
    let mut changed = request.to_vec();
    let field = u32::from_le_bytes(field) | CAN_ENCRYPT;
    changed[CAPABILITIES].copy_from_slice(&field.to_le_bytes());
    Some(changed)
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl TransportSend for Announcing {
    fn send<'life0, 'life1, 'async_trait>(
        &'life0 self,
        data: &'life1 [u8],
    ) -> Answer<'async_trait, ()>
    where
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        let Some(changed) = with_encryption(data) else { return self.tcp.send(data) };
        Box::pin(async move {
            lock(&self.exchange).request = Some(changed.clone());
            self.tcp.send(&changed).await
        })
    }
}

impl TransportReceive for Announcing {
    fn receive<'life0, 'async_trait>(&'life0 self) -> Answer<'async_trait, Vec<u8>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let message = self.tcp.receive().await?;
            if is_negotiate(&message) {
                lock(&self.exchange).response = Some(message.clone());
            }
            Ok(message)
        })
    }

    fn receive_progress(&self) -> Option<Arc<ReceiveProgress>> {
        self.tcp.receive_progress()
    }
}

/// Agrees on a dialect with the server `host` at the other end of `tcp`. The connection gives up after `limit`
/// without an answer, from the first message on.
///
/// # Errors
/// What the server says, or that it says nothing.
pub(super) async fn negotiate(
    tcp: TcpTransport,
    host: &str,
    limit: std::time::Duration,
) -> Result<Connection> {
    let exchange = Arc::new(Mutex::new(Exchange::default()));
    let sender = Announcing { tcp: Arc::new(tcp), exchange: Arc::clone(&exchange) };
    let receiver = Box::new(sender.clone());
    let mut connection = Connection::from_transport(Box::new(sender), receiver, host);
    connection.set_compression_requested(false);
    connection.set_response_timeout(Some(limit));
    connection.negotiate().await?;
    let (request, response) = {
        let mut exchange = lock(&exchange);
        (exchange.request.take(), exchange.response.take())
    };
    let (Some(request), Some(response)) = (request, response) else {
        return Err(Error::invalid_data("the dialect was agreed without being asked for"));
    };
    connection.with_preauth_hasher_mut(|hasher| {
        *hasher = PreauthHasher::new();
        hasher.update(&request);
        hasher.update(&response);
    });
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_message_is_changed_and_only_by_a_bit() {
        let mut request = vec![0_u8; 120];
        request[..4].copy_from_slice(b"\xfeSMB");
        request[72] = 0x05;
        let changed = with_encryption(&request).expect("a NEGOTIATE");
        assert_eq!(changed[72], 0x45);
        let different = changed.iter().zip(&request).filter(|(a, b)| a != b).count();
        assert_eq!((different, changed.len()), (1, request.len()));
        request[12] = 1;
        assert_eq!(with_encryption(&request), None, "SESSION_SETUP");
        assert_eq!(with_encryption(b"\xfeSMB"), None);
        assert_eq!(with_encryption(&[0; 120]), None);
    }
}
