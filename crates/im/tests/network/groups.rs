//! Groups of several people.

use coco_net::node::{Node, NodeOptions};
use serde_json::{Value, json};

use crate::people::{Person, befriend, until};

pub(crate) async fn node(folder: &std::path::Path) -> (Node, String) {
    let node = Node::start(NodeOptions::new(folder, "127.0.0.1:0".parse().unwrap()))
        .await
        .unwrap();
    let ticket = node.ticket().to_string();
    (node, ticket)
}

/// A contact as requests that choose some name them.
pub(crate) fn chosen(person: &Person) -> Value {
    json!({
        "cId": person.address, "cPfpId": -1, "cPfpUrl": "", "cNic": "", "cNdAdd": person.address, "cPs": "", "cPubCurve": "",
    })
}

impl Person {
    fn members(&self, group: &str) -> Vec<Value> {
        let (code, data) = self.call("group", "getGroupItemByGid", json!({ "gId": group }));
        if code == 200 {
            data.as_array().unwrap().clone()
        } else {
            Vec::new()
        }
    }

    fn group(&self, group: &str) -> Value {
        let groups = self.ask("group", "getAllGroups", json!({}));
        let found = groups
            .as_array()
            .unwrap()
            .iter()
            .find(|found| found["g_id"] == group)
            .cloned();
        found.unwrap_or_default()
    }

    /// The texts that others wrote in a group.
    fn heard_in(&self, group: &str) -> Vec<String> {
        self.heard(group)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_people_form_a_group_talk_and_part() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path()).await;
    let nodes = [ticket];
    let (anna, bert, cleo) = (
        Person::new("Anna", None, &nodes),
        Person::new("Bert", None, &nodes),
        Person::new("Cleo", None, &nodes),
    );
    befriend(&anna, &bert).await;
    befriend(&anna, &cleo).await;
    let made = anna.ask(
        "group",
        "createGroup",
        json!({
            "groupName": "Hikers", "itemList": [chosen(&bert), chosen(&cleo)],
        }),
    );
    let group = made["g_id"].as_str().unwrap().to_owned();
    until("all see the group", || {
        [&bert, &cleo]
            .iter()
            .all(|person| person.group(&group)["g_name"] == "Hikers" && person.members(&group).len() == 3)
    })
    .await;

    anna.say(&group, "where to");
    until("both hear it", || {
        bert.heard_in(&group) == ["where to"] && cleo.heard_in(&group) == ["where to"]
    })
    .await;
    // They are no contacts of each other.
    bert.say(&group, "up the hill");
    until("cleo hears bert", || {
        cleo.heard_in(&group) == ["where to", "up the hill"]
    })
    .await;
    // Who is named after an @ is told so, until it was read.
    let named = |person: &Person| {
        let asked = json!({ "cnd": group, "cid": group, "conversationType": 1, "createIfNeed": false });
        person.ask("chat", "getConversationByCidChat", asked)["tip_status"].clone()
    };
    anna.say(&group, "@Bert leads");
    until("bert is named", || named(&bert) == 1).await;
    until("cleo hears it", || cleo.heard_in(&group).len() == 3).await;
    assert_eq!(named(&cleo), 0);
    bert.ask(
        "chat",
        "setConversationReadById",
        json!({ "conversationId": group, "isRead": true }),
    );
    assert_eq!(named(&bert), 0);

    anna.ask(
        "sync",
        "updateGroupInfo",
        json!({ "gId": group, "type": 5, "editContent": "Climbers" }),
    );
    until("the name is new", || {
        cleo.group(&group)["g_name"] == "Climbers" && bert.group(&group)["g_name"] == "Climbers"
    })
    .await;

    let member = bert
        .members(&group)
        .into_iter()
        .find(|member| member["u_nd_add"] == cleo.address)
        .unwrap();
    anna.ask(
        "sync",
        "removeGroupMemberWith",
        json!({ "gId": group, "mSelectGroupItems": [member] }),
    );
    until("bert sees it", || bert.members(&group).len() == 2).await;
    until("cleo is out", || cleo.group(&group)["state"] == 2).await;
    anna.say(&group, "just us two");
    until("bert hears it", || {
        bert.heard_in(&group).last().is_some_and(|text| text == "just us two")
    })
    .await;
    assert!(!cleo.heard_in(&group).contains(&"just us two".to_owned()));
    let (code, _) = cleo.call(
        "chat",
        "sendTextMessage",
        json!({
            "cnd": group, "cid": group, "conversationType": 1, "pub": "", "text": "hello?",
        }),
    );
    assert_ne!(code, 200);

    anna.ask("group", "dissolveGroup", json!({ "gId": group }));
    until("it is dissolved", || bert.group(&group)["state"] == 3).await;
}
