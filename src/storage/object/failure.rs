//! Why a request to object storage failed, and which error of a volume that is.
//!
//! Must not do: repeat what the server wrote beside its code; it may name keys.

use std::error::Error;
use std::io;

use serde::Deserialize;

use crate::storage::StorageError;

/// Why a request got no good answer. Each text is a clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// The host's name has no address.
    #[error("no computer of this name is found")]
    NoHost,
    /// No connection came about.
    #[error("{0}")]
    NoConnection(&'static str),
    /// The other side is silent.
    #[error("it does not answer")]
    NoAnswer,
    /// The connection was lost on the way.
    #[error("{0}")]
    Broken(String),
    /// The other side cannot prove that it is who it should be.
    #[error("its certificate is not one that this computer trusts ({0})")]
    Certificate(String),
    /// The other side does not speak TLS.
    #[error("it does not encrypt, so its address would begin with http://")]
    NotEncrypted,
    /// What answers is something else.
    #[error("it does not speak S3")]
    NotS3,
    /// The server's own error.
    #[error("the server says {status} {code}")]
    Refused {
        /// Of HTTP.
        status: u16,
        /// Of S3; empty when it gave none.
        code: String,
    },
}

/// What a failure comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    NotFound,
    /// The parts that were brought are not kept any more.
    NoUpload,
    Full,
    /// It refuses us as a whole.
    Denied(String),
    /// It refuses this request; others may be taken.
    Forbidden(&'static str),
    Offline,
    /// The server does not have this kind of request.
    Unknown,
    Other,
}

impl Failure {
    /// What it comes to for the bucket `bucket`.
    pub fn sort(&self, bucket: &str) -> Sort {
        match self {
            Self::Refused { status, code } => refused(*status, code, bucket),
            Self::Certificate(_) | Self::NotEncrypted | Self::NotS3 => {
                Sort::Denied(self.to_string())
            }
            Self::NoHost | Self::NoConnection(_) | Self::NoAnswer | Self::Broken(_) => {
                Sort::Offline
            }
        }
    }

    /// The failure within an error of the library.
    pub fn within(error: &object_store::Error) -> Self {
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = next {
            if let Some(failure) = error.downcast_ref::<Self>() {
                return failure.clone();
            }
            next = error.source();
        }
        // An answer that the library could not read; its text could quote it.
        Self::NotS3
    }

    /// As an error of the file or volume `shown`, met when doing `action` to it in `bucket`.
    pub fn of(&self, action: &'static str, shown: &str, bucket: &str) -> StorageError {
        let path = shown.to_owned();
        match self.sort(bucket) {
            Sort::NotFound => StorageError::NotFound { path },
            Sort::Full => StorageError::Full { path },
            Sort::Denied(why) => StorageError::Denied { path, why },
            Sort::Forbidden(why) => StorageError::Forbidden { path, why: why.into() },
            Sort::Offline => StorageError::Offline { path, why: self.to_string() },
            Sort::NoUpload => StorageError::Offline {
                path,
                why: "what had been brought is not kept there any more; it is brought anew".into(),
            },
            Sort::Unknown | Sort::Other => {
                StorageError::Io { action, path, source: io::Error::other(self.to_string()) }
            }
        }
    }
}

/// It knows the key, which may do other things.
const NO_RIGHT: &str = "the access key has no right to do this";

fn refused(status: u16, code: &str, bucket: &str) -> Sort {
    let denied = |why: &str| Sort::Denied(why.to_owned());
    match code {
        "NoSuchKey" => Sort::NotFound,
        "NoSuchUpload" => Sort::NoUpload,
        "NoSuchBucket" => Sort::Denied(format!("there is no bucket \"{bucket}\"")),
        "InvalidBucketName" => Sort::Denied(format!("\"{bucket}\" is no name of a bucket")),
        "InvalidAccessKeyId" | "NoSuchAccessKey" => denied("it does not know this access key"),
        "SignatureDoesNotMatch" => denied("the secret key is wrong"),
        "RequestTimeTooSkewed" => denied("its clock and that of this computer differ"),
        "AuthorizationHeaderMalformed" | "PermanentRedirect" | "InvalidRegion" => {
            denied("the bucket is in another region")
        }
        "AccessDenied" | "AllAccessDisabled" => Sort::Forbidden(NO_RIGHT),
        "QuotaExceeded"
        | "XMinioAdminBucketQuotaExceeded"
        | "XMinioStorageFull"
        | "StorageFull"
        | "InsufficientStorage"
        | "EntityTooLarge" => Sort::Full,
        "NotImplemented" => Sort::Unknown,
        "SlowDown" | "ServiceUnavailable" | "InternalError" | "RequestTimeout" => Sort::Offline,
        _ => by_status(status),
    }
}

/// For an answer without a body, as to HEAD, or with a code that is unknown here.
fn by_status(status: u16) -> Sort {
    match status {
        404 => Sort::NotFound,
        401 | 403 => Sort::Denied("the access key, its secret or its rights are wrong".into()),
        301 | 308 => Sort::Denied("the bucket is in another region or at another address".into()),
        405 | 501 => Sort::Unknown,
        507 => Sort::Full,
        // 200 is an answer that began well and ended as an error, which S3 allows for long work.
        200 | 408 | 425 | 429 | 500..=599 => Sort::Offline,
        _ => Sort::Other,
    }
}

/// What S3 writes into the body of an error.
#[derive(Deserialize)]
#[serde(rename = "Error", rename_all = "PascalCase")]
struct Body {
    code: String,
}

/// The failure that an answer is; none when it is a good one.
pub(super) fn answer(status: u16, body: &[u8]) -> Option<Failure> {
    /// Longer ones are contents, not errors.
    const MAX_ERROR: usize = 64 << 10;
    let good = (200..300).contains(&status);
    let code = std::str::from_utf8(body)
        .ok()
        .filter(|text| text.len() < MAX_ERROR && (!good || begins_as_error(text)))
        .and_then(|text| quick_xml::de::from_str::<Body>(text).ok())
        .map(|body| body.code);
    match (good, code) {
        (true, None) => None,
        (false, None) if status == 404 && !body.is_empty() => Some(Failure::NotS3),
        (_, code) => Some(Failure::Refused { status, code: code.unwrap_or_default() }),
    }
}

/// A recording never begins like this.
fn begins_as_error(text: &str) -> bool {
    let text = text.trim_start();
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()),
        None => text,
    };
    text.starts_with("<Error")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, code: &str) -> StorageError {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>AKID s3cret</Message></Error>"
        );
        let failure = answer(status, body.as_bytes()).expect("a failure");
        failure.of("write", "http://s3/b/x.mp4", "b")
    }

    #[test]
    fn what_the_server_says_is_told_apart() {
        for (status, code) in [
            (403, "SignatureDoesNotMatch"),
            (403, "InvalidAccessKeyId"),
            (404, "NoSuchBucket"),
            (400, "AuthorizationHeaderMalformed"),
            (403, "SomethingNew"),
        ] {
            assert!(matches!(error(status, code), StorageError::Denied { .. }), "{code}");
        }
        let forbidden = error(403, "AccessDenied");
        assert!(matches!(forbidden, StorageError::Forbidden { .. }), "others may be taken");
        for (status, code) in
            [(403, "QuotaExceeded"), (507, "Whatever"), (500, "XMinioStorageFull")]
        {
            assert!(error(status, code).is_full(), "{code}");
        }
        for (status, code) in
            [(503, "SlowDown"), (500, "InternalError"), (502, ""), (200, "InternalError")]
        {
            assert!(matches!(error(status, code), StorageError::Offline { .. }), "{code}");
        }
        assert!(matches!(error(404, "NoSuchKey"), StorageError::NotFound { .. }));
        assert!(matches!(error(400, "InvalidArgument"), StorageError::Io { .. }));
    }

    #[test]
    fn no_text_of_the_server_is_repeated() {
        for (status, code) in [(403, "SignatureDoesNotMatch"), (400, "InvalidArgument"), (500, "x")]
        {
            let text = format!("{0} {0:?}", error(status, code));
            assert!(!text.contains("AKID") && !text.contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn contents_are_no_errors_and_pages_of_the_web_are_not_s3() {
        assert_eq!(answer(200, b"\0\0\0\x1cftyp"), None);
        assert_eq!(answer(206, b"<ErrorLog>"), None);
        assert_eq!(answer(404, b"<html><body>not found</body></html>"), Some(Failure::NotS3));
        let bare = Failure::Refused { status: 404, code: String::new() };
        assert_eq!(answer(404, b""), Some(bare.clone()));
        assert_eq!(bare.sort("b"), Sort::NotFound);
    }
}
