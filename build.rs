//! Makes the released executable one file that needs nothing but libc and libm.
//!
//! On Linux with glibc, the H.264 decoder asks for `libstdc++.so` and Rust's standard library for `libgcc_s.so`, to
//! unwind. Linker scripts of these names, in a folder that is searched first, give them the static parts instead;
//! where the compiler has no static parts, the executable needs the shared ones.
//! Must not do: anything to other targets or to builds for development.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// A shared library, what is linked instead, and the file that this needs.
const SCRIPTS: [(&str, &str, &str); 2] = [
    ("libstdc++.so", "GROUP ( -l:libstdc++.a )\n", "libstdc++.a"),
    ("libgcc_s.so", "GROUP ( -lgcc_eh -lgcc )\n", "libgcc_eh.a"),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    let glibc = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let native = env::var("HOST").ok() == env::var("TARGET").ok();
    if glibc && native && is("PROFILE", "release") && SCRIPTS.iter().all(|(.., file)| has(file)) {
        let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
        for (name, script, _) in SCRIPTS {
            fs::write(folder.join(name), script)?;
        }
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    Ok(())
}

/// Whether the compiler finds this file: it answers with the bare name when it does not.
fn has(file: &str) -> bool {
    let answer = Command::new("c++").arg(format!("-print-file-name={file}")).output();
    answer
        .is_ok_and(|answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_absolute())
}
