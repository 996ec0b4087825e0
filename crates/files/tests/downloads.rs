//! Downloads from a real server: what arrives, what does not, and what is left on the disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod common;

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use coco_files::{Downloads, FilesError, Progress, Settings, State};

use common::server::{Server, answer, path_of, wait_for_the_end};
use common::{Place, app, other_app, request};

/// Waits until something is so.
fn wait_until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never was so");
        thread::yield_now();
    }
}

fn failure(result: Result<(), FilesError>) -> String {
    match result {
        Err(FilesError::Failed(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// A server that sends five of ten bytes and then nothing.
fn stalling() -> Server {
    Server::new(|_, connection| {
        write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
        wait_for_the_end(connection)
    })
}

/// A server whose `/stall` stalls and that answers all else with its path.
fn sometimes_stalling() -> Server {
    Server::new(|head, connection| {
        if path_of(head) == "/stall" {
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
            return wait_for_the_end(connection);
        }
        answer(connection, "200 OK", "", path_of(head).as_bytes())
    })
}

fn has_begun(downloads: &Downloads) -> bool {
    downloads.running().is_some_and(|progress| progress.received == 5)
}

#[test]
fn a_file_arrives_whole() {
    let server = Server::new(|_, connection| answer(connection, "200 OK", "", b"hello"));
    let place = Place::new(server.settings());
    assert!(!place.downloads.is_there(&app(), "a.txt").unwrap());
    place
        .downloads
        .start(&app(), &request(&server.url("/a?b=c"), "a.txt"))
        .unwrap();
    assert_eq!(place.tree(), ["a.txt"]);
    assert_eq!(place.read("a.txt"), b"hello");
    assert!(place.downloads.is_there(&app(), "a.txt").unwrap());
    assert!(!place.downloads.is_there(&other_app(), "a.txt").unwrap());
    assert_eq!(place.downloads.size_of(&app()).unwrap(), 5);
    assert_eq!(place.downloads.running(), None);
    let mut text = String::new();
    place
        .downloads
        .open_file(&app(), "a.txt")
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "hello");

    let head = server.requests().remove(0);
    assert!(head.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{head}");
    let head = head.to_lowercase();
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
    assert!(head.contains("user-agent: cococat-desktop/"), "{head}");
}

#[test]
fn an_empty_file_is_a_file() {
    let server = Server::new(|_, connection| answer(connection, "200 OK", "", b""));
    let place = Place::new(server.settings());
    place
        .downloads
        .start(&app(), &request(&server.url("/"), "empty"))
        .unwrap();
    assert_eq!(place.read("empty"), b"");
}

#[test]
fn a_newer_file_takes_the_place_of_the_older() {
    let server = Server::new(|_, connection| answer(connection, "200 OK", "", b"new"));
    let place = Place::new(server.settings());
    place.put("a.txt", b"the older one");
    place
        .downloads
        .start(&app(), &request(&server.url("/"), "a.txt"))
        .unwrap();
    assert_eq!(place.read("a.txt"), b"new");
    assert_eq!(place.tree(), ["a.txt"]);
}

#[test]
fn chunked_and_unnamed_lengths_are_fine() {
    let server = Server::new(|head, connection| match path_of(head) {
        "/chunked" => write!(
            connection,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
        ),
        _ => write!(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world"),
    });
    let place = Place::new(server.settings());
    for path in ["/chunked", "/closed"] {
        place.downloads.start(&app(), &request(&server.url(path), "a")).unwrap();
        assert_eq!(place.read("a"), b"hello world", "{path}");
    }
    assert!(place.heard.all().iter().all(|progress| progress.total.is_none()));
}

#[test]
fn what_is_packed_stays_packed() {
    let packed = b"\x1f\x8b\x08\x00not really";
    let server = Server::new(move |_, connection| answer(connection, "200 OK", "Content-Encoding: gzip\r\n", packed));
    let place = Place::new(server.settings());
    place
        .downloads
        .start(&app(), &request(&server.url("/a.tar.gz"), "a.tar.gz"))
        .unwrap();
    assert_eq!(place.read("a.tar.gz"), packed);
}

#[test]
fn what_fails_leaves_nothing_and_the_older_file_alone() {
    let server = Server::new(|head, connection| match path_of(head) {
        "/404" => answer(connection, "404 Not Found", "", b"no"),
        "/500" => answer(connection, "500 Oh", "", b"no"),
        "/206" => answer(connection, "206 Partial Content", "", b"no"),
        "/cut" => write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"),
        "/chunk" => write!(
            connection,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhello"
        ),
        "/nonsense" => write!(connection, "hello\r\n\r\n"),
        "/headers" => write!(connection, "HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "a".repeat(1_000_000)),
        _ => Ok(()),
    });
    let place = Place::new(server.settings());
    for older in [false, true] {
        for path in [
            "/404",
            "/500",
            "/206",
            "/cut",
            "/chunk",
            "/nonsense",
            "/headers",
            "/nothing",
        ] {
            failure(place.downloads.start(&app(), &request(&server.url(path), "a")));
            let left: &[&str] = if older { &["a"] } else { &[] };
            assert_eq!(place.tree(), left, "{path}");
            assert_eq!(place.heard.all().last().unwrap().state, State::Failed, "{path}");
        }
        place.put("a", b"older");
    }
    assert_eq!(place.read("a"), b"older");
    let reason = failure(place.downloads.start(&app(), &request(&server.url("/404"), "a")));
    assert_eq!(reason, "localhost answered 404");
}

#[test]
fn a_connection_that_is_cut_without_a_word_is_no_end() {
    // Without a length and without a farewell nobody knows whether this is all.
    let server = Server::new(|_, connection| {
        write!(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")?;
        connection.flush()?;
        connection.sock.shutdown(std::net::Shutdown::Both)
    });
    let place = Place::new(server.settings());
    failure(place.downloads.start(&app(), &request(&server.url("/"), "a")));
    assert!(place.tree().is_empty());
}

#[test]
fn a_server_that_stops_sending_is_given_up() {
    let server = stalling();
    let place = Place::new(Settings {
        idle_timeout: Duration::from_millis(200),
        ..server.settings()
    });
    let reason = failure(place.downloads.start(&app(), &request(&server.url("/"), "a")));
    assert_eq!(reason, "the server stopped sending");
    assert!(place.tree().is_empty());
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::new(Settings {
        idle_timeout: Duration::from_millis(200),
        ..Settings::default()
    });
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let reason = failure(place.downloads.start(&app(), &request(&url, "a")));
    assert_eq!(reason, "127.0.0.1 did not answer in time");
}

#[test]
fn other_certificates_are_refused() {
    let (server, stranger) = (stalling(), stalling());
    let place = Place::new(stranger.settings());
    let reason = failure(place.downloads.start(&app(), &request(&server.url("/"), "a")));
    assert!(reason.contains("certificate"), "{reason}");

    let misnamed = Server::with_name("example.com", |_, connection| answer(connection, "200 OK", "", b"evil"));
    let place = Place::new(misnamed.settings());
    let reason = failure(place.downloads.start(&app(), &request(&misnamed.url("/"), "a")));
    assert!(reason.contains("certificate"), "{reason}");
    assert!(server.requests().is_empty() && misnamed.requests().is_empty());
    assert!(place.tree().is_empty());
}

#[test]
fn the_system_decides_whom_to_trust() {
    const URL: &str = "COCO_FILES_TEST_URL";
    // The environment belongs to the whole process, so the half that needs one of its own is a process of its own.
    if let Ok(url) = env::var(URL) {
        let place = Place::new(Settings::default());
        place.downloads.start(&app(), &request(&url, "a")).unwrap();
        assert_eq!(place.read("a"), b"hello");
        return;
    }
    let server = Server::new(|_, connection| answer(connection, "200 OK", "", b"hello"));
    let place = Place::new(Settings::default());
    failure(place.downloads.start(&app(), &request(&server.url("/"), "a")));
    assert!(server.requests().is_empty());

    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "the_system_decides_whom_to_trust"])
        .env(URL, server.url("/"))
        .env("SSL_CERT_FILE", server.authority())
        .status()
        .unwrap();
    assert!(child.success());
    assert_eq!(server.requests().len(), 1);
}

/// A server that redirects `/<status>/<target>` and answers `/file`.
fn redirecting() -> Server {
    Server::new(|head, connection| {
        let path = path_of(head);
        match path.strip_prefix("/to/").and_then(|rest| rest.split_once('/')) {
            Some((status, target)) => {
                let target = target.replace("%2f", "/");
                answer(
                    connection,
                    &format!("{status} Moved"),
                    &format!("Location: {target}\r\n"),
                    b"",
                )
            }
            None if path == "/loop" => answer(connection, "302 Moved", "Location: /loop\r\n", b""),
            None if path == "/back" => {
                let port = connection.sock.local_addr()?.port();
                let home = format!("Location: https://localhost:{port}/file\r\n");
                answer(connection, "302 Moved", &home, b"")
            }
            None if path == "/nowhere" => answer(connection, "302 Moved", "", b""),
            None => answer(connection, "200 OK", "", b"file"),
        }
    })
}

#[test]
fn redirects_are_followed_over_https() {
    let server = redirecting();
    let place = Place::new(server.settings());
    for status in [301, 302, 303, 307, 308] {
        for target in [
            "%2ffile",
            "..%2f..%2ffile",
            &server.url_by_number("/file").replace('/', "%2f"),
        ] {
            let url = server.url(&format!("/to/{status}/{target}"));
            place
                .downloads
                .start(&app(), &request(&url, &format!("{status}")))
                .unwrap();
            assert_eq!(place.read(&status.to_string()), b"file");
        }
    }
}

#[test]
fn redirects_elsewhere_are_refused() {
    let server = redirecting();
    let place = Place::new(server.settings());
    for target in [
        format!("http://localhost:{}/file", server.port()),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,a".to_owned(),
        format!("https://user:word@localhost:{}/file", server.port()),
        "https://".to_owned(),
    ] {
        let url = server.url(&format!("/to/302/{}", target.replace('/', "%2f")));
        let reason = failure(place.downloads.start(&app(), &request(&url, "a")));
        assert!(reason.starts_with("a redirect of localhost: "), "{target}: {reason}");
    }
    let reason = failure(place.downloads.start(&app(), &request(&server.url("/nowhere"), "a")));
    assert!(reason.contains("does not say where to"), "{reason}");
    let before = server.requests().len();
    let reason = failure(place.downloads.start(&app(), &request(&server.url("/loop"), "a")));
    assert_eq!(reason, "more than 5 redirects");
    assert_eq!(server.requests().len() - before, 6);
    assert!(place.tree().is_empty());
}

#[test]
fn authorizations_stay_with_the_first_server() {
    let server = redirecting();
    let place = Place::new(server.settings());
    let escaped = |url: String| url.replace('/', "%2f");
    // The first server, the other one (`/back` there leads home), and the first again.
    let away_and_back = escaped(server.url_by_number("/back"));
    for (path, expected) in [
        ("/file".to_owned(), vec![true]),
        ("/to/302/%2ffile".to_owned(), vec![true, true]),
        (
            format!("/to/302/{}", escaped(server.url_by_number("/file"))),
            vec![true, false],
        ),
        (format!("/to/302/{away_and_back}"), vec![true, false, false]),
    ] {
        let before = server.requests().len();
        let mut request = request(&server.url(&path), "a");
        request.authorizations = vec![
            ("X-Token".into(), "secret".into()),
            ("Authorization".into(), "Bearer s".into()),
        ];
        place.downloads.start(&app(), &request).unwrap();
        let sent: Vec<bool> = server.requests()[before..]
            .iter()
            .map(|head| {
                let head = head.to_lowercase();
                let token = head.contains("x-token: secret\r\n");
                assert_eq!(token, head.contains("authorization: bearer s\r\n"));
                token
            })
            .collect();
        assert_eq!(sent, expected, "{path}");
    }
}

#[test]
fn a_new_download_takes_the_place_of_the_running_one() {
    let server = sometimes_stalling();
    let place = Place::new(server.settings());
    thread::scope(|scope| {
        let first = scope.spawn(|| place.downloads.start(&app(), &request(&server.url("/stall"), "first")));
        wait_until(|| has_begun(&place.downloads));
        assert_eq!(place.tree().len(), 1, "an unfinished file");
        assert!(!place.downloads.is_there(&app(), "first").unwrap());
        place
            .downloads
            .start(&other_app(), &request(&server.url("/b"), "second"))
            .unwrap();
        assert_eq!(first.join().unwrap(), Err(FilesError::Cancelled));
    });
    assert!(place.downloads.is_there(&other_app(), "second").unwrap());
    assert!(!place.folder().exists());
    let states: Vec<(String, State)> = place
        .heard
        .all()
        .into_iter()
        .map(|progress| (progress.file, progress.state))
        .collect();
    let ended = states
        .iter()
        .position(|state| *state == ("first".into(), State::Cancelled))
        .unwrap();
    let begun = states
        .iter()
        .position(|state| *state == ("second".into(), State::Running))
        .unwrap();
    assert!(ended < begun, "{states:?}");
    assert_eq!(states.last().unwrap(), &("second".into(), State::Done));
}

#[test]
fn a_bad_request_cancels_nothing() {
    let server = sometimes_stalling();
    let place = Place::new(server.settings());
    thread::scope(|scope| {
        let first = scope.spawn(|| place.downloads.start(&app(), &request(&server.url("/stall"), "first")));
        wait_until(|| has_begun(&place.downloads));
        fs::create_dir(place.folder().join("folder")).unwrap();
        for (url, name) in [
            (server.url("/b").replace("https", "http"), "b"),
            (server.url("/b"), "../b"),
            (server.url("/b"), "folder"),
        ] {
            let result = place.downloads.start(&app(), &request(&url, name));
            assert!(matches!(result, Err(FilesError::Invalid(_))), "{name}: {result:?}");
        }
        assert!(has_begun(&place.downloads));
        place.downloads.cancel();
        assert_eq!(first.join().unwrap(), Err(FilesError::Cancelled));
    });
}

#[test]
fn cancelling_ends_every_stage_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::new(|head, connection| {
        if path_of(head) == "/half" {
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
        }
        wait_for_the_end(connection)
    });
    let place = Place::new(server.settings());
    place.put("a", b"older");
    // While the encryption is agreed on, while the answer is awaited, and in the middle of the file.
    for (url, received) in [
        (format!("https://{}/", silent.local_addr().unwrap()), 0),
        (server.url("/mute"), 0),
        (server.url("/half"), 5),
    ] {
        thread::scope(|scope| {
            let running = scope.spawn(|| {
                let result = place.downloads.start(&app(), &request(&url, "a"));
                assert_eq!(result, Err(FilesError::Cancelled), "{url}");
            });
            wait_until(|| {
                let at = place.downloads.running().map(|progress| progress.received);
                at == Some(received) && (received > 0 || url.contains("127") || !server.requests().is_empty())
            });
            assert!(
                !place.downloads.is_there(&app(), "a").unwrap(),
                "the new one is not there yet"
            );
            let start = Instant::now();
            place.downloads.cancel();
            running.join().unwrap();
            assert!(start.elapsed() < Duration::from_secs(5), "{url}");
        });
        assert_eq!(place.downloads.running(), None);
        assert_eq!(place.heard.all().last().unwrap().state, State::Cancelled);
        assert_eq!(place.tree(), ["a"]);
        assert_eq!(place.read("a"), b"older");
        assert!(place.downloads.is_there(&app(), "a").unwrap());
    }
    place.downloads.cancel();
}

#[test]
fn clearing_ends_what_runs_and_removes_all() {
    let server = stalling();
    let place = Place::new(server.settings());
    place.put("a", b"older");
    fs::create_dir_all(place.folder().join("folder/inner")).unwrap();
    fs::create_dir(place.temp.path().join(other_app().to_string())).unwrap();
    thread::scope(|scope| {
        let running = scope.spawn(|| place.downloads.start(&app(), &request(&server.url("/"), "b")));
        wait_until(|| has_begun(&place.downloads));
        place.downloads.cancel_app(&other_app());
        assert!(has_begun(&place.downloads), "another app's end is not this one's");
        place.downloads.clear(&app()).unwrap();
        assert!(!place.folder().exists());
        assert_eq!(running.join().unwrap(), Err(FilesError::Cancelled));
    });
    assert_eq!(place.tree(), [other_app().to_string()]);
    place.downloads.clear(&app()).unwrap();
    assert_eq!(place.downloads.size_of(&app()).unwrap(), 0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let server = Server::new(|head, connection| match path_of(head) {
        "/named" => answer(connection, "200 OK", "", &[7; 101]),
        "/fits" => answer(connection, "200 OK", "", &[7; 100]),
        "/claimed" => write!(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n"
        ),
        _ => {
            write!(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                connection.write_all(&[7; 50])?;
            }
        }
    });
    let settings = Settings {
        max_file: 100,
        max_folder: 150,
        ..server.settings()
    };
    let place = Place::new(settings);
    let start = |path: &str, name: &str| place.downloads.start(&app(), &request(&server.url(path), name));
    for path in ["/named", "/claimed", "/endless"] {
        let result = start(path, "a");
        assert!(matches!(result, Err(FilesError::TooLarge(_))), "{path}: {result:?}");
        assert!(place.tree().is_empty());
    }
    start("/fits", "a").unwrap();
    assert!(
        matches!(start("/fits", "b"), Err(FilesError::TooLarge(_))),
        "the folder is full"
    );
    assert_eq!(place.tree(), ["a"]);
    place
        .downloads
        .start(&other_app(), &request(&server.url("/fits"), "a"))
        .unwrap();
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let place = Place::new(Settings::default());
    place.put(".part-0", b"half");
    place.put("a", b"whole");
    fs::create_dir_all(place.folder().join(".part-1/inner")).unwrap();
    fs::write(place.folder().join(".part-1/inner/file"), "half").unwrap();
    fs::write(place.temp.path().join(".part-of-something-else"), "kept").unwrap();
    fs::write(place.temp.path().join(other_app().to_string()), "no folder").unwrap();
    drop(Downloads::open(place.temp.path(), |_| {}).unwrap());
    assert_eq!(place.tree(), [".part-of-something-else", &other_app().to_string(), "a"]);
}

#[test]
fn progress_only_grows_and_is_not_told_too_often() {
    const PIECE: usize = 100_000;
    const PIECES: usize = 60;
    let server = Server::new(|_, connection| {
        write!(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            PIECE * PIECES
        )?;
        for _ in 0..PIECES {
            connection.write_all(&[7; PIECE])?;
            connection.flush()?;
            // Slow enough for several reports.
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    });
    let place = Place::new(server.settings());
    let start = Instant::now();
    place.downloads.start(&app(), &request(&server.url("/"), "a")).unwrap();
    let most = start.elapsed().as_millis() / 100 + 2;
    let heard = place.heard.all();
    let whole = (PIECE * PIECES) as u64;
    assert_eq!(
        heard[0],
        Progress {
            app: app(),
            file: "a".into(),
            received: 0,
            total: None,
            state: State::Running
        }
    );
    let last = heard.last().unwrap();
    assert_eq!(
        (last.state, last.received, last.total),
        (State::Done, whole, Some(whole))
    );
    assert!(
        heard.len() > 2 && heard.len() as u128 <= most,
        "{} reports, at most {most}",
        heard.len()
    );
    assert!(heard.is_sorted_by_key(|progress| progress.received));
    assert!(
        heard[..heard.len() - 1]
            .iter()
            .all(|progress| progress.state == State::Running)
    );
    assert_eq!(place.read("a").len() as u64, whole);
}

#[test]
fn many_at_once_end_well() {
    let server = sometimes_stalling();
    let place = Place::new(server.settings());
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|index| {
                let (place, server) = (&place, &server);
                scope.spawn(move || {
                    let path = if index % 3 == 0 { "/stall" } else { "/file" };
                    place
                        .downloads
                        .start(&app(), &request(&server.url(path), &format!("f{}", index % 4)))
                })
            })
            .collect();
        // The last one may be a stalling one.
        wait_until(|| threads.iter().filter(|thread| !thread.is_finished()).count() <= 1);
        place.downloads.cancel();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(()) | Err(FilesError::Cancelled))),
        "{results:?}"
    );
    assert!(
        place
            .tree()
            .iter()
            .all(|name| name.starts_with('f') && place.read(name) == b"/file"),
        "{:?}",
        place.tree()
    );
    let heard = place.heard.all();
    assert_eq!(
        heard
            .iter()
            .filter(|progress| progress.received == 0 && progress.state == State::Running)
            .count(),
        12
    );
    assert_eq!(
        heard.iter().filter(|progress| progress.state != State::Running).count(),
        12,
        "each ends once"
    );
}

#[cfg(unix)]
#[test]
fn files_are_reached_through_no_link() {
    use std::os::unix::fs::symlink;
    let place = Place::new(Settings::default());
    place.put("a", b"inside");
    fs::create_dir(place.folder().join("folder")).unwrap();
    fs::write(place.folder().join("folder/b"), "inside").unwrap();
    fs::write(place.temp.path().join("secret"), "outside").unwrap();
    symlink(place.temp.path().join("secret"), place.folder().join("link")).unwrap();
    symlink(place.temp.path(), place.folder().join("up")).unwrap();
    symlink("folder", place.folder().join("alias")).unwrap();
    symlink(place.folder(), place.temp.path().join(other_app().to_string())).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(place.folder().join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    for path in ["a", "folder/b"] {
        place.downloads.open_file(&app(), path).unwrap();
    }
    for path in [
        "link",
        "up/secret",
        "alias/b",
        "pipe",
        "folder",
        "missing",
        "missing/a",
        "a/b",
    ] {
        let result = place.downloads.open_file(&app(), path);
        assert!(matches!(result, Err(FilesError::NotFound(_))), "{path}: {result:?}");
    }
    for path in ["../secret", "folder/../a", "/etc/passwd", ""] {
        let result = place.downloads.open_file(&app(), path);
        assert!(matches!(result, Err(FilesError::Invalid(_))), "{path}: {result:?}");
    }
    assert!(
        place.downloads.open_file(&other_app(), "a").is_err(),
        "the folder itself is a link"
    );
    assert!(!place.downloads.is_there(&app(), "link").unwrap());
    assert!(!place.downloads.is_there(&app(), "folder").unwrap());
}
