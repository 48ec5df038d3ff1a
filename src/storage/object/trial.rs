//! The trial of a bucket: step by step, with what is wrong and what to do in a clause of its own.
//!
//! Must not do: leave anything behind, or keep an operator waiting for a server that is silent.

use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use url::Url;

use super::bucket::Bucket;
use super::failure::{Failure, Sort};
use super::wire::Patience;
use crate::model::Password;
use crate::model::settings::ObjectSettings;
use crate::runtime::{Clock, SystemClock};
use crate::storage::trial::{Step, Trial, TrialError};

/// What is written and read back: long enough to tell the speed roughly.
const TRIAL_BYTES: usize = 4 << 20;

const NO_PREFIX: &str = "the prefix has a part that is empty, \".\" or \"..\"";

/// Tries the bucket of `settings`.
pub(in crate::storage) fn run(
    settings: &ObjectSettings,
    secret: Option<&Password>,
    told: &mut dyn FnMut(Step),
) -> Result<Trial, TrialError> {
    told(Step::Resolve);
    let open = |patience| {
        Bucket::new(settings, secret, patience)
            .map_err(|why| TrialError { step: Step::Resolve, why: why.into() })
    };
    let key = key(settings)?;
    // One request finds the name, connects, signs in and opens the bucket.
    let reached = open(Patience::TRIAL)?.find(key.as_ref());
    let last = reached.as_ref().map_or_else(step_of, |_| Step::OpenShare);
    for step in [Step::Connect, Step::SignIn, Step::OpenShare] {
        if step <= last {
            told(step);
        }
    }
    reached.map_err(|failure| TrialError { step: last, why: clause(settings, &failure) })?;

    let bucket = open(Patience::WORK)?;
    let moved = write_and_read(&bucket, &key, settings, told);
    told(Step::Delete);
    let deleted = bucket.delete(&key);
    // What failed before is what is told.
    let (up, down) = moved?;
    deleted
        .map_err(|failure| TrialError { step: Step::Delete, why: clause(settings, &failure) })?;
    let encrypted = settings.endpoint.trim_start().starts_with("https://");
    // The signature of a request does not cover what is answered.
    Ok(Trial { space: None, up, down, signed: encrypted, encrypted })
}

/// Bytes a second of writing and of reading.
fn write_and_read(
    bucket: &Bucket,
    key: &Path,
    settings: &ObjectSettings,
    told: &mut dyn FnMut(Step),
) -> Result<(u64, u64), TrialError> {
    let failed =
        |step| move |failure: Failure| TrialError { step, why: clause(settings, &failure) };
    let mut bytes = vec![0; TRIAL_BYTES];
    fastrand::fill(&mut bytes);
    let bytes = Bytes::from(bytes);
    let clock = SystemClock::new();
    told(Step::Write);
    bucket.put(key, bytes.clone()).map_err(failed(Step::Write))?;
    let up = rate(clock.monotonic());
    told(Step::ReadBack);
    let clock = SystemClock::new();
    let (read, _) = bucket.get(key, 0, TRIAL_BYTES as u64).map_err(failed(Step::ReadBack))?;
    let down = rate(clock.monotonic());
    told(Step::Compare);
    if read == bytes {
        Ok((up, down))
    } else {
        let why = "other bytes came back than were written".into();
        Err(TrialError { step: Step::Compare, why })
    }
}

/// A name that nobody else takes.
fn key(settings: &ObjectSettings) -> Result<Path, TrialError> {
    let prefix = settings.prefix.trim_matches('/');
    let name = format!("{prefix}/.watchkeeper-trial-{:016x}", fastrand::u64(..));
    Path::parse(name).map_err(|_| TrialError { step: Step::Resolve, why: NO_PREFIX.into() })
}

fn rate(took: Duration) -> u64 {
    let micros = took.as_micros().max(1);
    u64::try_from(TRIAL_BYTES as u128 * 1_000_000 / micros).unwrap_or(u64::MAX)
}

/// In which step of the first request a failure arises.
fn step_of(failure: &Failure) -> Step {
    match failure {
        Failure::NoHost => Step::Resolve,
        Failure::Refused { code, .. } => match code.as_str() {
            "NoSuchBucket" | "InvalidBucketName" | "PermanentRedirect" | "AccessDenied" => {
                Step::OpenShare
            }
            _ => Step::SignIn,
        },
        _ => Step::Connect,
    }
}

/// What is wrong and what to do.
fn clause(settings: &ObjectSettings, failure: &Failure) -> String {
    let url = Url::parse(settings.endpoint.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let port = url.as_ref().and_then(Url::port_or_known_default).unwrap_or_default();
    match failure {
        Failure::NoHost => format!("no computer named \"{host}\" is found; check the address"),
        Failure::NoConnection(why) => {
            format!(
                "{host} does not let us connect to port {port}: {why}; check the port, and that the server runs"
            )
        }
        Failure::NoAnswer => {
            format!(
                "{host} does not answer at port {port}; check the port, and that the server runs"
            )
        }
        Failure::Broken(why) => format!("{host} was reached at port {port}, but {why}"),
        Failure::Certificate(_) => format!(
            "{host} cannot be trusted: {failure}; give the server a certificate for this name, or add its \
             issuer to the certificates of this computer"
        ),
        Failure::NotEncrypted => format!(
            "{host} does not encrypt at port {port}; check the port, or begin the address with http://"
        ),
        Failure::NotS3 => format!(
            "what answers at {host}, port {port}, does not speak S3; check the port, and https:// or http://"
        ),
        Failure::Refused { status, code } => refusal(&settings.bucket, failure, *status, code),
    }
}

fn refusal(bucket: &str, failure: &Failure, status: u16, code: &str) -> String {
    match code {
        "NoSuchBucket" => {
            format!("there is no bucket \"{bucket}\"; correct its name, or make it on the server")
        }
        "SignatureDoesNotMatch" => "the secret key is wrong; type it again".into(),
        "InvalidAccessKeyId" | "NoSuchAccessKey" => {
            "the server does not know this access key; check it".into()
        }
        "AccessDenied" => format!(
            "the access key has not the rights that are needed; let it list, read, write and delete in the \
             bucket \"{bucket}\""
        ),
        _ => match failure.sort(bucket) {
            Sort::Full => "the server has no space left, or the quota is used up".into(),
            Sort::Denied(why) => why,
            _ => format!("the server answers with the error {status} {code}; look into its log"),
        },
    }
}
