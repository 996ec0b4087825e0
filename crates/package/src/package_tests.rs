//! Signing, verifying and packing, and every way in which a package can be wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;

use coco_keys::SigningKey;

use crate::canonical::{Object, Value};
use crate::error::{FileError, ModifiedError, PackageError};
use crate::limits::{MAX_AHEAD_SECONDS, MAX_FILE, MAX_FILES};
use crate::pack::pack;
use crate::sign::{SignOptions, sign};
use crate::source::Source;
use crate::testing::{NOW, TestApp, at};
use crate::verify::{Downgrade, Relation, verify};

fn text(text: &str) -> Value {
    Value::from(text)
}

fn set(key: &'static str, value: Value) -> impl FnOnce(&mut Object) {
    move |tree| {
        tree.insert(key.into(), value);
    }
}

#[test]
fn content_json_looks_like_this() {
    let app = TestApp::new().file(
        "content.json",
        r#"{"permissions":[{"name":"camera","reason":"scans codes"}],"x-猫":1.5}"#.as_bytes(),
    );
    let options = SignOptions {
        title: Some("Cat Café".into()),
        description: Some("Finds \"cats\"".into()),
        version: Some("1.2.0".into()),
        type_code: Some("0003".into()),
        modified: NOW,
    };
    let signed = sign(app.path(), &app.key, &options).unwrap();
    insta::assert_snapshot!("content", fs::read_to_string(app.path().join("content.json")).unwrap());
    insta::assert_snapshot!("canonical", signed.content.canonical());
    insta::assert_snapshot!(
        "publishfiles",
        fs::read_to_string(app.path().join("publishfiles.json")).unwrap()
    );

    let content = app.verify().unwrap().content;
    assert_eq!(content, signed.content);
    assert_eq!(content.title(), Some("Cat Café"));
    assert_eq!(content.version(), Some("1.2.0"));
    assert_eq!(content.type_code(), Some("0003"));
    assert_eq!(content.permissions()[0].name, "camera");
    assert_eq!(content.files().len(), 2);
}

#[test]
fn signing_again_keeps_what_is_known_and_is_reproducible() {
    let app = TestApp::new().file(
        "content.json",
        br#"{"title":"Kept","version":"1","favicon":"icon.png","custom":[1]}"#,
    );
    let options = SignOptions {
        modified: NOW,
        ..SignOptions::default()
    };
    let first = sign(app.path(), &app.key, &options).unwrap().content;
    let bytes = fs::read(app.path().join("content.json")).unwrap();
    assert_eq!(first.title(), Some("Kept"));
    assert_eq!(first.type_code(), Some("0022"));
    sign(app.path(), &app.key, &options).unwrap();
    assert_eq!(fs::read(app.path().join("content.json")).unwrap(), bytes);

    let newer = sign(
        app.path(),
        &app.key,
        &SignOptions {
            version: Some("2".into()),
            modified: NOW + 1,
            ..options
        },
    )
    .unwrap()
    .content;
    assert_eq!(
        (newer.version(), newer.favicon(), newer.modified()),
        (Some("2"), Some("icon.png"), NOW + 1)
    );
    assert!(newer.canonical().contains(r#""custom": [1]"#));
}

#[test]
fn uncompressed_keys_sign_too() {
    let key = SigningKey::from_wif("5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf").unwrap();
    let app = TestApp { key, ..TestApp::new() }.signed(NOW);
    assert_eq!(
        app.verify().unwrap().signer.to_string(),
        "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm"
    );
}

#[test]
fn refuses_to_sign_with_a_key_inside() {
    let step = |app: TestApp| {
        (
            app.sign(NOW).unwrap_err().step(),
            app.path().join("content.json").exists(),
        )
    };
    assert_eq!(step(TestApp::new().file("account.json", b"{}")), ("key", false));
    assert_eq!(step(TestApp::new().file("deep/er/Account.json", b"{}")), ("key", false));
    assert_eq!(step(TestApp::new().file(".git/account.json", b"{}")), ("key", false));
    assert_eq!(
        step(TestApp::new().file("app.js", format!("k=\"{}\"", crate::testing::WIF).as_bytes())),
        ("key", false)
    );
}

#[test]
fn refuses_to_sign_what_would_not_verify() {
    let step = |app: &TestApp| app.sign(NOW).unwrap_err().step();
    let big = vec![b' '; MAX_FILE as usize];
    assert_eq!(step(&TestApp::new().file("big", &[&big[..], b" "].concat())), "limits");
    let many = (0..16).fold(TestApp::new(), |app, index| app.file(&format!("big{index}"), &big));
    assert_eq!(step(&many), "limits");
    let app = TestApp::new();
    fs::remove_file(app.path().join("icon.png")).unwrap();
    assert_eq!(step(&app), "required");
    assert_eq!(step(&TestApp::new().file("content.json", b"{\"version\":1}")), "parse");
    assert_eq!(
        step(&TestApp::new().file("content.json", b"{\"a\":1,\"a\":1}")),
        "parse"
    );
    assert!(matches!(
        TestApp::of_another_developer()
            .signed(NOW)
            .with_key(crate::testing::WIF)
            .sign(NOW),
        Err(PackageError::WrongKey { .. })
    ));
}

#[cfg(unix)]
#[test]
fn refuses_names_and_links_that_cannot_be_published() {
    let step = |app: &TestApp| app.sign(NOW).unwrap_err().step();
    assert_eq!(step(&TestApp::new().file("a:b", b"")), "path");
    assert_eq!(step(&TestApp::new().file("con.js", b"")), "path");
    assert_eq!(step(&TestApp::new().file("A.js", b"").file("a.js", b"")), "path");
    let app = TestApp::new();
    std::os::unix::fs::symlink("/etc/passwd", app.path().join("link")).unwrap();
    assert_eq!(step(&app), "files");
}

#[test]
fn leaves_hidden_files_out() {
    let app = TestApp::new().file(".git/config", b"").file("a/.DS_Store", b"");
    let signed = sign(
        app.path(),
        &app.key,
        &SignOptions {
            modified: NOW,
            ..SignOptions::default()
        },
    )
    .unwrap();
    assert_eq!(signed.left_out, [".git/config", "a/.DS_Store"]);
    assert_eq!(signed.content.files().len(), 2);
}

#[test]
fn the_first_failed_step_is_named() {
    let signed = || TestApp::new().signed(NOW);
    for (bytes, why) in [
        (&b""[..], "empty"),
        (b"{", "half-written"),
        (b"[]", "not an object"),
        (b"{\"a\":NaN}", "NaN"),
        (b"{\"files\":{},\"files\":{}}", "duplicate key"),
        (b"\xff\xfe{\0}\0", "UTF-16"),
    ] {
        assert_eq!(signed().file("content.json", bytes).failing_step(), "parse", "{why}");
    }
    let missing = signed();
    fs::remove_file(missing.path().join("content.json")).unwrap();
    assert_eq!(missing.failing_step(), "parse");

    for modified in [
        "1750000000.0",
        "1.75e9",
        "\"1750000000\"",
        "-1",
        "null",
        "99999999999999999999",
    ] {
        let app = signed();
        let list = fs::read_to_string(app.path().join("content.json")).unwrap();
        let app = app.file(
            "content.json",
            list.replace("\"modified\": 1750000000", &format!("\"modified\": {modified}"))
                .as_bytes(),
        );
        assert_eq!(app.failing_step(), "parse", "{modified}");
    }
    for change in [
        set("files", text("x")),
        set("title", Value::from(1)),
        set("signs_required", 2.into()),
        set("permissions", Value::Array(vec![text("camera")])),
        set("signers", Value::Array(vec![text("me")])),
        set(
            "files",
            Value::Object(Object::from([(
                "a".into(),
                Value::Object(Object::from([("size".into(), 1.into())])),
            )])),
        ),
    ] {
        assert_eq!(signed().forge(change).failing_step(), "parse");
    }
    assert_eq!(
        signed().forge(|tree| drop(tree.remove("modified"))).failing_step(),
        "parse"
    );
    assert_eq!(
        signed().tamper(set("signs", Value::Array(vec![]))).failing_step(),
        "parse"
    );

    assert_eq!(
        signed()
            .forge(set("address", text("1BitcoinEaterAddressDontSendf59kuF")))
            .failing_step(),
        "address"
    );
    assert_eq!(
        signed().forge(|tree| drop(tree.remove("address"))).failing_step(),
        "address"
    );
    assert_eq!(
        signed()
            .forge(set("inner_path", text("data/content.json")))
            .failing_step(),
        "inner_path"
    );
    assert_eq!(
        signed().forge(|tree| drop(tree.remove("inner_path"))).failing_step(),
        "inner_path"
    );
    assert_eq!(
        TestApp::new().signed(NOW + MAX_AHEAD_SECONDS + 1).failing_step(),
        "modified"
    );
    assert_eq!(TestApp::new().signed(NOW + MAX_AHEAD_SECONDS).failing_step(), "none");
    assert_eq!(signed().tamper(set("title", text("Other"))).failing_step(), "signature");
    assert_eq!(
        signed()
            .tamper(set("signs", Value::Object(Object::new())))
            .failing_step(),
        "signature"
    );
    assert_eq!(
        signed().tamper(|tree| drop(tree.remove("signs"))).failing_step(),
        "signature"
    );
    assert_eq!(signed().listing(&["../x"]).failing_step(), "path");
    assert_eq!(signed().listing(&["gone.js"]).failing_step(), "files");
    assert_eq!(
        signed()
            .forge(|tree| drop(files(tree).remove("icon.png")))
            .failing_step(),
        "required"
    );
}

fn files(tree: &mut Object) -> &mut Object {
    match tree.get_mut("files") {
        Some(Value::Object(files)) => files,
        other => panic!("{other:?}"),
    }
}

#[test]
fn steps_are_taken_in_order() {
    // Wrong in every respect; each repair uncovers the next step.
    let app = TestApp::new().signed(NOW).forge(|tree| {
        tree.insert("inner_path".into(), text("x"));
        tree.insert("modified".into(), (NOW + 1_000_000).into());
        tree.insert(
            "signers".into(),
            Value::Array(vec![text("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")]),
        );
        files(tree).clear();
        files(tree).insert(
            "../x".into(),
            Value::Object(Object::from([
                ("sha512".into(), text(&"0".repeat(64))),
                ("size".into(), 3.into()),
            ])),
        );
    });
    let app = app.tamper(set("address", text("nobody")));
    assert_eq!(app.failing_step(), "address");
    let own = app.address().to_string();
    let app = app.tamper(set("address", text(&own)));
    assert_eq!(app.failing_step(), "inner_path");
    let app = app.tamper(set("inner_path", text("content.json")));
    assert_eq!(app.failing_step(), "modified");
    let app = app.tamper(set("modified", NOW.into()));
    assert_eq!(app.failing_step(), "signers_sign");
    let app = app.tamper(|tree| drop(tree.remove("signers")));
    assert_eq!(app.failing_step(), "signature");
    let app = app.forge(|_| {});
    assert_eq!(app.failing_step(), "path");
    let app = app.forge(|tree| {
        let entry = files(tree).remove("../x").unwrap();
        files(tree).insert("x".into(), entry);
    });
    assert_eq!(app.failing_step(), "files");
    let app = app.file("x", b"").forge(|tree| {
        files(tree).insert(
            "x".into(),
            Value::Object(Object::from([
                ("sha512".into(), text(&"0".repeat(64))),
                ("size".into(), 1.into()),
            ])),
        );
    });
    let big = vec![0; MAX_FILE as usize + 1];
    let size = Value::from(i64::try_from(big.len()).unwrap());
    let app = app.file("x", &big).forge(|tree| {
        files(tree).insert(
            "x".into(),
            Value::Object(Object::from([
                ("sha512".into(), text(&"0".repeat(64))),
                ("size".into(), size),
            ])),
        );
    });
    assert_eq!(app.failing_step(), "limits");
    let app = app.forge(|tree| drop(files(tree).remove("x")));
    assert_eq!(app.failing_step(), "required");
}

#[test]
fn files_changed_after_signing_are_found() {
    let error = |app: &TestApp| match app.verify().unwrap_err() {
        PackageError::File { path, reason } => (path, reason),
        other => panic!("{other}"),
    };
    let app = TestApp::new().file("app.js", b"good").signed(NOW);
    let app = app.file("app.js", b"evil");
    assert_eq!(error(&app), ("app.js".into(), FileError::Hash));
    let app = app.file("app.js", b"goo");
    assert_eq!(error(&app), ("app.js".into(), FileError::Size { listed: 4, actual: 3 }));
    fs::remove_file(app.path().join("app.js")).unwrap();
    assert_eq!(error(&app), ("app.js".into(), FileError::Missing));
    fs::create_dir(app.path().join("app.js")).unwrap();
    assert_eq!(error(&app), ("app.js".into(), FileError::NotAFile));
    fs::remove_dir(app.path().join("app.js")).unwrap();
    #[cfg(unix)]
    {
        fs::write(app.path().join("other"), "good").unwrap();
        std::os::unix::fs::symlink("other", app.path().join("app.js")).unwrap();
        assert_eq!(error(&app), ("app.js".into(), FileError::Link));
    }
}

#[test]
fn listed_paths_obey_the_rules() {
    for path in [
        "../x",
        "/x",
        "\\x",
        "a/../b",
        "con",
        "a:b",
        "x.",
        "INDEX.html",
        "index.html/x",
        "Content.json",
        "a\u{0}b",
    ] {
        assert_eq!(
            TestApp::new().signed(NOW).listing(&[path]).failing_step(),
            "path",
            "{path}"
        );
    }
    assert_eq!(
        TestApp::new()
            .signed(NOW)
            .listing(&["caf\u{e9}", "cafe\u{301}"])
            .failing_step(),
        "path"
    );
}

#[test]
fn time_is_compared_with_the_installed_version() {
    let old = TestApp::new().signed(NOW - 10);
    let new = TestApp::new().file("app.js", b"").signed(NOW);
    let (old_list, new_list) = (old.verify().unwrap().content, new.verify().unwrap().content);
    let relation = |app: &TestApp, installed, downgrade| {
        verify(&Source::open(app.path()).unwrap(), at(NOW), Some(installed), downgrade)
            .map(|verified| verified.relation)
    };
    assert_eq!(relation(&new, &old_list, Downgrade::Refuse).unwrap(), Relation::Newer);
    assert_eq!(relation(&new, &new_list, Downgrade::Refuse).unwrap(), Relation::Same);
    assert_eq!(relation(&old, &new_list, Downgrade::Allow).unwrap(), Relation::Older);
    let older = relation(&old, &new_list, Downgrade::Refuse);
    assert!(
        matches!(older, Err(PackageError::Modified(ModifiedError::Older { modified, installed })) if modified == NOW - 10 && installed == NOW)
    );
    let twin = TestApp::new().signed(NOW);
    let same_time = relation(&twin, &new_list, Downgrade::Refuse);
    assert!(matches!(
        same_time,
        Err(PackageError::Modified(ModifiedError::SameTimeOtherContent { .. }))
    ));
    assert_eq!(relation(&twin, &new_list, Downgrade::Allow).unwrap(), Relation::Older);
    let stranger = TestApp::of_another_developer().signed(NOW + 1);
    assert_eq!(
        relation(&stranger, &new_list, Downgrade::Refuse).unwrap_err().step(),
        "address"
    );
}

#[test]
fn an_appointed_signer_may_sign_and_no_one_else() {
    let helper = SigningKey::generate().unwrap();
    let appointed = TestApp::new()
        .file(
            "content.json",
            format!(r#"{{"signers":["{}"]}}"#, helper.address()).as_bytes(),
        )
        .signed(NOW);
    assert_eq!(appointed.verify().unwrap().signer, appointed.address());

    let owner = appointed.address();
    let by_helper = TestApp {
        key: helper,
        ..appointed
    };
    let content = by_helper.sign(NOW + 1).unwrap();
    assert_eq!(*content.address(), owner);
    assert_eq!(by_helper.verify().unwrap().signer, by_helper.address());

    // The helper appoints a friend: only the owner could.
    let friend = SigningKey::generate().unwrap();
    let by_friend = TestApp {
        key: friend,
        ..by_helper
    };
    assert!(matches!(by_friend.sign(NOW + 2), Err(PackageError::WrongKey { .. })));
    let signer = text(&by_friend.address().to_string());
    let by_friend = by_friend.forge(move |tree| match tree.get_mut("signers") {
        Some(Value::Array(signers)) => signers.push(signer),
        other => panic!("{other:?}"),
    });
    assert_eq!(by_friend.failing_step(), "signers_sign");
}

#[test]
fn signers_lists_of_both_spellings_are_accepted() {
    let app = TestApp::new().signed(NOW);
    let (own, other) = (app.address().to_string(), "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2");
    for (spelling, step) in [
        (format!("1:{other},{own}"), "none"),
        (format!("1:{other}"), "none"),
        (format!("2:{other}"), "signers_sign"),
    ] {
        let sign = app.key.sign_message(&spelling);
        let again = TestApp::new().signed(NOW).forge(|tree| {
            tree.insert("signers".into(), Value::Array(vec![text(other)]));
            tree.insert("signers_sign".into(), text(&sign));
        });
        assert_eq!(again.failing_step(), step, "{spelling}");
    }
}

#[test]
fn ten_thousand_files_are_fine_and_one_more_is_not() {
    let mut files = Object::new();
    let entry = |bytes: &[u8]| {
        let size = i64::try_from(bytes.len()).unwrap();
        Value::Object(Object::from([
            ("sha512".into(), text(&crate::verify::hash(bytes))),
            ("size".into(), size.into()),
        ]))
    };
    for index in 0..MAX_FILES - 2 {
        files.insert(format!("f/{index}"), entry(b"x"));
    }
    let temporary = TestApp::new().signed(NOW);
    let mut app = temporary.forge(|tree| self::files(tree).extend(files));
    fs::create_dir(app.path().join("f")).unwrap();
    for index in 0..MAX_FILES - 2 {
        fs::write(app.path().join(format!("f/{index}")), "x").unwrap();
    }
    assert_eq!(app.verify().unwrap().content.files().len(), MAX_FILES);
    app = app.forge(|tree| drop(self::files(tree).insert("one-more".into(), entry(b""))));
    assert_eq!(app.failing_step(), "parse");
}

#[test]
fn packing_is_deterministic_and_takes_only_what_is_listed() {
    let app = TestApp::new()
        .file("sub/a.txt", b"a")
        .file(".hidden", b"")
        .signed(NOW)
        .file("unlisted.txt", b"");
    let out = tempfile::tempdir().unwrap();
    let [one, two] = ["one.zip", "two.zip"].map(|name| out.path().join(name));
    let source = Source::open(app.path()).unwrap();
    pack(&source, at(NOW), &one).unwrap();
    pack(&Source::open(&one).unwrap(), at(NOW + 5), &two).unwrap();
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
    let zip = Source::open(&one).unwrap();
    assert_eq!(
        zip.names().unwrap(),
        [
            "content.json",
            "icon.png",
            "index.html",
            "publishfiles.json",
            "sub/a.txt"
        ]
    );
    assert_eq!(
        verify(&zip, at(NOW), None, Downgrade::Refuse).unwrap().content,
        app.verify().unwrap().content
    );

    let key = out.path().join("account.json");
    fs::write(&key, "{}").unwrap();
    assert_eq!(pack(&source, at(NOW), &key).unwrap_err().step(), "open");
    assert_eq!(fs::read(&key).unwrap(), b"{}");
    let app = app.file("sub/a.txt", b"b");
    assert_eq!(
        pack(&Source::open(app.path()).unwrap(), at(NOW), &one)
            .unwrap_err()
            .step(),
        "files"
    );
}
