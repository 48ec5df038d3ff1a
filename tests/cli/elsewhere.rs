//! `storage` with a NAS or a bucket.

use super::*;

const NAS: [&str; 10] =
    ["--type", "nas", "--host", "127.0.0.1", "--port", "1", "--share", "video", "--user", "guard"];

/// What `verb` of `storage` is given.
fn with<'a>(verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["storage", verb], more].concat()
}

fn shown(bench: &Bench) -> Value {
    bench.json(&["storage", "show", "--json"])["settings"].clone()
}

#[test]
fn a_nas_is_set_with_a_password_that_is_printed_nowhere() {
    let bench = Bench::new();
    let set = with("set", &[&NAS[..], &["--share-path", "cctv", "--password-stdin"]].concat());
    let output = bench.with_input(&set, "correct horse");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let nas = json!({ "host": "127.0.0.1", "port": 1, "share": "video", "path": "cctv", "user": "guard" });
    assert_eq!((&shown(&bench)["kind"], &shown(&bench)["nas"]), (&json!("nas"), &nas));
    let text = bench.ok(&["storage", "show"]);
    assert!(text.contains("smb://127.0.0.1:1/video/cctv") && !text.contains("horse"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("password") && line.ends_with("stored")));
    let spool = with("set", &["--spool-max", "800", "--spool-full", "stop", "--verify", "off"]);
    bench.ok(&spool);
    let settings = shown(&bench);
    assert_eq!(settings["spool"], json!({ "max_gb": 800, "when_full": "stop" }));
    assert_eq!(settings["verify"], json!(false));
    // Another share has no password of its own.
    bench.ok(&with("set", &["--share", "other"]));
    assert!(bench.ok(&["storage", "show"]).contains("none is stored"));
    bench.ok(&with("set", &["--share", "video"]));
    bench.ok(&with("set", &["--type", "local"]));
    assert_eq!(shown(&bench)["kind"], "local");
    assert!(!bench.ok(&["storage", "show"]).contains("smb://"));
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    let before = shown(&bench);
    for (change, why) in [
        (&["--type", "nas"][..], "write the name or the address of the NAS"),
        (&["--type", "nas", "--host", "smb://nas"], "share, folder and user have fields"),
        (&["--type", "nas", "--host", "nas", "--share", "a/b"], "without slashes"),
        (&["--type", "object", "--endpoint", "s3.example.com"], "this is no address"),
    ] {
        let told = bench.fails(&with("set", change));
        assert!(told.contains(why), "{change:?}: {told}");
    }
    let told = bench.with_input(&with("set", &["--verify", "on", "--password-stdin"]), "p");
    assert!(String::from_utf8_lossy(&told.stderr).contains("a password belongs to a NAS"));
    assert_eq!(bench.run(&with("set", &["--port", "70000"])).status.code(), Some(2));
    assert_eq!(shown(&bench), before);
}

#[test]
fn a_test_names_the_step_that_failed() {
    let bench = Bench::new();
    assert!(bench.fails(&["storage", "test"]).contains("name a place with --type nas"));
    let output = bench.with_input(&with("test", &[&NAS[..], &["--password-stdin"]].concat()), "pw");
    let (told, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("done: look up the name"), "{told}");
    assert!(errors.contains("cannot connect") && errors.contains("127.0.0.1 refuses"), "{errors}");
    assert_eq!(shown(&bench)["kind"], "local", "a test sets nothing");
}
