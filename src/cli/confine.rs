//! Keeps a portable console from leaving anything on the computer that it visits: graphics drivers keep compiled
//! shaders in the user's cache, unless variables that they read at their start forbid it.
//!
//! Must not do: keep the console from starting.

#[cfg(target_os = "linux")]
use crate::config::DataFolder;

/// What the drivers of Mesa, also older ones, and of NVIDIA read.
#[cfg(target_os = "linux")]
const VARIABLES: [(&str, &str); 3] = [
    ("MESA_SHADER_CACHE_DISABLE", "true"),
    ("MESA_GLSL_CACHE_DISABLE", "true"),
    ("__GL_SHADER_DISK_CACHE", "0"),
];

/// Starts this program again in its own place, once, with the drivers' caches off, when `portable` or a file beside
/// the executable makes it portable.
#[cfg(target_os = "linux")]
pub fn to_its_folder(portable: bool) {
    use std::os::unix::process::CommandExt;

    let is_portable = portable || DataFolder::is_marked_portable();
    let is_done = VARIABLES.iter().all(|(name, _)| std::env::var_os(name).is_some());
    if !is_portable || is_done {
        return;
    }
    let error = match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(VARIABLES)
            .exec(),
        Err(error) => error,
    };
    tracing::warn!("graphics drivers may write into the user's cache: {error}");
}

/// Drivers of other systems have no such switch.
#[cfg(not(target_os = "linux"))]
pub fn to_its_folder(_portable: bool) {}
