#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;

use super::*;

fn address() -> Address {
    Address::from_hash160([7; 20])
}

fn folder_work(folder: &std::path::Path) -> Work {
    Work::at(&Target::Folder(folder.to_owned()), address())
}

#[test]
fn a_folder_is_read_as_it_is_now_and_never_left() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("my work");
    fs::create_dir_all(folder.join("sub")).unwrap();
    fs::create_dir(folder.join(".git")).unwrap();
    fs::write(temp.path().join("secret"), "secret").unwrap();
    fs::write(folder.join(".git/config"), "secret").unwrap();
    fs::write(folder.join(".env"), "secret").unwrap();
    fs::write(folder.join("sub/file"), "one").unwrap();
    symlink(temp.path().join("secret"), folder.join("link")).unwrap();
    symlink(temp.path(), folder.join("out")).unwrap();
    fs::write(folder.join("large"), vec![0; usize::try_from(MAX_FILE).unwrap() + 1]).unwrap();

    let work = folder_work(&folder);
    assert_eq!((work.display_name().as_str(), work.version()), ("my work", None));
    assert_eq!(work.read("sub/file").unwrap(), b"one");
    fs::write(folder.join("sub/file"), "two").unwrap();
    assert_eq!(work.read("sub/file").unwrap(), b"two");
    for outside in [
        "link",
        "out/secret",
        "../secret",
        "sub/../../secret",
        ".git/config",
        ".env",
        "sub",
        "",
        "/etc/passwd",
        "sub//file",
    ] {
        assert_eq!(
            work.read(outside),
            Err(ReadError::NotListed(outside.into())),
            "{outside}"
        );
    }
    assert!(matches!(work.read("large"), Err(ReadError::Unreadable { .. })));
}

#[test]
fn what_content_json_says_is_believed_until_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| fs::write(folder.path().join("content.json"), text).unwrap();
    write(r#"{"title":"Wörk\u202e","version":"0.1","permissions":[{"name":"openURL","reason":"why"}],"files":3}"#);
    let work = folder_work(folder.path());
    assert_eq!(
        (work.display_name().as_str(), work.version().as_deref()),
        ("Wörk", Some("0.1"))
    );
    assert_eq!(work.permissions().len(), 1);
    write(r#"{"title":"Later"}"#);
    work.look_again();
    assert_eq!((work.display_name().as_str(), work.version()), ("Later", None));
    write("{");
    work.look_again();
    assert!(work.permissions().is_empty());
}

#[test]
fn a_server_is_asked_and_not_followed_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap())
                .read_line(&mut line)
                .unwrap();
            let answer = match line.split(' ').nth(1).unwrap() {
                "/a%20b.txt" => "200 OK\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
                "/away.txt" => "302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
                "/large.bin" => format!("200 OK\r\n\r\n{}", "x".repeat(usize::try_from(MAX_FILE).unwrap() + 9)),
                _ => "404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
            };
            let _ = stream
                .write_all(format!("HTTP/1.1 {}", answer.replacen("\r\n", "\r\nConnection: close\r\n", 1)).as_bytes());
        }
    });
    let target = Target::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let work = Work::at(&target, address());
    assert_eq!(work.display_name(), format!("127.0.0.1:{port}"));
    assert_eq!(work.read("a b.txt").unwrap(), b"hello");
    assert_eq!(work.read("gone.txt"), Err(ReadError::NotListed("gone.txt".into())));
    for bad in ["away.txt", "large.bin"] {
        assert!(matches!(work.read(bad), Err(ReadError::Unreadable { .. })), "{bad}");
    }
}
