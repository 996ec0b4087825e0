//! `coco app check`: what it finds, where, and what it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::fs;

use developer::{Developer, text};
use serde_json::Value;

/// The findings of a check as `path:line:column rule severity`.
fn check(developer: &Developer, arguments: &[&str]) -> (i32, Vec<String>) {
    let output = developer.run(&[&["check"], arguments, &["--json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let found = report["findings"].as_array().unwrap().iter().map(|finding| {
        for key in ["message", "hint"] {
            assert!(!finding[key].as_str().unwrap().is_empty());
        }
        format!(
            "{}:{}:{} {} {}",
            finding["path"].as_str().unwrap_or("-"),
            finding["line"],
            finding["column"],
            finding["rule"].as_str().unwrap(),
            finding["severity"].as_str().unwrap()
        )
    });
    (output.status.code().unwrap(), found.collect())
}

/// What a check of the app finds in one file.
fn check_file(name: &str, content: &str) -> Vec<String> {
    let developer = Developer::with_app();
    developer.file(name, content).sign(&[]);
    check(&developer, &["hello"]).1
}

#[test]
fn a_new_app_is_flawless() {
    let developer = Developer::with_app();
    assert_eq!(check(&developer, &["hello", "--strict"]), (0, Vec::new()));
    let zip = developer.ok(&["pack", "hello"])["out"].as_str().unwrap().to_owned();
    assert_eq!(check(&developer, &[&zip, "--strict"]), (0, Vec::new()));
    let report = developer.ok(&["check", "hello"]);
    assert_eq!((&report["valid"], &report["files"]), (&true.into(), &3.into()));
    assert_eq!(text(&developer.run(&["check", "hello"]).stdout).lines().count(), 1);
}

#[test]
fn pages_are_read_as_a_browser_reads_them() {
    let page = r##"<!doctype html>
<title>é</title><!-- <script src="https://example.org/comment.js"></script> -->
<p>é<img src="https://example.org/a.png" alt="<iframe>">
<script src=//example.org/x.js></script>
<link rel="stylesheet" href="http://example.org/x.css">
<img srcset="icon.png 1x, https://example.org/2.png 2x">
<a href="https://example.org/">out</a> <a href="#x">in</a> <a href="mailto:x@example.org">mail</a>
<iframe src="icon.png"></iframe><object></object><base href="/x">
<form action="https://example.org/"></form><form></form>
<div style="background: url(https://example.org/b.png)" onclick="fetch('https://example.org/')"></div>
<style>
  @import "https://example.org/i.css"; b { color: red }
</style>
<script>
  const html = "<img src='https://example.org/text.png'>"; fetch("https://example.org/api");
</script>
<script type="application/json">{"fetch": "fetch('https://example.org')"}</script>
<textarea><img src="https://example.org/t.png"></textarea>
<img src="gone.png"><img src="data:image/png;base64,x"><script src="/app.js"></script>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-eval'; sandbox">
"##;
    assert_eq!(
        check_file("index.html", page),
        [
            "index.html:3:15 external-request warning",
            "index.html:4:13 external-request error",
            "index.html:5:30 external-request error",
            "index.html:6:14 external-request warning",
            "index.html:7:10 external-link warning",
            "index.html:8:1 blocked-element warning",
            "index.html:8:33 blocked-element warning",
            "index.html:8:50 blocked-element warning",
            "index.html:9:1 blocked-element warning",
            "index.html:10:25 external-request warning",
            "index.html:10:72 external-request warning",
            "index.html:12:11 external-request error",
            "index.html:15:66 external-request warning",
            "index.html:19:11 missing-file warning",
            "index.html:20:1 csp-breaks warning",
            "index.html:20:1 csp-ignored note",
            "index.html:20:1 csp-loosens warning",
        ]
    );
}

#[test]
fn style_sheets_are_read_as_a_browser_reads_them() {
    let sheet = r#"/* url(https://example.org/comment.png) */
@import url("//example.org/a.css");
@font-face { src: url(data:font/woff2;base64,AA) format("woff2"), url('https://example.org/f.woff2') }
@media print { @supports (a: b) { p { background: URL( https://example.org/deep.png ) } } }
a::after { content: "https://example.org/text"; background: image-set("https://example.org/x.png" 1x, url("icon.png") 2x) }
b { background: url(icon.png), url(data:image/png;base64,AA), url(none.png) }
"#;
    assert_eq!(
        check_file("css/a.css", sheet)
            .iter()
            .filter(|found| !found.contains("icon.png"))
            .collect::<Vec<_>>(),
        [
            "css/a.css:2:13 external-request error",
            "css/a.css:3:19 external-request warning",
            "css/a.css:3:71 external-request warning",
            "css/a.css:4:51 external-request warning",
            "css/a.css:5:71 external-request warning",
            "css/a.css:5:107 missing-file warning",
            "css/a.css:6:17 missing-file warning",
            "css/a.css:6:63 missing-file warning",
        ]
    );
}

#[test]
fn scripts_are_read_for_what_they_call() {
    let script = r#"import "https://example.org/a.js";
import x from '//example.org/b.js'; export * from "./gone.js"; const y = await import("https://example.org/c.js");
new WebSocket("wss://example.org"); new EventSource(`https://example.org/${x}`);
const r = new XMLHttpRequest(); r.open("GET", "https:\/\/example.org");
axios.get("https://example.org/"); map.get("key"); const ns = "http://www.w3.org/2000/svg";
// fetch("https://example.org/comment")
const pattern = /["'`]fetch("https:\/\/example.org")/; fetch("/api"); fetch("data.json");
new Worker("w.js"); navigator.serviceWorker.register("sw.js"); eval("1"); new Function("1"); window.open("x");
handler.sendMessageToParent("openURL", { data: { url: "https://example.org/fine" } });
parent.postMessage({ cmd: "saveImage" }, "*"); const levels = { openURL: 0 }, names = ["scanQRCode"];
"#;
    assert_eq!(
        check_file("a.js", script),
        [
            "a.js:1:8 external-request error",
            "a.js:2:15 external-request error",
            "a.js:2:51 missing-file warning",
            "a.js:2:87 external-request error",
            "a.js:3:15 external-request warning",
            "a.js:3:53 external-request warning",
            "a.js:4:47 external-request warning",
            "a.js:5:11 external-request warning",
            "a.js:8:5 blocked-worker warning",
            "a.js:8:45 service-worker warning",
            "a.js:8:64 blocked-eval warning",
            "a.js:8:79 blocked-eval warning",
            "a.js:8:101 blocked-window warning",
            "a.js:9:29 permission-missing warning",
            "a.js:10:27 permission-missing warning",
        ]
    );
}

#[test]
fn permissions_that_are_named_are_not_missed() {
    let developer = Developer::with_app();
    developer.file("a.js", r#"call("openURL")"#);
    // Written by hand and not complete: signing fills in the rest.
    developer.file(
        "content.json",
        r#"{"permissions": [{"name": "openURL", "reason": "to show the manual"}]}"#,
    );
    developer.sign(&["--title", "Hello", "--version", "1.0.0"]);
    assert_eq!(check(&developer, &["hello"]), (0, Vec::new()));
}

#[test]
fn secrets_are_found_and_never_quoted() {
    let words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    let wif = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";
    let developer = Developer::with_app();
    developer
        .file(
            "a.js",
            format!("// é\nconst seed = [\"{}\"];", words.replace(' ', "\", \"")),
        )
        .file("b.json", format!("{{\n  \"x\": \"{wif}\"}}"))
        .file("c.txt", format!("{words} abandon"))
        .file("f.md", format!("1. {}", words.replace(' ', "\n2. ")))
        .file("d.txt", words.replace("about", "able"))
        .file("e.bin", [b"\xff\n", wif.as_bytes()].concat())
        .file("sub/account.json", "{}")
        .file(".env", format!("KEY={wif}"))
        .file(".git/config", "")
        .file(".git/HEAD", "");
    let (code, found) = check(&developer, &["hello"]);
    assert_eq!(code, 1);
    let secrets: Vec<_> = found.iter().filter(|found| found.contains("secret")).collect();
    assert_eq!(
        secrets,
        [
            ".env:1:5 secret error",
            "a.js:2:16 secret error",
            "b.json:2:9 secret error",
            "e.bin:null:null secret error",
            "f.md:1:4 secret error",
            "sub/account.json:null:null secret error",
        ]
    );
    let hidden: Vec<_> = found.iter().filter(|found| found.contains("hidden")).collect();
    assert_eq!(
        hidden,
        [".env:null:null hidden warning", ".git:null:null hidden warning"]
    );
    let said = text(&developer.run(&["check", "hello"]).stdout);
    assert!(
        !said.contains(wif.split_at(20).0) && !said.contains("abandon"),
        "{said}"
    );
}

#[test]
fn names_sizes_and_icons() {
    let developer = Developer::with_app();
    developer
        .file("Big.bin", vec![1; 1_048_577])
        .file("half.bin", vec![1; 600_000])
        .file("a:b.txt", "")
        .file("APP.JS", "")
        .file("app.js.map", r#"{"mappings": ""}"#)
        .file("x.js", "1\n//# sourceMappingURL=data:application/json;base64,e30=")
        .file("package.json", "{}")
        .file("icon.png", "no picture");
    fs::remove_file(developer.path("hello/index.html")).unwrap();
    let (code, found) = check(&developer, &["hello"]);
    assert_eq!(code, 1);
    for expected in [
        "-:null:null development-files warning",
        "Big.bin:null:null size error",
        "a:b.txt:null:null name error",
        "app.js:null:null name error",
        "app.js.map:null:null source-map warning",
        "half.bin:null:null large note",
        "icon.png:null:null icon error",
        "index.html:null:null required error",
        "x.js:2:5 source-map warning",
        "x.js:null:null unlisted warning",
    ] {
        assert!(found.iter().any(|found| found == expected), "{expected} in {found:#?}");
    }
    let small = Developer::with_app();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[0; 64 * 64]).unwrap();
    small.file("icon.png", png).sign(&[]);
    assert_eq!(
        check(&small, &["hello"]),
        (0, vec!["icon.png:null:null icon warning".to_owned()])
    );
    assert_eq!(check(&small, &["hello", "--strict"]).0, 1);
}

#[test]
fn a_changed_folder_draws_a_warning_and_a_changed_zip_an_error() {
    let developer = Developer::with_app();
    let zip = developer.ok(&["pack", "hello"])["out"].as_str().unwrap().to_owned();
    developer.file("app.js", "1");
    assert_eq!(
        check(&developer, &["hello"]),
        (0, vec!["app.js:null:null changed warning".to_owned()])
    );
    let bytes = fs::read(&zip).unwrap();
    fs::write(developer.path("cut.zip"), &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(developer.fails(&["check", "cut.zip"]).0, "open");
    fs::remove_file(developer.path("hello/content.json")).unwrap();
    assert_eq!(
        check(&developer, &["hello"]),
        (0, vec!["-:null:null unsigned note".to_owned()])
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_an_error() {
    let developer = Developer::with_app();
    std::os::unix::fs::symlink("/etc/hostname", developer.path("hello/link")).unwrap();
    assert_eq!(
        check(&developer, &["hello"]),
        (1, vec!["link:null:null unreadable error".to_owned()])
    );
}
