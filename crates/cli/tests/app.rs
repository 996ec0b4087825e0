//! `coco app` as a developer uses it: the real program, its exit codes, and what it prints.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use developer::{Developer, names, text};
use serde_json::Value;

#[test]
fn from_nothing_to_a_package() {
    let developer = Developer::with_app();
    let folder = developer.path("hello");
    assert_eq!(
        names(&folder),
        ["app.js", "content.json", "icon.png", "index.html", "publishfiles.json"]
    );
    assert!(
        fs::read_to_string(folder.join("index.html"))
            .unwrap()
            .contains("<h1>Hello &amp; &lt;you&gt;</h1>")
    );
    assert!(
        fs::read_to_string(folder.join("app.js"))
            .unwrap()
            .contains(r#"name: "Hello & <you>""#)
    );
    let verified = developer.ok(&["verify", "hello"]);
    assert_eq!(verified["title"], "Hello & <you>");
    assert_eq!((&verified["version"], &verified["files"]), (&"1.0.0".into(), &3.into()));

    fs::write(folder.join("more.js"), "1").unwrap();
    let warned = developer.run(&["verify", "hello"]);
    assert!(warned.status.success() && text(&warned.stderr).contains("not listed, so never served: more.js"));
    let signed = developer.sign(&["--version", "1.1.0", "--description", "Says hello"]);
    assert_eq!(
        (&signed["title"], &signed["files"]),
        (&"Hello & <you>".into(), &4.into())
    );
    assert!(signed["modified"].as_i64() > verified["modified"].as_i64());

    let packed = developer.ok(&["pack", "hello"]);
    let zip = PathBuf::from(packed["out"].as_str().unwrap());
    assert_eq!(
        zip.file_name().unwrap().to_str(),
        Some(format!("{}.zip", packed["address"].as_str().unwrap()).as_str())
    );
    assert_eq!(
        developer.ok(&["verify", zip.to_str().unwrap()])["address"],
        verified["address"]
    );
    developer.ok(&["pack", "hello", "--out", "again.zip"]);
    assert_eq!(fs::read(&zip).unwrap(), fs::read(developer.path("again.zip")).unwrap());
}

#[test]
fn a_folder_without_a_name_is_named_by_the_address() {
    let developer = Developer::new();
    let created = developer.ok(&["create", "--type", "0003"]);
    let address = created["address"].as_str().unwrap();
    assert_eq!(names(developer.0.path()), [address, "account.json"]);
    assert_eq!(created["folder"], address);
    let content = fs::read_to_string(developer.path(address).join("content.json")).unwrap();
    assert!(content.contains(r#""merged_type": "0003""#));
    let account: Value = serde_json::from_slice(&fs::read(developer.path("account.json")).unwrap()).unwrap();
    assert_eq!(account["address"], address);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(developer.path("account.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_key_is_never_overwritten() {
    let developer = Developer::with_app();
    let key = fs::read(developer.path("account.json")).unwrap();
    let second = developer.ok(&["create", "second"]);
    assert_eq!(second["accountExisted"], true);
    assert_eq!(second["address"], developer.ok(&["verify", "hello"])["address"]);
    assert!(text(&developer.run(&["create", "third"]).stdout).contains("account.json  was there"));
    assert_eq!(fs::read(developer.path("account.json")).unwrap(), key);
    assert_eq!(developer.fails(&["pack", "hello", "--out", "account.json"]).0, "open");
    fs::write(developer.path("account.json"), "mine").unwrap();
    assert_eq!(developer.fails(&["create", "fourth"]).0, "key");
    assert!(!developer.path("fourth").exists());
    assert_eq!(fs::read(developer.path("account.json")).unwrap(), b"mine");
}

#[test]
fn an_occupied_folder_is_left_alone() {
    let developer = Developer::new();
    fs::create_dir(developer.path("work")).unwrap();
    fs::write(developer.path("work/index.html"), "mine").unwrap();
    assert!(developer.fails(&["create", "work"]).1.contains("not empty"));
    assert_eq!(names(&developer.path("work")), ["index.html"]);
    assert!(!developer.path("account.json").exists());

    // An empty one will do, also when it is the current one.
    fs::create_dir(developer.path("empty")).unwrap();
    let mut here = Command::new(env!("CARGO_BIN_EXE_coco"));
    let created = here
        .args(["app", "create", "."])
        .current_dir(developer.path("empty"))
        .output()
        .unwrap();
    assert!(created.status.success(), "{}", text(&created.stderr));
    assert!(developer.path("account.json").exists() && !developer.path("empty/account.json").exists());
}

#[test]
fn signing_is_reproducible() {
    let developer = Developer::with_app();
    developer.sign(&["--modified", "1760000000", "--version", "2"]);
    let bytes = fs::read(developer.path("hello/content.json")).unwrap();
    developer.sign(&["--modified", "1760000000"]);
    assert_eq!(fs::read(developer.path("hello/content.json")).unwrap(), bytes);
    let (first, second) = (developer.sign(&[]), developer.sign(&[]));
    assert!(
        second["modified"].as_i64() > first["modified"].as_i64(),
        "twice within a second"
    );
}

#[cfg(unix)]
#[test]
fn the_same_input_gives_the_same_bytes_whatever_is_around_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let developer = Developer::with_app();
    let key = developer.path("account.json");
    let mut results = Vec::new();
    for (name, mode, reversed) in [("one", 0o600, false), ("two/deep", 0o777, true)] {
        let folder = developer.path(name);
        fs::create_dir_all(&folder).unwrap();
        let mut files = [("index.html", "<p>"), ("sub.js", "1"), ("a.css", ""), ("icon.png", "x")];
        if reversed {
            files.reverse();
        }
        for (file, content) in files {
            fs::write(folder.join(file), content).unwrap();
            fs::set_permissions(folder.join(file), fs::Permissions::from_mode(mode)).unwrap();
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(mode.into());
            fs::File::open(folder.join(file)).unwrap().set_modified(time).unwrap();
        }
        // The shell sets the umask, which a test cannot without `unsafe`.
        let umask = if reversed { "077" } else { "000" };
        let run = |arguments: &str, variables: &[(&str, &str)]| {
            let script = format!("umask {umask}; exec \"$COCO\" app {arguments}");
            let output = Command::new("sh")
                .args(["-c", &script])
                .env("COCO", env!("CARGO_BIN_EXE_coco"))
                .envs(variables.iter().copied())
                .env("KEY", &key)
                .current_dir(&folder)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
        };
        let zone = if reversed { "Asia/Tokyo" } else { "UTC" };
        run(
            "sign . --key \"$KEY\" --title T --version 1",
            &[("SOURCE_DATE_EPOCH", "1760000000"), ("TZ", zone)],
        );
        run("pack . --out ../app.zip", &[("TZ", zone)]);
        results.push([
            fs::read(folder.join("content.json")).unwrap(),
            fs::read(folder.join("publishfiles.json")).unwrap(),
            fs::read(folder.join("../app.zip")).unwrap(),
        ]);
    }
    assert!(results[0] == results[1]);
    assert!(text(&results[0][0]).contains("1760000000"));
}

#[test]
fn a_source_date_that_is_none_is_refused() {
    let developer = Developer::with_app();
    for (date, code) in [("soon", 1), ("-1", 1), ("1760000000.5", 1), ("", 0), ("1760000000", 0)] {
        let mut sign = developer.command(&["sign", "hello", "--key", "account.json"]);
        let output = sign.env("SOURCE_DATE_EPOCH", date).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{date:?}");
    }
}

#[test]
fn a_key_in_the_folder_is_refused() {
    let developer = Developer::with_app();
    let before = fs::read(developer.path("hello/content.json")).unwrap();
    fs::copy(developer.path("account.json"), developer.path("hello/Account.json")).unwrap();
    let (step, said) = developer.fails(&["sign", "hello", "--key", "account.json"]);
    assert_eq!(step, "key");
    assert!(
        said.contains("Account.json") && said.contains("must never be in a package"),
        "{said}"
    );
    fs::rename(developer.path("hello/Account.json"), developer.path("hello/config.js")).unwrap();
    assert!(
        developer
            .fails(&["sign", "hello", "--key", "account.json"])
            .1
            .contains("config.js")
    );
    fs::rename(developer.path("hello/config.js"), developer.path("hello/.config")).unwrap();
    assert_eq!(developer.fails(&["sign", "hello", "--key", "hello/.config"]).0, "key");
    assert_eq!(fs::read(developer.path("hello/content.json")).unwrap(), before);
}

#[test]
fn bad_keys_are_explained_without_quoting_them() {
    let developer = Developer::with_app();
    let secret = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";
    for (content, said) in [
        (format!("{{\"privateKey\": {secret}}}"), "not a key file"),
        (
            format!("{{\"privateKey\":\"{}x\"}}", secret.split_at(51).0),
            "privateKey",
        ),
        (
            format!("{{\"privateKey\":\"{secret}\",\"address\":\"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\"}}"),
            "belongs to 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
        ),
        (format!("{{\"privateKey\":\"{secret}\"}}"), "delete content.json"),
        (String::new(), "not a key file"),
    ] {
        fs::write(developer.path("bad.json"), content).unwrap();
        let (step, message) = developer.fails(&["sign", "hello", "--key", "bad.json"]);
        assert_eq!(step, "key");
        assert!(message.contains(said), "{message}");
        assert!(!message.contains(secret.split_at(20).0), "{message}");
    }
    assert!(
        developer
            .fails(&["sign", "hello", "--key", "none.json"])
            .1
            .contains("none.json")
    );
}

#[test]
fn a_changed_package_is_refused_with_the_step() {
    let developer = Developer::with_app();
    fs::write(developer.path("hello/app.js"), "evil").unwrap();
    let (step, said) = developer.fails(&["verify", "hello"]);
    assert_eq!(step, "files");
    assert!(
        said.contains("app.js") && said.contains("sign the package again"),
        "{said}"
    );
    assert_eq!(developer.fails(&["pack", "hello"]).0, "files");
    fs::write(developer.path("hello/content.json"), "{").unwrap();
    assert_eq!(developer.fails(&["verify", "hello"]).0, "parse");
    assert_eq!(developer.fails(&["verify", "nowhere"]).0, "open");
    fs::write(developer.path("not.zip"), "hello").unwrap();
    assert_eq!(developer.fails(&["verify", "not.zip"]).0, "open");
}

#[test]
fn unusual_names_draw_a_warning() {
    let developer = Developer::with_app();
    fs::write(developer.path("hello/index-B1x_2.js"), "").unwrap();
    let output = developer.run(&["sign", "hello", "--key", "account.json"]);
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("1 file name with characters outside A-Z, a-z, 0-9: index-B1x_2.js"));
    assert_eq!(developer.ok(&["verify", "hello"])["unusualNames"][0], "index-B1x_2.js");
}

#[test]
fn a_zip_is_not_written_into_the_folder_it_is_made_of() {
    let developer = Developer::with_app();
    assert_eq!(
        developer.fails(&["pack", "hello", "--out", "hello/hello.zip"]).0,
        "pack"
    );
    assert_eq!(
        developer.fails(&["pack", "hello", "--out", "nowhere/hello.zip"]).0,
        "pack"
    );
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let developer = Developer::new();
    for arguments in [
        &["sign", "hello"][..],
        &["create", "x", "--type", "9999"],
        &["sign", "x", "--key", "k", "--modified", "-1"],
        &["nonsense"],
        &["verify"],
        &[],
    ] {
        assert_eq!(developer.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    for command in [
        "create",
        "check",
        "sign",
        "verify",
        "pack",
        "inspect",
        "diff",
        "install",
        "run",
        "dev",
        "list",
        "rollback",
        "uninstall",
    ] {
        let help = developer.run(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        assert!(text(&help.stdout).contains("--json"));
    }
    assert!(names(developer.0.path()).is_empty());
}
