//! `autostart`: what is started when the user signs in.
//!
//! Must not do: start it now.

use anyhow::Result;

use super::modes_args::{AutostartOptions, AutostartVerb};
use super::{Args, print, session};
use crate::config::autostart;
use crate::protocol::{Autostart, AutostartStatus};

/// Runs the verb.
///
/// # Errors
/// What is in the way.
pub fn run(args: &Args, options: &AutostartOptions) -> Result<()> {
    let folder = session::folder(args)?;
    match options.verb {
        AutostartVerb::Show { json } => {
            let status = autostart::status(&folder);
            if json { print::json(&serde_json::to_value(status)?) } else { tell(&status) }
        }
        AutostartVerb::Set { what } => tell(&autostart::set(&folder, what.into())?),
    }
}

fn tell(status: &AutostartStatus) -> Result<()> {
    if let Some(trouble) = &status.trouble {
        return print::line(trouble);
    }
    print::line(match status.what {
        Autostart::Off => "Nothing is started at sign-in.",
        Autostart::Console => "The console is started at sign-in.",
        Autostart::Kiosk => "The console is started at sign-in, as a kiosk.",
        Autostart::Record => "The recorder is started at sign-in, without a window.",
    })?;
    status.hint.as_deref().map_or(Ok(()), print::line)
}
