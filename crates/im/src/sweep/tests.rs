//! Messages whose time is over.

use serde_json::{Value, json};

use crate::Event;
use crate::testing::{Lab, address};

const DAY: i64 = 24 * 60 * 60 * 1_000;

fn change(lab: &Lab, sql: &str) {
    assert!(lab.store().write(|write| Ok(write.execute(sql, [])?)).unwrap().0 > 0);
    crate::store::plans::forget(sql);
}

fn say(lab: &Lab, peer: u8, text: &str) -> Value {
    let body = json!({ "cnd": address(peer), "cid": address(peer), "conversationType": 0, "pub": "", "text": text });
    lab.ask("sendTextMessage", body)[0].clone()
}

#[test]
fn messages_go_when_their_room_keeps_them_no_longer() {
    let lab = Lab::new();
    lab.befriend(2);
    change(&lab, "UPDATE room SET lifetime = 4");
    let for_ever = say(&lab, 2, "for ever");
    change(&lab, "UPDATE room SET lifetime = 0");
    say(&lab, 2, "for a day");
    lab.wait(DAY - 10);
    assert_eq!(lab.session().sweep().unwrap(), 0);
    let mut events = lab.engine.listen();
    lab.wait(20);
    assert_eq!(lab.session().sweep().unwrap(), 1);
    let list = lab.ask("getConversations", json!({}));
    assert_eq!(list[0]["msg_id"], for_ever["msg_id"]);
    let told = events.take().events;
    assert!(
        matches!(&told[0], Event::MessagesDeleted { conversation, messages } if *conversation == address(2) && messages.len() == 1)
    );
    assert_eq!(lab.count("SELECT count(*) FROM message_words"), 1);
}

#[test]
fn messages_of_other_rooms_go_in_silence() {
    let lab = Lab::new();
    lab.befriend(2);
    say(&lab, 2, "burns");
    change(&lab, "UPDATE message SET burn_at = created + 5");
    lab.enter("2");
    let mut events = lab.engine.listen();
    lab.wait(5);
    assert_eq!(lab.session().sweep().unwrap(), 1);
    assert!(events.take().events.is_empty());
    lab.enter("1");
    assert_eq!(lab.ask("getConversations", json!({}))[0]["msg_id"], "");
    assert_eq!(lab.count("SELECT count(*) FROM message"), 0);
}

#[test]
fn more_than_one_write_holds_go_as_well() {
    let lab = Lab::new();
    lab.fill(&address(2), 4_100, |number| format!("text {number}"));
    change(&lab, "UPDATE message SET expires_at = created");
    assert_eq!(lab.session().sweep().unwrap(), 4_100);
    assert_eq!(lab.session().sweep().unwrap(), 0);
}
