//! The store: install, update, roll back, uninstall, extended data, damage, several users at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use super::*;
use crate::app::ReadError;
use crate::disk::faults::{self, Fault};
use crate::error::{FileError, ModifiedError};
use crate::limits::{KEPT_AFTER_UNINSTALL_SECONDS, MAX_EXTENDED};
use crate::testing::{NOW, TestApp, at, zip_file};
use crate::verify::Downgrade;

/// A store in a temporary folder, whose clock the test sets.
pub(super) struct TestStore {
    pub(super) store: Store,
    now: Arc<AtomicI64>,
    temp: TempDir,
}

impl TestStore {
    pub(super) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = now.clone();
        let store = Store::open_at(
            temp.path().join("apps"),
            Arc::new(move || at(clock.load(Ordering::Relaxed))),
        )
        .unwrap();
        Self { store, now, temp }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(super) fn install(&self, app: &TestApp) -> Outcome {
        self.store.install(app.path(), Downgrade::Refuse).unwrap()
    }

    /// The names of the versions that lie on the disk.
    fn versions(&self, app: &TestApp) -> Vec<String> {
        names_in(&self.store.app_dir(&app.address()).join(VERSIONS)).unwrap()
    }

    pub(super) fn state_file(&self, app: &TestApp) -> PathBuf {
        self.store.app_dir(&app.address()).join(STATE)
    }

    pub(super) fn reopened(&self) -> Store {
        Store::open_at(self.temp.path().join("apps"), self.store.clock.clone()).unwrap()
    }
}

/// A version of the test app whose `app.js` says which one it is.
pub(super) fn version(number: i64) -> TestApp {
    TestApp::new()
        .file("sub/app.js", format!("version {number}").as_bytes())
        .signed(NOW + number)
}

pub(super) fn running_version(app: &InstalledApp) -> String {
    app.check().unwrap();
    String::from_utf8(app.read("sub/app.js").unwrap()).unwrap()
}

#[test]
fn installs_updates_and_rolls_back_once() {
    let test = TestStore::new();
    let (one, two, three) = (version(1), version(2), version(3));
    let address = one.address();
    assert!(matches!(test.store.get(&address), Err(PackageError::NotInstalled(_))));

    assert!(matches!(test.install(&one), Outcome::Installed(app) if running_version(&app) == "version 1"));
    assert!(matches!(
        test.store.roll_back(&address),
        Err(PackageError::NoPrevious(_))
    ));
    assert!(matches!(test.install(&one), Outcome::Unchanged(_)));
    let running = test.store.get(&address).unwrap();
    assert!(matches!(test.install(&two), Outcome::Updated(app) if running_version(&app) == "version 2"));
    assert_eq!(
        running_version(&running),
        "version 1",
        "an open window goes on reading its version"
    );
    test.install(&three);
    assert_eq!(test.versions(&one).len(), 2);
    assert!(matches!(running.read("index.html"), Err(ReadError::Damaged { .. })));

    let refused = test.store.install(two.path(), Downgrade::Refuse).unwrap_err();
    assert!(matches!(refused, PackageError::Modified(ModifiedError::Older { .. })));
    assert_eq!(running_version(&test.store.roll_back(&address).unwrap()), "version 2");
    assert_eq!(running_version(&test.reopened().get(&address).unwrap()), "version 2");
    assert_eq!(test.versions(&one).len(), 1);
    assert!(matches!(
        test.store.roll_back(&address),
        Err(PackageError::NoPrevious(_))
    ));
    assert!(
        matches!(test.store.install(one.path(), Downgrade::Allow), Ok(Outcome::Updated(app)) if running_version(&app) == "version 1")
    );
}

#[test]
fn installs_from_a_zip() {
    let test = TestStore::new();
    let (_temp, path) = zip_file(&version(1).entries("top/"));
    assert!(
        matches!(test.store.install(&path, Downgrade::Refuse), Ok(Outcome::Installed(app)) if running_version(&app) == "version 1")
    );
}

#[test]
fn what_is_refused_leaves_no_trace() {
    let test = TestStore::new();
    let app = version(1).file("index.html", b"changed");
    assert_eq!(
        test.store.install(app.path(), Downgrade::Refuse).unwrap_err().step(),
        "files"
    );
    assert_eq!(names_in(&test.store.root).unwrap(), [LOCK]);
    test.install(&version(1));
    assert_eq!(
        test.store.install(app.path(), Downgrade::Refuse).unwrap_err().step(),
        "files"
    );
    assert_eq!(test.versions(&app).len(), 1);
    assert_eq!(running_version(&test.store.get(&app.address()).unwrap()), "version 1");
}

#[test]
fn reads_only_what_is_listed_and_as_signed() {
    let test = TestStore::new();
    let app = version(1).file("unlisted.txt", b"x");
    let installed = test.install(&app).app().clone();
    assert_eq!(
        installed.read("index.html").unwrap(),
        fs::read(app.path().join("index.html")).unwrap()
    );
    for path in [
        "unlisted.txt",
        "content.json",
        "publishfiles.json",
        "",
        "/",
        ".",
        "..",
        "sub",
        "sub/",
        "/index.html",
        "./index.html",
        "sub/../index.html",
        "sub//app.js",
        "sub\\app.js",
        "INDEX.html",
        "index.html/",
        "index.html\0",
        "%69ndex.html",
        "..%2f..%2fstate.json",
        "../../state.json",
        "/etc/passwd",
        "index.html?x",
        "index.html ",
    ] {
        assert_eq!(installed.read(path), Err(ReadError::NotListed(path.into())), "{path:?}");
    }
    assert!(!installed.version_dir().join("unlisted.txt").exists());

    let file = installed.version_dir().join("sub/app.js");
    fs::write(&file, "version X").unwrap();
    assert_eq!(
        installed.read("sub/app.js"),
        Err(ReadError::Damaged {
            path: "sub/app.js".into(),
            reason: FileError::Hash
        })
    );
    fs::write(&file, "longer than that").unwrap();
    assert!(matches!(
        installed.read("sub/app.js"),
        Err(ReadError::Damaged {
            reason: FileError::Size { .. },
            ..
        })
    ));
    #[cfg(unix)]
    {
        let outside = test.temp.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("app.js"), "version 1").unwrap();
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(outside.join("app.js"), &file).unwrap();
        assert!(matches!(
            installed.read("sub/app.js"),
            Err(ReadError::Damaged {
                reason: FileError::Link,
                ..
            })
        ));
        fs::remove_dir_all(installed.version_dir().join("sub")).unwrap();
        std::os::unix::fs::symlink(&outside, installed.version_dir().join("sub")).unwrap();
        assert!(matches!(
            installed.read("sub/app.js"),
            Err(ReadError::Damaged {
                reason: FileError::Link,
                ..
            })
        ));
    }
}

#[test]
fn a_damaged_app_is_listed_and_repaired_by_installing_it_again() {
    let test = TestStore::new();
    let (broken, sound) = (version(1), TestApp::of_another_developer().signed(NOW));
    test.install(&broken);
    test.install(&sound);
    let damaged = |test: &TestStore| {
        let listed = test.store.list().unwrap();
        assert_eq!(listed.len(), 2);
        assert!(
            listed
                .iter()
                .any(|line| line.address == sound.address() && line.app.is_ok())
        );
        listed
            .into_iter()
            .any(|line| line.address == broken.address() && matches!(line.app, Err(PackageError::Damaged { .. })))
    };
    let folder = test.store.get(&broken.address()).unwrap().version_dir().to_path_buf();
    assert!(!damaged(&test));

    fs::remove_file(folder.join("sub/app.js")).unwrap();
    assert!(damaged(&test));
    assert!(matches!(test.install(&broken), Outcome::Updated(app) if running_version(&app) == "version 1"));
    assert!(!damaged(&test));
    assert_eq!(
        test.versions(&broken).len(),
        1,
        "a damaged version is nothing to go back to"
    );

    let folder = test.store.get(&broken.address()).unwrap().version_dir().to_path_buf();
    fs::write(folder.join("content.json"), "{").unwrap();
    assert!(damaged(&test));
    assert!(matches!(
        test.store.get(&broken.address()),
        Err(PackageError::Damaged { .. })
    ));
    test.install(&broken);
    assert!(!damaged(&test));

    for bytes in [
        &b""[..],
        b"{}",
        b"\0\0\0\0",
        br#"{"format":99,"generation":0,"current":null,"previous":null,"uninstalled":null}"#,
        br#"{"format":1,"generation":0,"current":"../..","previous":null,"uninstalled":null}"#,
    ] {
        fs::write(test.state_file(&broken), bytes).unwrap();
        assert!(damaged(&test));
        assert!(test.reopened().get(&broken.address()).is_err());
        assert_eq!(
            test.versions(&broken).len(),
            1,
            "nothing is removed while nothing is known"
        );
        test.install(&broken);
        assert!(!damaged(&test));
        assert_eq!(
            fs::read(test.state_file(&broken).with_file_name(DAMAGED_STATE)).unwrap(),
            bytes
        );
    }
}

#[test]
fn a_previous_version_that_is_not_whole_is_not_gone_back_to() {
    let test = TestStore::new();
    let first = test.install(&version(1)).app().clone();
    test.install(&version(2));
    fs::write(first.version_dir().join("sub/app.js"), "version X").unwrap();
    assert!(matches!(
        test.store.roll_back(first.address()),
        Err(PackageError::Damaged { .. })
    ));
    assert_eq!(running_version(&test.store.get(first.address()).unwrap()), "version 2");
}

#[test]
fn identity_and_data_outlive_seven_days() {
    let test = TestStore::new();
    let app = version(1);
    let address = app.address();
    assert_eq!(test.store.generation(&address), 0);
    test.install(&app);
    test.store.set_extended(&address, b"{\"a\":1}").unwrap();
    test.store.uninstall(&address).unwrap();
    assert!(matches!(
        test.store.uninstall(&address),
        Err(PackageError::NotInstalled(_))
    ));
    assert!(matches!(
        test.store.extended(&address),
        Err(PackageError::NotInstalled(_))
    ));
    assert!(test.store.list().unwrap().is_empty());
    assert!(test.versions(&app).is_empty());

    test.wait(KEPT_AFTER_UNINSTALL_SECONDS);
    assert_eq!(test.reopened().generation(&address), 0);
    assert!(!test.store.is_expired(&address));
    assert!(matches!(test.install(&app), Outcome::Installed(_)));
    assert_eq!(
        test.store.extended(&address).unwrap().as_deref(),
        Some(&b"{\"a\":1}"[..])
    );

    test.store.uninstall(&address).unwrap();
    test.wait(KEPT_AFTER_UNINSTALL_SECONDS + 1);
    assert_eq!(test.store.generation(&address), 1);
    assert!(test.store.is_expired(&address));
    test.install(&app);
    assert!(!test.store.is_expired(&address));
    assert_eq!(test.store.generation(&address), 1);
    assert_eq!(test.store.extended(&address).unwrap(), None);
    test.wait(100 * KEPT_AFTER_UNINSTALL_SECONDS);
    assert_eq!(test.store.generation(&address), 1, "an installed app does not age");

    test.store.set_extended(&address, b"1").unwrap();
    test.store.uninstall(&address).unwrap();
    test.wait(-1000);
    assert_eq!(test.store.generation(&address), 1, "a clock that was put back");
    test.wait(KEPT_AFTER_UNINSTALL_SECONDS + 2000);
    let app_dir = test.reopened().app_dir(&address);
    assert!(
        !names_in(&app_dir)
            .unwrap()
            .iter()
            .any(|name| name.starts_with(EXTENDED)),
        "the data is gone from the disk"
    );
    assert_eq!(test.store.generation(&address), 2);
}

#[test]
fn a_damaged_state_does_not_bring_an_old_identity_back() {
    let test = TestStore::new();
    let app = version(1);
    test.install(&app);
    test.store.uninstall(&app.address()).unwrap();
    test.wait(KEPT_AFTER_UNINSTALL_SECONDS + 1);
    test.install(&app);
    fs::write(test.state_file(&app), "").unwrap();
    assert_eq!(test.store.generation(&app.address()), 1);
    test.install(&app);
    assert_eq!(test.store.generation(&app.address()), 1);
    fs::write(test.state_file(&app), "").unwrap();
    test.store.uninstall(&app.address()).unwrap();
    assert_eq!(test.store.generation(&app.address()), 1);
}

#[test]
fn extended_data_is_bounded_and_replaced_as_a_whole() {
    let test = TestStore::new();
    let app = version(1);
    let address = app.address();
    assert!(matches!(
        test.store.set_extended(&address, b"1"),
        Err(PackageError::NotInstalled(_))
    ));
    test.install(&app);
    assert_eq!(test.store.extended(&address).unwrap(), None);
    let most = vec![b' '; MAX_EXTENDED];
    test.store.set_extended(&address, &most).unwrap();
    assert!(
        matches!(test.store.set_extended(&address, &[&most[..], b" "].concat()), Err(PackageError::ExtendedTooLarge { size }) if size == MAX_EXTENDED + 1)
    );
    assert_eq!(test.store.extended(&address).unwrap().unwrap(), most);
    test.install(&version(2));
    assert_eq!(
        test.reopened().extended(&address).unwrap().unwrap(),
        most,
        "an update keeps the data"
    );
    test.store.set_extended(&address, b"").unwrap();
    assert_eq!(test.store.extended(&address).unwrap().unwrap(), b"");
    fs::write(test.store.extended_path(&address, 0), [&most[..], b" "].concat()).unwrap();
    assert!(matches!(
        test.store.extended(&address),
        Err(PackageError::Damaged { .. })
    ));
}

#[test]
fn any_failing_write_leaves_a_whole_version() {
    let (one, two) = (version(1), version(2));
    let mut steps = 0;
    loop {
        let test = TestStore::new();
        test.install(&one);
        test.store.set_extended(&one.address(), b"old").unwrap();

        faults::after(steps, Fault::Fail(io::ErrorKind::StorageFull));
        let installed = test.store.install(two.path(), Downgrade::Refuse);
        let struck = faults::clear();
        let running = running_version(&test.store.get(&one.address()).unwrap());
        match installed {
            Ok(_) => assert_eq!(running, "version 2"),
            Err(error) => assert!(matches!(error, PackageError::DiskFull { .. }), "{error}"),
        }
        let reopened = test.reopened();
        assert_eq!(
            running_version(&reopened.get(&one.address()).unwrap()),
            running,
            "step {steps}"
        );
        assert!(test.versions(&one).len() <= 2, "step {steps}");

        faults::after(steps, Fault::Fail(io::ErrorKind::StorageFull));
        let stored = test.store.set_extended(&one.address(), b"new");
        faults::clear();
        let data = test.store.extended(&one.address()).unwrap().unwrap();
        assert!(
            if stored.is_ok() {
                data == b"new"
            } else {
                data == b"old" || data == b"new"
            },
            "step {steps}"
        );
        test.install(&two);
        assert_eq!(running_version(&test.store.get(&one.address()).unwrap()), "version 2");
        if !struck {
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "only {steps} steps were tried");
}

/// Needs the right to mount; the test above covers the same without it.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_so_and_leaves_the_old_version() {
    struct Mounted(TempDir);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
        }
    }
    let small = tempfile::tempdir().unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
        .arg(small.path())
        .output();
    if !mount.is_ok_and(|output| output.status.success()) {
        eprintln!("this user may not mount a small disk");
        return;
    }
    let small = Mounted(small);
    let store = Store::open_at(small.0.path().join("apps"), Arc::new(|| at(NOW))).unwrap();
    store.install(version(1).path(), Downgrade::Refuse).unwrap();
    let big = version(2).file("big", &vec![b'x'; 600 * 1024]).signed(NOW + 2);
    let error = store.install(big.path(), Downgrade::Refuse).unwrap_err();
    assert!(matches!(error, PackageError::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"));
    assert_eq!(running_version(&store.get(&big.address()).unwrap()), "version 1");
    store.set_extended(&big.address(), b"old").unwrap();
    assert!(matches!(
        store.set_extended(&big.address(), &vec![b' '; 700 * 1024]),
        Err(PackageError::DiskFull { .. })
    ));
    assert_eq!(store.extended(&big.address()).unwrap().unwrap(), b"old");
    store.install(version(3).path(), Downgrade::Refuse).unwrap();
}

#[test]
fn several_users_at_once_see_only_whole_versions() {
    let test = TestStore::new();
    let versions: Vec<TestApp> = (1..=3).map(version).collect();
    test.install(&versions[0]);
    let address = versions[0].address();
    std::thread::scope(|scope| {
        for app in &versions {
            let store = test.reopened();
            scope.spawn(move || {
                for _ in 0..5 {
                    store.install(app.path(), Downgrade::Allow).unwrap();
                    store.set_extended(&app.address(), &vec![b'x'; 10_000]).unwrap();
                }
            });
        }
        let store = test.reopened();
        scope.spawn(move || {
            for _ in 0..50 {
                assert!(store.get(&address).unwrap().content().modified() > NOW);
                assert!(matches!(
                    store.extended(&address).unwrap().map(|data| data.len()),
                    None | Some(10_000)
                ));
            }
        });
    });
    running_version(&test.store.get(&address).unwrap());
    assert!(test.versions(&versions[0]).len() <= 2);
}

#[test]
fn opening_does_not_disturb_an_operation_under_way() {
    let test = TestStore::new();
    test.install(&version(1));
    let lock = test.store.lock().unwrap();
    let staging = test.store.version_dir(&version(1).address(), "g0-staging");
    fs::create_dir(&staging).unwrap();
    test.reopened();
    assert!(staging.exists());
    drop(lock);
    test.reopened();
    assert!(!staging.exists());
}
