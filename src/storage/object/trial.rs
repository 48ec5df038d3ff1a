//! The test of a bucket before recordings are brought there: step by step, with a sentence for what fails.
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

/// What is written and read back: long enough to tell the speed roughly.
const TRIAL_BYTES: usize = 4 << 20;

/// What is done, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Looks the name up.
    Resolve,
    /// Connects.
    Connect,
    /// Signs in.
    SignIn,
    /// Opens the bucket.
    Open,
    /// Writes a file.
    Write,
    /// Reads it, and compares.
    Read,
    /// Removes it.
    Remove,
}

/// What was found. Buckets do not say how much they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Bytes a second that were written.
    pub write_rate: u64,
    /// Bytes a second that were read.
    pub read_rate: u64,
    /// Whether nobody can read along.
    pub encrypted: bool,
}

/// What could not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct TrialError {
    /// In which step.
    pub step: Step,
    /// Why, and what to do, in sentences.
    pub why: String,
}

/// Tests the bucket of `settings`; `told` is each step that begins.
///
/// # Errors
/// The first step that fails. What keeps from getting to the bucket is told within 6 s.
pub fn run(
    settings: &ObjectSettings,
    secret: Option<&Password>,
    told: &mut dyn FnMut(Step),
) -> Result<Trial, TrialError> {
    told(Step::Resolve);
    let open = |patience| {
        Bucket::new(settings, secret, patience)
            .map_err(|why| TrialError { step: Step::Resolve, why: format!("Correct it: {why}.") })
    };
    let failed = |step, failure: &Failure| TrialError { step, why: sentence(settings, failure) };
    let key = key(settings).map_err(|why| TrialError { step: Step::Open, why })?;
    // One request finds the name, connects, signs in and opens the bucket.
    let reached = open(Patience::TRIAL)?.find(key.as_ref());
    let last = reached.as_ref().map_or_else(|failure| step_of(failure), |_| Step::Open);
    [Step::Connect, Step::SignIn, Step::Open]
        .into_iter()
        .filter(|step| *step <= last)
        .for_each(&mut *told);
    reached.map_err(|failure| failed(last, &failure))?;

    let bucket = open(Patience::WORK)?;
    let clock = SystemClock::new();
    told(Step::Write);
    let bytes: Bytes = (0..TRIAL_BYTES).map(|_| fastrand::u8(..)).collect::<Vec<_>>().into();
    let begun = clock.monotonic();
    bucket.put(&key, bytes.clone()).map_err(|failure| failed(Step::Write, &failure))?;
    let written = clock.monotonic();
    told(Step::Read);
    let read = bucket.get(&key, 0, TRIAL_BYTES as u64);
    let end = clock.monotonic();
    told(Step::Remove);
    let removed = bucket.delete(&key);
    let (read, _) = read.map_err(|failure| failed(Step::Read, &failure))?;
    if read != bytes {
        let why = "What was written comes back changed. Do not bring recordings to this server.";
        return Err(TrialError { step: Step::Read, why: why.into() });
    }
    removed.map_err(|failure| failed(Step::Remove, &failure))?;
    Ok(Trial {
        write_rate: rate(written.saturating_sub(begun)),
        read_rate: rate(end.saturating_sub(written)),
        encrypted: settings.endpoint.trim_start().starts_with("https://"),
    })
}

/// A name that nobody else takes.
fn key(settings: &ObjectSettings) -> Result<Path, String> {
    let prefix = settings.prefix.trim_matches('/');
    Path::parse(format!("{prefix}/.watchkeeper-trial-{:016x}", fastrand::u64(..)))
        .map_err(|_| "Correct the prefix: it has a part that is empty, \".\" or \"..\".".into())
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
                Step::Open
            }
            _ => Step::SignIn,
        },
        _ => Step::Connect,
    }
}

/// What is wrong and what to do.
fn sentence(settings: &ObjectSettings, failure: &Failure) -> String {
    let url = Url::parse(settings.endpoint.trim()).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let port = url.as_ref().and_then(Url::port_or_known_default).unwrap_or_default();
    let bucket = &settings.bucket;
    match failure {
        Failure::NoHost => format!("No computer named \"{host}\" is found. Check the address."),
        Failure::NoConnection(why) => format!(
            "{host} cannot be connected to at port {port}: {why}. Check the port, and that the server runs."
        ),
        Failure::NoAnswer => {
            format!(
                "{host} does not answer at port {port}. Check the port, and that the server runs."
            )
        }
        Failure::Broken(why) => format!("{host} was reached at port {port}, but {why}. Try again."),
        Failure::Certificate(_) => format!(
            "{host} is not trusted: {failure}. Let the server have a certificate for this name, or add its \
             issuer to the certificates of this computer."
        ),
        Failure::NotEncrypted => {
            format!(
                "{host} does not encrypt at port {port}. Check the port, or begin the address with http://."
            )
        }
        Failure::NotS3 => format!(
            "What answers at {host}, port {port}, does not speak S3. Check the port, and https:// or http://."
        ),
        Failure::Refused { status, code } => match (failure.sort(bucket), code.as_str()) {
            (_, "NoSuchBucket") => format!(
                "There is no bucket \"{bucket}\". Correct its name, or make it on the server."
            ),
            (_, "SignatureDoesNotMatch") => "The secret key is wrong. Type it again.".into(),
            (_, "InvalidAccessKeyId" | "NoSuchAccessKey") => {
                "The server does not know this access key. Check it.".into()
            }
            (_, "AccessDenied") => format!(
                "The access key has not the rights that are needed. Let it list, read, write and delete in the \
                 bucket \"{bucket}\"."
            ),
            (Sort::Full, _) => "The server has no space left, or the quota is used up.".into(),
            (Sort::Denied(why), _) => format!("The server refuses: {why}. Check the settings."),
            _ => format!("The server answers with the error {status} {code}. Look into its log."),
        },
    }
}
