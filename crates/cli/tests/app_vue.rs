//! The project that `coco app create --template vue` makes, and what comes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod developer;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use developer::{Developer, names, text};

#[test]
fn the_project_is_whole_and_bears_its_names() {
    let developer = Developer::new();
    let title = "Tom & \"Jerry\" <3";
    let created = developer.ok(&[
        "create",
        "work",
        "--template",
        "vue",
        "--title",
        title,
        "--type",
        "0003",
    ]);
    let address = created["address"].as_str().unwrap();
    assert_eq!(
        names(&developer.path("work")),
        [
            ".gitignore",
            "README.md",
            "account.json",
            "index.html",
            "messagehandler-js",
            "package.json",
            "public",
            "src",
            "vite.config.js"
        ]
    );
    assert_eq!(created["account"], "work/account.json");
    let read = |name: &str| fs::read_to_string(developer.path("work").join(name)).unwrap();
    let list: serde_json::Value = serde_json::from_str(&read("public/content.json")).unwrap();
    assert_eq!((&list["title"], &list["merged_type"]), (&title.into(), &"0003".into()));
    let package: serde_json::Value = serde_json::from_str(&read("package.json")).unwrap();
    assert_eq!(package["name"], "tom-jerry-3");
    assert!(package["scripts"]["build"].as_str().unwrap().contains(address));
    assert!(read("index.html").contains("Tom &amp; &quot;Jerry&quot; &lt;3"));
    assert!(read(".gitignore").contains("/account.json"));
    for name in [
        "package.json",
        "vite.config.js",
        "index.html",
        "README.md",
        ".gitignore",
        "src/App.vue",
    ] {
        assert!(!read(name).contains("__"), "{name}");
    }

    // The key alone may be there already; it is used, and what it began is not touched a second time.
    fs::create_dir(developer.path("again")).unwrap();
    fs::copy(
        developer.path("work/account.json"),
        developer.path("again/account.json"),
    )
    .unwrap();
    let again = developer.ok(&["create", "again", "--template", "vue"]);
    assert_eq!(again["address"], address);
    let (step, said) = developer.fails(&["create", "again", "--template", "vue"]);
    assert!(step == "create" && said.contains("not empty"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_project_builds_to_a_flawless_package() {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../node_modules")
        .canonicalize();
    let modules = match modules {
        Ok(modules) if modules.join("vite").exists() && modules.join("@vitejs/plugin-vue").exists() => modules,
        _ => {
            eprintln!("skipped: the packages of this project are not installed (npm ci)");
            return;
        }
    };
    let developer = Developer::new();
    let created = developer.ok(&["create", "hello", "--template", "vue", "--title", "Hello"]);
    let project = developer.path("hello");
    std::os::unix::fs::symlink(modules, project.join("node_modules")).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_coco")).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&path))).unwrap();
    let build = || {
        let output = Command::new("npm")
            .args(["run", "build"])
            .current_dir(&project)
            .env("PATH", &path)
            .env("SOURCE_DATE_EPOCH", "1760000000")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}\n{}",
            text(&output.stdout),
            text(&output.stderr)
        );
    };
    build();
    let package = format!("hello/{}", created["address"].as_str().unwrap());
    let report = developer.ok(&["check", &package, "--strict"]);
    assert_eq!(
        (&report["valid"], &report["notes"]),
        (&true.into(), &0.into()),
        "{report:#}"
    );
    let verified = developer.ok(&["verify", &package]);
    assert_eq!(
        (&verified["title"], &verified["version"]),
        (&"Hello".into(), &"1.0.0".into())
    );
    assert!(!text(&fs::read(developer.path(&package).join("index.html")).unwrap()).contains("\"/"));

    let first = fs::read(developer.path(&package).join("content.json")).unwrap();
    build();
    assert!(
        fs::read(developer.path(&package).join("content.json")).unwrap() == first,
        "not reproducible"
    );
}
