//! Two people.

use serde_json::json;

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
