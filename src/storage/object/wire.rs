//! Requests over HTTP on the caller's own thread: bounded in time, encrypted by the system's certificates.
//!
//! Each caller has a connection of its own, so that a long upload keeps no reader waiting. A name alone is looked up
//! on a thread of the library's, for only so can the system's answer be given up. Must not do: sign, follow a
//! redirection, use a proxy, or know what is stored.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::failure::{Failure, answer};

/// Longest body of an answer: a window of a file, or a page of a listing of 1 000 names.
const MAX_ANSWER: u64 = 16 << 20;

/// How long the other side may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For finding its address.
    pub resolve: Duration,
    /// For connecting, encryption included.
    pub connect: Duration,
    /// Without a byte moving, and for the first byte of an answer.
    pub answer: Duration,
}

impl Patience {
    /// For everyday work: a server that gathers the parts of a large file answers late.
    pub const WORK: Self = Self {
        resolve: Duration::from_secs(5),
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(20),
    };

    /// While an operator waits: the first request, in which all goes wrong that can, takes 6 s at most.
    pub const TRIAL: Self = Self {
        resolve: Duration::from_secs(2),
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(2),
    };
}

/// The HTTP client; clones share their connections.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    agent: Agent,
}

impl Wire {
    pub fn new(patience: Patience) -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config: Config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .tls_config(tls)
            .timeout_resolve(Some(patience.resolve))
            .timeout_connect(Some(patience.connect))
            .timeout_per_read(Some(patience.answer))
            .timeout_per_write(Some(patience.answer))
            .timeout_recv_response(Some(patience.answer))
            .user_agent(AutoHeaderValue::Provided(
                concat!("Watchkeeper/", env!("CARGO_PKG_VERSION")).to_owned().into(),
            ))
            .build();
        Self { agent: Agent::with_parts(config, DefaultConnector::new(), Names::default()) }
    }

    /// Sends `request`; only an answer that is no error is one.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|error| Failure::Broken(error.to_string()))?;
        let body = body.to_bytes();
        let once = || {
            let request = ureq::http::Request::from_parts(parts.clone(), &body[..]);
            exchange(&self.agent, request)
        };
        match once() {
            // A connection that had been kept, and that the other side closed in this moment.
            Err(ureq::Error::Io(error)) if is_cut(&error) => {
                once().map_err(|error| failed(&error))?
            }
            answered => answered.map_err(|error| failed(&error))?,
        }
    }
}

/// One request and its whole answer.
fn exchange(
    agent: &Agent,
    request: ureq::http::Request<&[u8]>,
) -> Result<Result<HttpResponse, Failure>, ureq::Error> {
    let (parts, mut body) = agent.run(request)?.into_parts();
    let bytes = body.with_config().limit(MAX_ANSWER).read_to_vec()?;
    Ok(match answer(parts.status.as_u16(), &bytes) {
        Some(failure) => Err(failure),
        None => Ok(HttpResponse::from_parts(parts, bytes.into())),
    })
}

fn is_cut(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

fn failed(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::HostNotFound | ureq::Error::Timeout(ureq::Timeout::Resolve) => Failure::NoHost,
        ureq::Error::ConnectionFailed | ureq::Error::Timeout(ureq::Timeout::Connect) => {
            Failure::NoConnection("nothing answers there")
        }
        ureq::Error::Timeout(_) | ureq::Error::BodyStalled => Failure::NoAnswer,
        ureq::Error::Io(error) => io_failed(error),
        ureq::Error::Rustls(error) => tls_failed(error),
        ureq::Error::Tls(why) => Failure::Certificate((*why).into()),
        ureq::Error::Protocol(_) => Failure::NotS3,
        other => Failure::Broken(other.to_string()),
    }
}

fn io_failed(error: &io::Error) -> Failure {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls_failed(tls);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::NoConnection("nothing listens on this port"),
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Failure::NoConnection("no network leads there"),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::NoAnswer,
        _ => Failure::Broken("the connection broke off".into()),
    }
}

fn tls_failed(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::InvalidCertificate(why) => Failure::Certificate(format!("{why:?}")),
        rustls::Error::InvalidMessage(_) => Failure::NotEncrypted,
        other => Failure::Broken(format!("the encrypted connection broke off: {other}")),
    }
}

#[async_trait::async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // No kind that the library would repeat: who calls decides that.
        let sent = self.send(request).await;
        sent.map_err(|failure| HttpError::new(HttpErrorKind::Unknown, failure))
    }
}

impl HttpConnector for Wire {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// The system's names, with a failure that tells itself from one of the connection.
#[derive(Debug, Default)]
struct Names(DefaultResolver);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.0.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })
    }
}
