//! Every kind of message, messages that burn, and people who are away for days.

use std::path::PathBuf;

use coco_net::node::{Node, NodeOptions};
use serde_json::{Map, Value, json};

use super::people::{Person, befriend, until};

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A body for a contact, with more members.
fn to(person: &Person, more: Value) -> Value {
    let mut body: Map<String, Value> = serde_json::from_value(json!({
        "cnd": person.address, "cid": person.address, "conversationType": 0, "pub": "",
    }))
    .unwrap();
    body.extend(serde_json::from_value::<Map<String, Value>>(more).unwrap());
    Value::Object(body)
}

fn forwarded(message: &Value, from: &Person) -> Value {
    json!({
        "msgId": message["msg_id"], "nic": "Anna", "ndAdd": from.address, "pfpId": 1, "pfpUrl": "",
        "msgType": message["msg_type"], "msgContent": message["msg_cry"], "sendTime": message["created_time"], "domain": "",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_message_arrives_as_it_was_sent() {
    let shared = tempfile::tempdir().unwrap();
    let folder = Some(shared.path());
    let (anna, bert) = (Person::new("Anna", folder, &[]), Person::new("Bert", folder, &[]));
    befriend(&anna, &bert).await;
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let gif = b"GIF89a\x03\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff;";
    let (sound, wave) = (file("voice.ogg", &[1; 70_000]), file("voice.wave", b"[1, 2, 3]"));
    let (video, image, plan) = (
        file("trip.mp4", &[2; 200_000]),
        file("dot.gif", gif),
        file("plan.txt", b"plan"),
    );

    let text = anna.ask("chat", "sendTextMessage", to(&bert, json!({ "text": "hello" })))[0].clone();
    let merged = json!({
        "forwards": [forwarded(&text, &anna)], "title": ["Chat of Anna"], "formDomain": "", "toDomain": "", "fromCnd": "",
    });
    let sent = [
        text.clone(),
        anna.ask(
            "chat",
            "sendAudioMessage",
            to(&bert, json!({ "filePath": sound, "second": 3, "wavePath": wave })),
        ),
        anna.ask(
            "chat",
            "sendVideoMessage",
            to(&bert, json!({ "filePath": video, "second": 9 })),
        ),
        anna.ask("chat", "sendFileMessage", to(&bert, json!({ "filePath": plan }))),
        anna.ask("chat", "sendImageMessage", to(&bert, json!({ "filePath": image }))),
        anna.ask(
            "chat",
            "sendCardMessage",
            to(&bert, json!({ "contactId": anna.address })),
        ),
        anna.ask("chat", "sendMergeForwardMessage", to(&bert, merged))[0].clone(),
        anna.ask(
            "chat",
            "sendQuoteMessage",
            to(&bert, json!({ "text": "indeed", "message": text })),
        )[0]
        .clone(),
    ];
    let kinds: Vec<i64> = sent
        .iter()
        .map(|message| message["msg_type"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, [1, 3, 4, 5, 6, 10, 11, 12]);
    for message in &sent {
        let id = message["msg_id"].as_str().unwrap();
        until("it arrives", || !bert.message(&anna.address, id).is_null()).await;
        let came = bert.message(&anna.address, id);
        for member in ["msg_type", "msg_cry", "created_time"] {
            assert_eq!(came[member], message[member], "{member} of {message}");
        }
        assert_eq!(came["msg_source"], 1);
    }
    let files = [
        (1, vec![1; 70_000]),
        (2, vec![2; 200_000]),
        (3, b"plan".to_vec()),
        (4, gif.to_vec()),
    ];
    for (at, bytes) in files {
        let id = sent[at]["msg_id"].as_str().unwrap();
        until("the file arrives", || bert.file(id).is_some()).await;
        assert_eq!(bert.file(id).unwrap(), bytes);
    }
    let found = bert.ask("chat", "searchMessages", json!({ "text": "plan" }));
    assert_eq!(found.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_burns_is_gone_on_both_sides_some_time_after_it_was_read() {
    let shared = tempfile::tempdir().unwrap();
    let folder = Some(shared.path());
    let (anna, bert) = (Person::new("Anna", folder, &[]), Person::new("Bert", folder, &[]));
    befriend(&anna, &bert).await;
    anna.ask(
        "chat",
        "setBurnAfterTime",
        json!({ "cnd": bert.address, "time": 60_000 }),
    );
    until("Bert knows it", || {
        let contacts = bert.ask("contact", "getContacts", json!({ "blockId": "1" }));
        contacts[0].to_string().contains("60000")
    })
    .await;
    let id = anna.say(&bert.address, "for your eyes only");
    until("it arrives", || bert.heard(&anna.address).len() == 1).await;
    // Unread, it stays.
    for person in [&anna, &bert] {
        person.wait(DAY);
    }
    assert_eq!(bert.heard(&anna.address).len(), 1);
    let read = json!({
        "conversationId": anna.address, "cid": anna.address, "conversationType": 1, "messageIds": [id], "pub": "",
        "isRetry": false,
    });
    bert.ask("chat", "sendMessageAckByIds", read);
    until("Anna knows that it was read", || {
        anna.message(&bert.address, &id)["msg_state"] == 2
    })
    .await;
    for (person, other) in [(&anna, &bert), (&bert, &anna)] {
        // As the program does every few seconds.
        let sweep = || person.engine.session().unwrap().sweep().unwrap();
        person.wait(58_000);
        sweep();
        assert!(!person.message(&other.address, &id).is_null());
        person.wait(2_000);
        assert_eq!(sweep(), 1);
        assert!(person.message(&other.address, &id).is_null());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_for_days_gets_everything_and_what_nobody_took_for_a_week_failed() {
    let folder = tempfile::tempdir().unwrap();
    let time = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
    let mut options = NodeOptions::new(folder.path(), "127.0.0.1:0".parse().unwrap());
    let (clock, late) = (options.clock.clone(), std::sync::Arc::clone(&time));
    options.clock = std::sync::Arc::new(move || {
        let late = late.load(std::sync::atomic::Ordering::Relaxed);
        clock().saturating_add_signed(late)
    });
    let node = Node::start(options).await.unwrap();
    let nodes = [node.ticket().to_string()];
    let (anna, mut bert) = (Person::new("Anna", None, &nodes), Person::new("Bert", None, &nodes));
    befriend(&anna, &bert).await;
    bert.restart();
    let pass = |days: i64, people: [&Person; 2]| {
        time.fetch_add(days * DAY, std::sync::atomic::Ordering::Relaxed);
        people.iter().for_each(|person| person.wait(days * DAY));
    };
    let mut texts = Vec::new();
    for day in 0..5 {
        let text = format!("day {day}");
        let id = anna.say(&bert.address, &text);
        until("the mailbox has it", || {
            anna.message(&bert.address, &id)["msg_is_send"] == 1
        })
        .await;
        texts.push(text);
        pass(1, [&anna, &bert]);
    }
    bert.enter();
    until("Bert gets five days", || bert.heard(&anna.address) == texts).await;

    // Without a node and without each other, a week is the end of it.
    bert.restart();
    node.close().await;
    let id = anna.say(&bert.address, "too late");
    assert_eq!(anna.message(&bert.address, &id)["msg_is_send"], 0);
    pass(8, [&anna, &bert]);
    until("it is given up", || {
        anna.message(&bert.address, &id)["msg_is_send"] == 2
    })
    .await;
}
