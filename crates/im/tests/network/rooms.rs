//! What is told of a room that is closed.

use coco_im::Event;
use serde_json::json;

use crate::people::{Person, befriend, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_a_closed_room_tells_a_text_of_the_room_and_nothing_else() {
    let shared = tempfile::tempdir().unwrap();
    let (anna, bert) = (
        Person::new("Anna", Some(shared.path()), &[]),
        Person::new("Bert", Some(shared.path()), &[]),
    );
    befriend(&anna, &bert).await;
    let room = anna.ask(
        "block",
        "crateBlock",
        json!({ "blockName": "Work", "loginPassword": "open barley", "isOpenMsg": 1, "messages": ["Low battery"], "exp": 4, "pfp": -1, "pfpUrl": "" }),
    );
    let there = json!({ "toBId": room["b_id"], "cidOrGid": bert.address, "type": 1, "isUpdateP2p": true });
    anna.ask("block", "changeToBlock", there);

    let mut events = anna.engine.listen();
    bert.say(&anna.address, "secret");
    until("it is delivered", || {
        let messages = bert.messages(&anna.address);
        messages.last().is_some_and(|message| message["msg_state"] == 3)
    })
    .await;
    // What is told of something else in the open room comes after it.
    anna.ask(
        "block",
        "updateBlock",
        json!({ "bId": room["b_id"], "blockName": "Play" }),
    );
    let mut told = Vec::new();
    while !told.iter().any(|event| matches!(event, Event::RoomChanged { .. })) {
        told.extend(events.next().await.unwrap().events);
    }
    let notices: Vec<&str> = told
        .iter()
        .filter_map(|event| match event {
            Event::NoticeOfRoom { text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(notices, ["Low battery"]);
    assert!(
        !told
            .iter()
            .any(|event| matches!(event, Event::MessageAdded { .. } | Event::UnreadChanged { .. }))
    );

    let silent = json!({ "bId": room["b_id"], "isOpenMsg": 0 });
    anna.ask("block", "updateBlock", silent);
    let mut events = anna.engine.listen();
    bert.say(&anna.address, "more");
    until("both are delivered", || {
        let messages = bert.messages(&anna.address);
        messages.iter().filter(|message| message["msg_state"] == 3).count() == 2
    })
    .await;
    anna.ask(
        "block",
        "updateBlock",
        json!({ "bId": room["b_id"], "blockName": "Work" }),
    );
    loop {
        let batch = events.next().await.unwrap().events;
        assert!(!batch.iter().any(|event| matches!(event, Event::NoticeOfRoom { .. })));
        if batch.iter().any(|event| matches!(event, Event::RoomChanged { .. })) {
            break;
        }
    }
}
