//! What holds whatever happens in which order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{receive, send};
use crate::testing::{Lab, address};

fn ids(messages: &Value) -> Vec<String> {
    let all = messages.as_array().unwrap().iter();
    all.map(|message| message["msg_id"].as_str().unwrap().to_owned())
        .collect()
}

/// Pages through a conversation from one end to the other.
fn walk(lab: &Lab, order: &str, size: i64) -> Vec<String> {
    let step = if order == "ASC" { 1 } else { -1 };
    let (mut start, mut all) = (-1, Vec::new());
    loop {
        let body = json!({ "conversationId": address(2), "startTime": start, "pageSize": size, "orderBy": order });
        let page = lab.ask("getMessagesByConversationId", body);
        let Some(last) = page.as_array().unwrap().last() else {
            return all;
        };
        start = last["created_time"].as_i64().unwrap() + step;
        all.extend(ids(&page));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn pages_hold_every_message_once_and_in_order(pauses in prop::collection::vec(0_i64..3, 1..30), size in 1_i64..8) {
        let lab = Lab::new();
        lab.befriend(2);
        let mut sent = Vec::new();
        for (number, pause) in pauses.iter().enumerate() {
            // A clock that stands still and one that goes backwards are the hard cases.
            lab.wait(pause - 1);
            let message = if number % 2 == 0 { send(&lab, 2, "hello") } else { receive(&lab, 2, "hello") };
            sent.push(message["msg_id"].as_str().unwrap().to_owned());
        }
        prop_assert_eq!(&walk(&lab, "ASC", size), &sent);
        sent.reverse();
        prop_assert_eq!(&walk(&lab, "DESC", size), &sent);
    }

    #[test]
    fn nothing_of_one_room_answers_in_another(steps in prop::collection::vec((0_u8..2, 0_u8..7, 0_usize..8), 1..40)) {
        let lab = Lab::new();
        lab.befriend(2);
        lab.enter("2");
        lab.befriend(3);
        let mut known: BTreeMap<u8, Vec<String>> = BTreeMap::from([(0, Vec::new()), (1, Vec::new())]);
        for (room, what, which) in steps {
            lab.enter(if room == 0 { "1" } else { "2" });
            let peer = room + 2;
            // Any message of either room, so that a half of the operations reaches for what is not theirs.
            let every: Vec<String> = known.values().flatten().cloned().collect();
            let id = every.get(which % every.len().max(1)).cloned().unwrap_or("none".to_owned());
            let own = known.get_mut(&room).unwrap();
            match what {
                0 | 1 => own.extend(ids(&json!([send(&lab, peer, "shared words")]))),
                2 => own.extend(ids(&json!([receive(&lab, peer, "shared words")]))),
                3 => {
                    lab.ask("deleteMessagesByIds", json!({ "messageIds": [id] }));
                    own.retain(|one| *one != id);
                }
                4 => {
                    let body = json!({ "conversationId": address(5 - peer), "cid": "x", "conversationType": 1, "messageId": id, "pub": "" });
                    prop_assert_ne!(lab.answer("recallMessageById", body).code, 200);
                }
                5 => {
                    let found = lab.answer("getMessageByIdChat", json!({ "messageId": id })).code == 200;
                    prop_assert_eq!(found, own.contains(&id));
                }
                _ => {
                    lab.ask("deleteAllMessages", json!({}));
                    own.clear();
                }
            }
            for room in [0, 1] {
                lab.enter(if room == 0 { "1" } else { "2" });
                let mut found = ids(&lab.ask("searchMessages", json!({ "text": "shared", "size": 100 })));
                found.reverse();
                prop_assert_eq!(&found, &known[&room]);
                let page = json!({ "conversationId": address(3 - room), "startTime": -1, "pageSize": 1, "orderBy": "ASC" });
                prop_assert_eq!(lab.ask("getMessagesByConversationId", page), json!([]));
            }
        }
    }
}
