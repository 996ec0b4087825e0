//! Two people and a node: what is said while somebody is away, and files.

use std::io::Write as _;

use coco_net::Ticket;
use coco_net::node::{Node, NodeOptions};
use serde_json::json;

use crate::people::{Person, befriend, until};

/// A node on this computer, and its ticket.
async fn node(folder: &std::path::Path, listen: &str) -> (Node, String) {
    let options = NodeOptions::new(folder, listen.parse().unwrap());
    let node = Node::start(options).await.unwrap();
    let ticket = node.ticket().to_string();
    (node, ticket)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_to_somebody_who_is_away_waits_at_the_node() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path(), "127.0.0.1:0").await;
    let (anna, mut bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, &[ticket]),
    );
    befriend(&anna, &bert).await;
    anna.say(&bert.address, "are you there");
    until("the text arrives", || bert.heard(&anna.address) == ["are you there"]).await;

    bert.restart();
    let mut last = String::new();
    for number in 0..20 {
        last = anna.say(&bert.address, &format!("text {number}"));
    }
    until("the mailbox has it", || {
        anna.message(&bert.address, &last)["msg_is_send"] == 1
    })
    .await;
    assert_eq!(anna.message(&bert.address, &last)["msg_state"], 1);
    bert.enter();
    until("all arrive", || bert.heard(&anna.address).len() == 21).await;
    let texts: Vec<String> = (0..20).map(|number| format!("text {number}")).collect();
    assert_eq!(bert.heard(&anna.address)[1..], texts);
    until("it is delivered", || {
        anna.message(&bert.address, &last)["msg_state"] == 3
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_arrives_whole_whether_its_sender_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path(), "127.0.0.1:0").await;
    let (mut anna, mut bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, &[ticket]),
    );
    befriend(&anna, &bert).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let content: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 253) as u8).collect();
    file.write_all(&content).unwrap();
    let send = |anna: &Person, to: &str| {
        let body = json!({ "cnd": to, "cid": to, "conversationType": 0, "pub": "", "filePath": file.path() });
        let sent = anna.ask("chat", "sendFileMessage", body);
        sent["msg_id"].as_str().unwrap().to_owned()
    };
    let there = send(&anna, &bert.address);
    until("the file is there", || {
        bert.file(&there).is_some_and(|bytes| bytes == content)
    })
    .await;

    bert.restart();
    let away = send(&anna, &bert.address);
    until("the mailbox has it", || {
        anna.message(&bert.address, &away)["msg_is_send"] == 1
    })
    .await;
    until("the node has the file", || anna.has_brought_all()).await;
    anna.restart();
    bert.enter();
    until("the file is there", || {
        bert.file(&away).is_some_and(|bytes| bytes == content)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_added_is_used_at_once_and_one_that_is_lost_loses_nothing() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, ticket) = node(one.path(), "127.0.0.1:0").await;
    let (_second, other) = node(two.path(), "127.0.0.1:0").await;
    let (anna, bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, &[]),
    );
    assert_eq!(bert.ask("user", "connectionState", json!({}))["value"], 2);
    for ticket in [&ticket, &other] {
        let node = json!({ "code": "XX", "ip": "127.0.0.1", "port": "1", "nodeId": ticket });
        bert.ask("user", "addProxyInfo", node);
    }
    until("bert is connected", || {
        bert.ask("user", "connectionState", json!({}))["value"] == 1
    })
    .await;
    befriend(&anna, &bert).await;
    let node = json!({ "code": "XX", "ip": "127.0.0.1", "port": "1", "nodeId": other });
    anna.ask("user", "addProxyInfo", node);
    anna.say(&bert.address, "before");
    until("it arrives", || bert.heard(&anna.address) == ["before"]).await;
    first.close().await;
    anna.say(&bert.address, "after");
    bert.say(&anna.address, "still here");
    until("both arrive", || {
        bert.heard(&anna.address) == ["before", "after"] && anna.heard(&bert.address) == ["still here"]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_restarted_still_has_what_it_took_and_takes_more() {
    let folder = tempfile::tempdir().unwrap();
    let (first, ticket) = node(folder.path(), "127.0.0.1:0").await;
    let (anna, mut bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, std::slice::from_ref(&ticket)),
    );
    befriend(&anna, &bert).await;
    bert.restart();
    let say = |from: usize| {
        let texts = from..from + 5;
        let sent: Vec<String> = texts
            .map(|number| anna.say(&bert.address, &format!("text {number}")))
            .collect();
        sent[4].clone()
    };
    let early = say(0);
    until("the mailbox has it", || {
        anna.message(&bert.address, &early)["msg_is_send"] == 1
    })
    .await;
    first.close().await;
    let late = say(5);
    assert_eq!(anna.message(&bert.address, &late)["msg_is_send"], 0);

    let place = ticket.parse::<Ticket>().unwrap().place;
    let (_second, again) = node(folder.path(), &place.sockets[0].to_string()).await;
    assert_eq!(again, ticket);
    until("the mailbox has the rest", || {
        anna.message(&bert.address, &late)["msg_is_send"] == 1
    })
    .await;
    bert.enter();
    let texts: Vec<String> = (0..10).map(|number| format!("text {number}")).collect();
    until("all arrive in order", || bert.heard(&anna.address) == texts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_belongs_to_who_came_first_and_is_found_by_address() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path(), "127.0.0.1:0").await;
    let (anna, bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, std::slice::from_ref(&ticket)),
    );
    let carl = Person::new("Carl", None, &[]);
    let name = |person: &Person, name: &str| person.call("user", "updateUserSingleInfo", json!({ "mDomain": name }));
    let of = |asker: &Person, address: &str| {
        let mut found = Vec::new();
        for (module, method, body) in [
            ("domain", "getDomainByP2p", json!({ "nodeId": address, "type": 1 })),
            ("user", "getDomainByP2pToXNX", json!({ "nodeId": address })),
        ] {
            let (code, data) = asker.call(module, method, body);
            found.push((code, data["value"].as_str().map(str::to_owned)));
        }
        found.dedup();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    };
    let has = |text: &str| (200, Some(text.to_owned()));
    for person in [&anna, &bert] {
        until("there is a connection", || {
            person.ask("user", "connectionState", json!({}))["value"] == 1
        })
        .await;
    }
    assert_eq!(name(&anna, "first-come").0, 200);
    assert_eq!(of(&bert, &anna.address), has("first-come"));
    assert_eq!(of(&anna, &bert.address), has(""));
    assert_eq!(name(&bert, "first-come").0, 20005);
    assert_eq!(name(&anna, "another").0, 20005);
    assert_eq!(of(&anna, &anna.address), has("first-come"));
    assert_eq!(of(&carl, &anna.address), (20000, None));
    let holder = |asker: &Person, name: &str| {
        let (code, data) = asker.call("domain", "getAddressByDomain", json!({ "domain": name }));
        (code, data["value"].as_str().map(str::to_owned))
    };
    for person in [&anna, &bert] {
        assert_eq!(holder(person, "first-come"), has(&anna.address));
    }
    assert_eq!(holder(&bert, "nobody-has-it"), has(""));
    assert_eq!(holder(&carl, "first-come"), (20000, None));
    assert_eq!(holder(&anna, "No name").0, 600);

    // Chosen while no node was there: registered when there is one, unless somebody was faster.
    assert_eq!(name(&carl, "first-come").0, 200);
    let entry = json!({ "code": "XX", "ip": "127.0.0.1", "port": "1", "nodeId": ticket });
    carl.ask("user", "addProxyInfo", entry);
    until("it turns out that the name is taken", || {
        of(&carl, &carl.address) == has("")
    })
    .await;
    assert_eq!(name(&carl, "second").0, 200);
    assert_eq!(of(&anna, &carl.address), has("second"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_says_how_much_room_there_is_for_files() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path(), "127.0.0.1:0").await;
    let (anna, mut bert) = (
        Person::new("Anna", None, std::slice::from_ref(&ticket)),
        Person::new("Bert", None, &[ticket]),
    );
    befriend(&anna, &bert).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&[7; 100_000]).unwrap();
    let space = || anna.ask("chat", "checkSpaceIsSufficient", json!({ "filePath": file.path() }));
    let before = space();
    assert_eq!(before["total"], 10_u64 << 30);
    assert_eq!(before["free"], before["total"]);
    bert.restart();
    let body =
        json!({ "cnd": bert.address, "cid": bert.address, "conversationType": 0, "pub": "", "filePath": file.path() });
    anna.ask("chat", "sendFileMessage", body);
    until("the node has the file", || {
        space()["free"].as_u64().unwrap() + 100_000 <= before["free"].as_u64().unwrap()
    })
    .await;
}
