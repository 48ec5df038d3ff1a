//! What this computer says of itself: its user, its system, its size.
//!
//! Must not do: fail; what is not told is left out.

use std::fs;

/// Where Linux describes itself, and its memory.
const RELEASE: &str = "/etc/os-release";
const KERNEL: &str = "/proc/sys/kernel/osrelease";
const MEMORY: &str = "/proc/meminfo";

/// Names of the variables that hold the user's name, on one system or another.
const USER_VARIABLES: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// The name of the user of this computer who runs the program.
#[must_use]
pub fn user_name() -> String {
    let names = USER_VARIABLES.iter().filter_map(|name| std::env::var(name).ok());
    names.map(|name| name.trim().to_owned()).find(|name| !name.is_empty()).unwrap_or_else(|| {
        // A service may have no such variable.
        "this computer".into()
    })
}

/// The computer, as a fault report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The system and its version.
    pub name: String,
    /// The processor's family.
    pub architecture: &'static str,
    /// Threads that run at the same time.
    pub processors: Option<usize>,
    /// Bytes of memory.
    pub memory: Option<u64>,
}

impl System {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let release = fs::read_to_string(RELEASE).ok();
        let pretty = release.as_deref().and_then(pretty_name);
        let kernel = fs::read_to_string(KERNEL).ok().map(|text| text.trim().to_owned());
        let name = [pretty, Some(std::env::consts::OS.to_owned()), kernel];
        Self {
            name: name.into_iter().flatten().collect::<Vec<_>>().join(", "),
            architecture: std::env::consts::ARCH,
            processors: std::thread::available_parallelism().ok().map(usize::from),
            memory: fs::read_to_string(MEMORY).ok().as_deref().and_then(memory_total),
        }
    }
}

fn pretty_name(release: &str) -> Option<String> {
    let line = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

fn memory_total(info: &str) -> Option<u64> {
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_read() {
        let release = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty_name(release).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(
            memory_total("MemTotal:       16306644 kB\nMemFree: 1 kB"),
            Some(16_698_003_456)
        );
        assert_eq!(memory_total("MemTotal: much"), None);
        assert!(System::here().name.contains(std::env::consts::OS));
    }
}
