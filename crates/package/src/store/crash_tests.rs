//! The process ends in the middle of an operation: at every single step, and by `kill -9` at random times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::disk::faults::{self, Fault};
use crate::store::{Store, VERSIONS, names_in};
use crate::testing::{NOW, TestApp, at};
use crate::verify::Downgrade;

const ROOT: &str = "COCO_PACKAGE_TEST_ROOT";
const PACKAGES: &str = "COCO_PACKAGE_TEST_PACKAGES";
const STEPS: &str = "COCO_PACKAGE_TEST_STEPS";

fn open(root: &Path) -> Store {
    Store::open_at(root, Arc::new(|| at(NOW))).unwrap()
}

/// Not a test of its own: the process that the tests below start and that does not come to its end. It installs the given
/// packages in turn, and stores data, either until it is killed or once and until the given step.
#[test]
#[ignore = "started by the other tests of this file"]
fn victim() {
    let (Some(root), Some(packages)) = (env::var_os(ROOT), env::var_os(PACKAGES)) else {
        return;
    };
    let store = open(Path::new(&root));
    let packages: Vec<_> = env::split_paths(&packages).collect();
    let steps: Option<u32> = env::var(STEPS).ok().map(|steps| steps.parse().unwrap());
    if let Some(steps) = steps {
        faults::after(steps, Fault::Abort);
    }
    println!("ready");
    std::io::stdout().flush().unwrap();
    loop {
        for package in packages.iter().rev() {
            let app = store.install(package, Downgrade::Allow).unwrap();
            store.set_extended(app.app().address(), &vec![b'y'; 5000]).unwrap();
        }
        if steps.is_some() {
            return;
        }
    }
}

fn start(root: &Path, packages: &[&TestApp], steps: Option<u32>) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "store::crash_tests::victim", "--ignored", "--nocapture"])
        .env(ROOT, root)
        .env(
            PACKAGES,
            env::join_paths(packages.iter().map(|app| app.path())).unwrap(),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(steps) = steps {
        command.env(STEPS, steps.to_string());
    }
    command.spawn().unwrap()
}

/// After the process ended: one of the two versions is current and whole, the data is old or new, and a reopened store holds no
/// leftovers.
fn check(root: &Path, one: &TestApp, context: &str) {
    let store = open(root);
    let app = store
        .get(&one.address())
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    app.check().unwrap_or_else(|error| panic!("{context}: {error}"));
    let data = store.extended(&one.address()).unwrap().unwrap();
    assert!(data == vec![b'x'; 5000] || data == vec![b'y'; 5000], "{context}");
    let folder = store.app_dir(&one.address());
    assert!(names_in(&folder.join(VERSIONS)).unwrap().len() <= 2, "{context}");
    let mut rest = names_in(&folder).unwrap();
    rest.sort();
    assert_eq!(rest, ["extended-0.json", "state.json", VERSIONS], "{context}");
}

fn versions() -> (TestApp, TestApp) {
    (
        TestApp::new().file("a/b.js", b"one").signed(NOW - 1),
        TestApp::new().file("a/b.js", &[b'2'; 200_000]).signed(NOW),
    )
}

#[test]
fn ended_at_every_step() {
    let (one, two) = versions();
    let mut steps = 0;
    loop {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("apps");
        let store = open(&root);
        store.install(one.path(), Downgrade::Refuse).unwrap();
        store.set_extended(&one.address(), &vec![b'x'; 5000]).unwrap();
        let output = start(&root, &[&two], Some(steps)).wait_with_output().unwrap();
        check(&root, &one, &format!("step {steps}"));
        if output.status.success() {
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "only {steps} steps were tried");
}

#[test]
fn killed_at_random_times() {
    let (one, two) = versions();
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("apps");
    let store = open(&root);
    store.install(one.path(), Downgrade::Refuse).unwrap();
    store.set_extended(&one.address(), &vec![b'x'; 5000]).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..30_u64 {
        let mut child = start(&root, &[&one, &two], None);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(
            lines.map_while(Result::ok).any(|line| line.contains("ready")),
            "the process did not start"
        );
        // Any time will do: what is tested is that none matters.
        std::thread::sleep(Duration::from_micros(round * 1_700 % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        check(&root, &one, &format!("round {round}"));
        seen.insert(open(&root).get(&one.address()).unwrap().content().modified());
    }
    assert_eq!(
        seen.len(),
        2,
        "the process was never killed in time, or never got anywhere"
    );
}
