//! Voice messages, videos, files and images.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{page, to, with};
use crate::testing::{Lab, address};

/// An image of 3 by 2 pixels, as far as its first bytes say.
const GIF: &[u8] = b"GIF89a\x03\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff;";

fn files() -> (TempDir, impl Fn(&str, &[u8]) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, move |name: &str, bytes: &[u8]| {
        let path = path.join(name);
        fs::write(&path, bytes).unwrap();
        path
    })
}

fn content(message: &Value) -> Value {
    serde_json::from_str(message["msg_cry"].as_str().unwrap()).unwrap()
}

fn copies(lab: &Lab) -> usize {
    fs::read_dir(lab.engine.folder().join(crate::media::FOLDER)).map_or(0, Iterator::count)
}

fn read(lab: &Lab, message: &Value, part: u8) -> Vec<u8> {
    let piece = lab.ask("readMedia", json!({ "messageId": message["msg_id"], "part": part }));
    STANDARD.decode(piece["data"].as_str().unwrap()).unwrap()
}

#[test]
fn a_file_is_copied_described_found_and_read_and_goes_with_its_message() {
    let lab = Lab::new();
    lab.befriend(2);
    let (_folder, file) = files();
    let path = file("Report of spring.txt", b"all is well");
    let sent = lab.ask("sendFileMessage", with(to(2), json!({ "filePath": path })));
    assert_eq!((&sent["msg_type"], &content(&sent)["size"]), (&json!(5), &json!(11)));
    assert_eq!(content(&sent)["name"], "Report of spring.txt");
    assert!(
        !sent["msg_cry"]
            .as_str()
            .unwrap()
            .contains(path.parent().unwrap().to_str().unwrap())
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(read(&lab, &sent, 0), b"all is well");
    assert_eq!(
        lab.refused("readMedia", json!({ "messageId": sent["msg_id"], "part": 1 })),
        20081
    );
    assert_eq!(lab.ask("searchMessages", json!({ "text": "spring" })), json!([sent]));
    for entry in fs::read_dir(lab.engine.folder().join(crate::media::FOLDER)).unwrap() {
        assert!(
            !fs::read(entry.unwrap().path())
                .unwrap()
                .windows(4)
                .any(|window| window == b"well")
        );
    }

    let forwards = json!([{
        "msgId": sent["msg_id"], "nic": "", "ndAdd": address(1), "pfpId": 1, "pfpUrl": "", "msgType": 5,
        "msgContent": sent["msg_cry"], "sendTime": 1, "domain": "",
    }]);
    let forward = with(to(2), json!({ "conversationType": 1, "cmd": 10, "forwards": forwards }));
    let again = lab.ask("sendStepForwardMessage", forward)[0].clone();
    lab.ask("deleteMessageById", json!({ "messageId": sent["msg_id"] }));
    lab.session().tidy_media().unwrap();
    assert_eq!((read(&lab, &again, 0), copies(&lab)), (b"all is well".to_vec(), 1));
    lab.ask("recallMessageById", json!({
        "conversationId": address(2), "cid": address(2), "conversationType": 1, "messageId": again["msg_id"], "pub": "",
    }));
    assert_eq!(lab.refused("readMedia", json!({ "messageId": again["msg_id"] })), 20081);
    lab.session().tidy_media().unwrap();
    assert_eq!(copies(&lab), 0);
}

#[test]
fn voices_videos_and_images_say_what_they_are() {
    let lab = Lab::new();
    lab.befriend(2);
    let (_folder, file) = files();
    let (sound, wave) = (file("a.m4a", b"sound"), file("a.wave", b"wave"));
    let body = with(to(2), json!({ "filePath": sound, "wavePath": wave, "second": 10 }));
    let voice = lab.ask("sendAudioMessage", body);
    assert_eq!(
        (&voice["msg_type"], &content(&voice)["second"]),
        (&json!(3), &json!(10))
    );
    assert_eq!(
        (read(&lab, &voice, 0), read(&lab, &voice, 1)),
        (b"sound".to_vec(), b"wave".to_vec())
    );

    let video = lab.ask(
        "sendVideoMessage",
        with(to(2), json!({ "filePath": sound, "second": "7" })),
    );
    assert_eq!((&video["msg_type"], &content(&video)["second"]), (&json!(4), &json!(7)));

    let (small, large) = (file("small.gif", GIF), file("large.gif", &[GIF, GIF].concat()));
    let image = |original: bool| {
        let body = json!({ "filePath": small, "originalFilePath": large, "checkBoxSelected": original });
        lab.ask("sendImageMessage", with(to(2), body))
    };
    assert_eq!(image(true)["msg_type"], 6);
    let sent = content(&image(false));
    assert_eq!(
        (&sent["width"], &sent["height"], &sent["size"]),
        (&json!(3), &json!(2), &json!(GIF.len()))
    );
    assert_eq!(content(&image(true))["size"], 2 * GIF.len());
    let plain = lab.ask("sendImageMessage", with(to(2), json!({ "filePath": sound })));
    assert_eq!(content(&plain)["width"], 0);
}

#[test]
fn what_cannot_be_sent_leaves_nothing_behind() {
    let lab = Lab::new();
    lab.befriend(2);
    let (folder, file) = files();
    let refused = |peer: u8, path: PathBuf| lab.refused("sendFileMessage", with(to(peer), json!({ "filePath": path })));
    assert_eq!(refused(2, file("empty", b"")), 20066);
    assert_eq!(refused(2, folder.path().to_owned()), 20082);
    assert_eq!(refused(2, folder.path().join("none")), 20082);
    assert_eq!(refused(3, file("good", b"good")), 20058);
    let voice = json!({ "filePath": file("good", b"good"), "wavePath": folder.path().join("none"), "second": 1 });
    assert_eq!(lab.refused("sendAudioMessage", with(to(2), voice)), 20082);
    assert_eq!((copies(&lab), page(&lab, &address(2))), (0, json!([])));
    let space = |path: PathBuf| lab.refused("checkSpaceIsSufficient", json!({ "filePath": path }));
    assert_eq!(space(file("good", b"good")), 20000);
    assert_eq!(space(folder.path().join("none")), 20082);
}

#[test]
fn another_room_reads_no_files() {
    let lab = Lab::new();
    lab.befriend(2);
    let (_folder, file) = files();
    let sent = lab.ask(
        "sendFileMessage",
        with(to(2), json!({ "filePath": file("a", b"secret") })),
    );
    lab.enter("2");
    assert_eq!(lab.refused("readMedia", json!({ "messageId": sent["msg_id"] })), 20091);
}

#[test]
fn a_file_is_saved_elsewhere_whole_or_not_at_all() {
    let lab = Lab::new();
    lab.befriend(2);
    let (folder, file) = files();
    // More than one piece, and no whole number of blocks.
    let bytes: Vec<u8> = (0..2_500_001_u32).map(|number| number.to_le_bytes()[0]).collect();
    let sent = lab.ask(
        "sendFileMessage",
        with(to(2), json!({ "filePath": file("a.bin", &bytes) })),
    );
    let place = file("saved.bin", b"what was there");
    let save = |path: PathBuf| json!({ "messageId": sent["msg_id"], "path": path });
    lab.ask("saveMedia", save(place.clone()));
    assert_eq!(fs::read(&place).unwrap(), bytes);
    let nowhere = folder.path().join("no folder/saved.bin");
    assert_eq!(lab.refused("saveMedia", save(nowhere)), 20082);
    assert_eq!(lab.refused("saveMedia", save(folder.path().to_owned())), 20082);
    lab.ask("deleteMessageById", json!({ "messageId": sent["msg_id"] }));
    assert_eq!(lab.refused("saveMedia", save(place)), 20091);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing is left behind"
    );
}

#[test]
fn a_file_is_handed_over_in_pieces_and_sent_once() {
    let lab = Lab::new();
    lab.befriend(2);
    let piece = |path: &Value, offset: usize, bytes: &[u8]| json!({ "path": path, "name": "../a/Leaf.gif", "offset": offset, "data": STANDARD.encode(bytes) });
    let begun = lab.ask("stageMedia", piece(&json!(""), 0, &GIF[..7]));
    assert_eq!(begun["size"], 7);
    let path = &begun["path"];
    assert_eq!(lab.refused("stageMedia", piece(path, 3, b"x")), 20082);
    assert_eq!(lab.refused("stageMedia", piece(&json!("staged:other"), 0, b"x")), 20082);
    let much = vec![0; (1 << 20) + 3];
    assert_eq!(lab.refused("stageMedia", piece(path, 7, &much)), 20045);
    assert_eq!(lab.ask("stageMedia", piece(path, 7, &GIF[7..]))["size"], GIF.len());

    let sent = lab.ask("sendImageMessage", with(to(2), json!({ "filePath": path })));
    let content = content(&sent);
    assert_eq!(
        (&content["name"], &content["width"], &content["height"]),
        (&json!("Leaf.gif"), &json!(3), &json!(2))
    );
    assert_eq!(read(&lab, &sent, 0), GIF);
    assert_eq!(
        lab.refused("sendImageMessage", with(to(2), json!({ "filePath": path }))),
        20082
    );

    let empty = lab.ask("stageMedia", piece(&json!(""), 0, b""));
    assert_eq!(
        lab.refused("sendFileMessage", with(to(2), json!({ "filePath": empty["path"] }))),
        20066
    );
    assert_eq!(copies(&lab), 1);
}

#[test]
fn of_files_that_are_handed_over_and_never_sent_the_oldest_goes() {
    let lab = Lab::new();
    lab.befriend(2);
    let stage = |byte: u8| {
        lab.ask(
            "stageMedia",
            json!({ "name": "a", "offset": 0, "data": STANDARD.encode([byte]) }),
        )["path"]
            .clone()
    };
    let first = stage(0);
    let rest: Vec<Value> = (1..=64).map(stage).collect();
    assert_eq!(
        lab.refused("sendFileMessage", with(to(2), json!({ "filePath": first }))),
        20082
    );
    let last = lab.ask("sendFileMessage", with(to(2), json!({ "filePath": rest[63] })));
    assert_eq!(read(&lab, &last, 0), [64]);
    assert_eq!(copies(&lab), 64);
}
