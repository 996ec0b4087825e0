//! Two people.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::people::{Person, befriend, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_engines_on_one_computer_find_each_other_and_talk() {
    let shared = tempfile::tempdir().unwrap();
    let (anna, bert) = (
        Person::new("Anna", Some(shared.path()), &[]),
        Person::new("Bert", Some(shared.path()), &[]),
    );
    befriend(&anna, &bert).await;
    let first = anna.say(&bert.address, "good morning");
    until("the text arrives", || bert.heard(&anna.address) == ["good morning"]).await;
    until("it is delivered", || {
        anna.message(&bert.address, &first)["msg_state"] == 3
    })
    .await;
    assert_eq!(anna.message(&bert.address, &first)["msg_is_send"], 1);
    bert.ask(
        "chat",
        "sendMessageAckByIds",
        json!({
            "conversationId": anna.address, "cid": anna.address, "conversationType": 1, "messageIds": [first],
            "pub": "", "isRetry": false,
        }),
    );
    until("it is read", || anna.message(&bert.address, &first)["msg_state"] == 2).await;
    bert.say(&anna.address, "good morning to you");
    until("the answer arrives", || {
        anna.heard(&bert.address) == ["good morning to you"]
    })
    .await;
}

impl Person {
    /// A contact as the list shows them.
    fn contact(&self, address: &str) -> Value {
        let contacts = self.ask("contact", "getContacts", json!({ "blockId": "1" }));
        let found = contacts
            .as_array()
            .unwrap()
            .iter()
            .find(|contact| contact["c_nd_add"] == address)
            .cloned();
        found.unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_does_to_a_conversation_the_other_sees() {
    let shared = tempfile::tempdir().unwrap();
    let (anna, bert) = (
        Person::new("Anna", Some(shared.path()), &[]),
        Person::new("Bert", Some(shared.path()), &[]),
    );
    befriend(&anna, &bert).await;
    until("names are known", || {
        bert.contact(&anna.address)["c_nic"] == "Anna" && anna.contact(&bert.address)["c_nic"] == "Bert"
    })
    .await;
    anna.ask(
        "user",
        "updateUserSingleInfo",
        json!({ "cache": true, "nickname": "Anna Blue" }),
    );
    until("the new name is known", || {
        bert.contact(&anna.address)["c_nic"] == "Anna Blue"
    })
    .await;

    let regretted = anna.say(&bert.address, "never mind");
    anna.say(&bert.address, "hello");
    until("both arrive", || bert.heard(&anna.address).len() == 2).await;
    anna.ask("chat", "recallMessageById", json!({
        "conversationId": bert.address, "cid": bert.address, "conversationType": 1, "messageId": regretted, "pub": "",
    }));
    until("it is taken back", || {
        bert.message(&anna.address, &regretted)["msg_type"] == 16
    })
    .await;
    assert_eq!(bert.heard(&anna.address), ["hello"]);

    bert.ask(
        "chat",
        "sendDelEachOtherMessage",
        json!({ "cnd": anna.address, "conversationType": 0, "cid": anna.address, "pub": "" }),
    );
    until("all is gone on both sides", || {
        anna.heard(&bert.address).is_empty()
            && anna.messages(&bert.address).is_empty()
            && bert.messages(&anna.address).is_empty()
    })
    .await;

    let mut events = anna.engine.listen();
    bert.ask(
        "chat",
        "sendInputStateMessage",
        json!({ "cnd": anna.address, "isInputting": true }),
    );
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        // Datagrams may be lost, so it is said again and again.
        bert.ask(
            "chat",
            "sendInputStateMessage",
            json!({ "cnd": anna.address, "isInputting": true }),
        );
        let typing = events.take().events.into_iter().find_map(|event| match event {
            coco_im::Event::Typing { address, typing } => Some((address, typing)),
            _ => None,
        });
        if let Some(told) = typing {
            assert_eq!(told, (bert.address.clone(), true));
            break;
        }
        assert!(Instant::now() < patience, "nobody types");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    bert.ask("contact", "onBlack", json!({ "nodeId": anna.address }));
    until("anna is told that she is blocked", || {
        let (code, _) = anna.call(
            "chat",
            "sendTextMessage",
            json!({
                "cnd": bert.address, "cid": bert.address, "conversationType": 0, "pub": "", "text": "why",
            }),
        );
        code == 20_075
    })
    .await;
    bert.ask("contact", "deleteBlack", json!({ "nodeId": anna.address }));
    until("she is not any more", || {
        anna.contact(&bert.address)["c_be_black_state"] == 0
    })
    .await;
    let last = anna.say(&bert.address, "good to hear you");
    until("it arrives", || {
        bert.heard(&anna.address)
            .last()
            .is_some_and(|text| text == "good to hear you")
    })
    .await;
    until("it is delivered", || {
        anna.message(&bert.address, &last)["msg_state"] == 3
    })
    .await;

    anna.ask("contact", "deleteFriend", json!({ "nodeId": bert.address }));
    until("bert has to ask again", || bert.contact(&anna.address)["c_state"] == 0).await;
    assert!(!bert.messages(&anna.address).is_empty(), "what bert has stays");
}
