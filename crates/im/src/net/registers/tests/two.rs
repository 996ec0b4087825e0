use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rusqlite::params;
use serde_json::json;

use crate::Code;
use crate::model::assignment;
use crate::net::registers::synced::{Rows, SYNCED};
use crate::net::registers::{self, stamp};
use crate::store::{Write, plans};
use crate::testing::{BEGINNING, Lab, address};

/// A device of the one user of these tests.
fn device(number: u8) -> Lab {
    let lab = Lab::new();
    change(
        &lab,
        &format!("UPDATE device SET secret = x'{}'", hex::encode([number; 32])),
    );
    lab
}

fn change(lab: &Lab, sql: &str) {
    lab.store().write(|write| Ok(write.execute(sql, [])?)).unwrap();
    plans::forget(sql);
}

fn within(lab: &Lab, work: impl FnOnce(&crate::Session, &mut Write<'_>) -> crate::Outcome<()>) {
    let session = lab.session();
    session.write(|write| work(&session, write)).unwrap();
}

/// What a device has to say since the last time.
fn said(lab: &Lab) -> Vec<String> {
    let session = lab.session();
    let writes = session.write(|write| {
        let mut clock = registers::clock(write)?;
        let writes = stamp::stamp(&session, write, &mut clock, 10_000)?;
        stamp::keep_clock(write, &clock)?;
        Ok(writes)
    });
    let writes = writes.unwrap();
    writes
        .iter()
        .map(|write| STANDARD.encode(write.to_bytes().unwrap()))
        .collect()
}

fn hear(lab: &Lab, writes: &[String]) -> registers::Taken {
    let session = lab.session();
    session.write(|write| registers::take(&session, write, writes)).unwrap()
}

/// Tells each what the other says until neither has anything to say.
fn meet(ada: &Lab, other: &Lab) {
    for _ in 0..20 {
        let (of_ada, of_other) = (said(ada), said(other));
        if of_ada.is_empty() && of_other.is_empty() {
            return;
        }
        hear(other, &of_ada);
        hear(ada, &of_other);
    }
    panic!("they never stop");
}

/// What a device shows of a table.
fn rows(lab: &Lab, name: &str) -> Vec<String> {
    let table = SYNCED.iter().find(|table| table.name == name).unwrap();
    let columns: Vec<&str> = table.key.iter().copied().chain(table.columns()).collect();
    let key = table.key.join(", ");
    let sql = format!("SELECT json_array({}) FROM {name} ORDER BY {key}", columns.join(", "));
    let rows = lab.store().read(|connection| {
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    plans::forget(&sql);
    rows.unwrap()
}

fn assert_same(ada: &Lab, other: &Lab) {
    for table in SYNCED.iter().filter(|table| table.name != "conversation") {
        assert_eq!(rows(ada, table.name), rows(other, table.name), "{}", table.name);
    }
}

fn favourite(lab: &Lab, room: &str, message: &str) {
    within(lab, |_, write| {
        write.execute(
            "INSERT INTO favourite (id, room, message, kind, origin, body, sender, origin_kind, created, updated)
             VALUES (?1, ?2, ?3, 1, 'o', '{}', 's', 1, 1, 1) ON CONFLICT DO NOTHING",
            params![crate::model::favourite::id(room, message), room, message],
        )?;
        Ok(())
    });
}

fn room(lab: &Lab, id: &str) {
    change(
        lab,
        &format!("INSERT INTO room (id, name, created, updated) VALUES ('{id}', 'R', 5, 5) ON CONFLICT DO NOTHING"),
    );
}

#[test]
fn whatever_one_device_does_the_other_shows() {
    let (ada, other) = (device(1), device(2));
    meet(&ada, &other);
    ada.befriend(2);
    room(&ada, "r");
    favourite(&ada, "r", "m");
    for sql in [
        "UPDATE account SET nickname = 'Lovelace', picture = 3",
        "UPDATE setting SET language = 'de', call_ring = 0",
        "INSERT INTO node (id, country, host, port, node, created, updated) VALUES ('n', 'c', 'h', 1, 'x', 1, 1)",
        "INSERT INTO room_notice (id, room, position, text, created, updated) VALUES ('t', 'r', 0, 'word', 1, 1)",
        "UPDATE contact SET remark = 'B', blocked = 1, pinned = 1, muted = 1, hidden_until = 9, burn_time = 8, wallet_address = 'w'",
        "INSERT INTO friend_request (id, address, room, incoming, content, created, updated) VALUES ('q', 'x', '1', 1, 'hi', 1, 1)",
        "INSERT INTO conversation (room, peer, kind, pinned_at, created, updated) VALUES ('r', 'p', 1, 7, 1, 1)",
        "INSERT INTO version (name, value) VALUES ('contacts', 4)",
    ] {
        change(&ada, sql);
    }
    let taken = hear(&other, &said(&ada));
    assert!(taken.homes && !taken.dropped);
    assert_same(&ada, &other);
    assert_eq!(rows(&other, "conversation"), rows(&ada, "conversation"));
    assert_eq!(rows(&other, "contact").len(), 1);
    assert_eq!(rows(&other, "favourite").len(), 1);
    assert_eq!(said(&other), Vec::<String>::new(), "nothing goes back");

    for sql in [
        "DELETE FROM node",
        "DELETE FROM room_notice",
        "DELETE FROM friend_request",
        "DELETE FROM favourite",
    ] {
        change(&other, sql);
    }
    hear(&ada, &said(&other));
    assert_same(&ada, &other);
    assert_eq!(rows(&ada, "node").len() + rows(&ada, "favourite").len(), 0);
    assert_eq!(said(&ada), Vec::<String>::new());
}

#[test]
fn every_shared_column_of_every_table_is_there_and_travels() {
    let (ada, other) = (device(1), device(2));
    let described = ada.store().read(|connection| {
        for table in SYNCED {
            assert_eq!(table.defaults(connection)?.len(), table.columns().count());
        }
        Ok(())
    });
    described.unwrap();
    for lab in [&ada, &other] {
        for sql in [
            "INSERT INTO chat_group (id, uid, room, created, updated) VALUES ('g', 'u', '1', 1, 1)",
            "INSERT INTO group_config (group_id, uid, created, updated) VALUES ('g', 'u', 1, 1)",
            "INSERT INTO group_member (group_id, address, created, updated) VALUES ('g', 'a', 1, 1)",
        ] {
            change(lab, sql);
        }
    }
    meet(&ada, &other);
    room(&ada, "r");
    change(
        &ada,
        "UPDATE chat_group SET room = 'r', hidden_until = 3, burn_time = 4",
    );
    change(&ada, "UPDATE group_config SET muted = 1, pinned = 1");
    change(&ada, "UPDATE group_member SET remark = 'who'");
    hear(&other, &said(&ada));
    assert_same(&ada, &other);
    assert_eq!(rows(&other, "chat_group"), [r#"["g","r",3,4]"#]);
    assert!(SYNCED.iter().any(|table| table.rows == Rows::Given));
}

#[test]
fn of_two_edits_the_later_holds_and_different_columns_join() {
    let (ada, other) = (device(1), device(2));
    ada.befriend(2);
    meet(&ada, &other);
    change(&ada, "UPDATE contact SET remark = 'early', pinned = 1");
    let early = said(&ada);
    other.wait(5);
    change(&other, "UPDATE contact SET remark = 'late', muted = 1");
    let late = said(&other);
    hear(&other, &early);
    hear(&ada, &late);
    assert_same(&ada, &other);
    assert_eq!(
        ada.count("SELECT count(*) FROM contact WHERE remark = 'late' AND pinned = 1 AND muted = 1"),
        1
    );
}

#[test]
fn a_later_edit_brings_back_what_was_deleted_and_a_fact_does_not() {
    for (edit, stays) in [("remark = 'back'", 1), ("nickname = 'New'", 0)] {
        let (ada, other) = (device(1), device(2));
        ada.befriend(2);
        meet(&ada, &other);
        change(&ada, "DELETE FROM contact");
        let deleted = said(&ada);
        other.wait(5);
        change(&other, &format!("UPDATE contact SET {edit}"));
        let edited = said(&other);
        hear(&other, &deleted);
        hear(&ada, &edited);
        meet(&ada, &other);
        assert_same(&ada, &other);
        assert_eq!(rows(&ada, "contact").len(), stays, "{edit}");
    }
}

#[test]
fn what_was_set_up_anew_weighs_nothing() {
    let (ada, other) = (device(1), device(2));
    change(&ada, "UPDATE setting SET language = 'de'");
    change(&ada, "UPDATE room SET name = 'Mine' WHERE id = '1'");
    let request =
        "INSERT INTO friend_request (id, address, room, incoming, created, updated) VALUES ('q', 'x', '1', 1, 1, 1)";
    change(&ada, request);
    said(&ada);
    change(&ada, "UPDATE friend_request SET state = 1");
    said(&ada);
    other.wait(60_000);
    change(&other, request);
    meet(&ada, &other);
    // The first words of the one were thrown away; a snapshot has all.
    let all = registers::snapshot(&ada.session()).unwrap();
    hear(&other, &all);
    meet(&ada, &other);
    assert_same(&ada, &other);
    assert_eq!(other.count("SELECT count(*) FROM setting WHERE language = 'de'"), 1);
    assert_eq!(
        other.count("SELECT state FROM friend_request WHERE room = '1' AND address = 'x' AND incoming = 1"),
        1
    );
}

#[test]
fn a_new_device_takes_everything_and_says_nothing() {
    let (ada, new) = (device(1), device(2));
    for number in 2..200 {
        ada.befriend(number);
    }
    room(&ada, "r");
    favourite(&ada, "r", "m");
    change(&ada, "UPDATE account SET nickname = 'Lovelace'");
    change(&new, "UPDATE account SET nickname = 'Unset'");
    let all = registers::snapshot(&ada.session()).unwrap();
    within(&new, |session, write| {
        registers::apply_snapshot(session, write, &all, true).map(drop)
    });
    assert_same(&ada, &new);
    assert_eq!(said(&new), Vec::<String>::new());
}

#[test]
fn messages_follow_a_contact_into_another_room_and_a_room_that_ends() {
    let (ada, other) = (device(1), device(2));
    ada.befriend(2);
    room(&ada, "r");
    meet(&ada, &other);
    for lab in [&ada, &other] {
        lab.fill(&address(2), 3, |number| format!("text {number}"));
    }
    meet(&ada, &other);
    within(&ada, |session, write| {
        let peer = address(2);
        assignment::assign(session, write, assignment::Peer { id: &peer, kind: 1 }, "r")
    });
    meet(&ada, &other);
    assert_same(&ada, &other);
    let there = "SELECT count(*) FROM message m JOIN conversation c ON c.seq = m.conversation WHERE c.room = 'r'";
    assert_eq!((ada.count(there), other.count(there)), (3, 3));
    within(&ada, |_, write| assignment::dissolve(write, "r"));
    meet(&ada, &other);
    assert_same(&ada, &other);
    assert_eq!(other.count("SELECT count(*) FROM message"), 0);
    assert_eq!(other.count("SELECT count(*) FROM contact WHERE room = '1'"), 1);
}

#[test]
fn the_open_room_stays_until_it_is_left() {
    let (ada, other) = (device(1), device(2));
    room(&ada, "r");
    meet(&ada, &other);
    other.enter("r");
    within(&ada, |_, write| assignment::dissolve(write, "r"));
    meet(&ada, &other);
    let still = "SELECT count(*) FROM room WHERE id = 'r'";
    assert_eq!(other.count(still), 1);
    other.enter("1");
    registers::settle(&other.session()).unwrap();
    assert_eq!(other.count(still), 0);
    meet(&ada, &other);
    assert_same(&ada, &other);
}

#[test]
fn a_row_waits_for_its_room() {
    let (ada, other) = (device(1), device(2));
    meet(&ada, &other);
    room(&ada, "r");
    let room = said(&ada);
    favourite(&ada, "r", "m");
    let favourite = said(&ada);
    hear(&other, &favourite);
    assert_eq!(rows(&other, "favourite").len(), 0);
    hear(&other, &room);
    assert_same(&ada, &other);
}

#[test]
fn what_is_not_shared_or_not_well_formed_is_dropped() {
    let (ada, other) = (device(1), device(2));
    meet(&ada, &other);
    let write = |table: &str, row: &str, column: &str, value: serde_json::Value| {
        let stamp = coco_ledger::account::Stamp {
            ms: 1 << 42,
            counter: 0,
            device: [9; 32],
        };
        let key = coco_ledger::account::Key {
            table: table.into(),
            row: row.into(),
            column: column.into(),
        };
        let write = coco_ledger::account::Write {
            key,
            value: Some(value.to_string()),
            stamp,
        };
        STANDARD.encode(write.to_bytes().unwrap())
    };
    for bad in [
        "?".to_owned(),
        write("device", "[\"m\"]", "secret", json!("x")),
        write("account", "[1]", "entropy", json!("x")),
        write("account", "[ 1]", "nickname", json!("x")),
        write("contact", "[\"1\"]", "remark", json!("x")),
        write("version", "[\"messages\"]", "value", json!(9)),
        write("setting", "[1]", "", json!(false)),
    ] {
        assert!(hear(&other, &[bad]).dropped);
    }
    // Of the right name, but nothing that the column takes.
    let wrong = [
        write("setting", "[1]", "call_ring", json!("loud")),
        write("setting", "[1]", "language", json!([1])),
    ];
    assert!(!hear(&other, &wrong).dropped);
    assert_same(&ada, &other);
}

#[test]
fn a_message_touches_nothing_and_a_device_without_a_key_says_so() {
    let lab = device(1);
    let text =
        |words: &str| json!({ "cnd": address(2), "cid": address(2), "conversationType": 0, "pub": "", "text": words });
    lab.befriend(2);
    said(&lab);
    lab.ask("sendTextMessage", text("hello"));
    said(&lab);
    lab.ask("sendTextMessage", text("again"));
    assert_eq!(lab.count("SELECT count(*) FROM changed"), 0);
    change(&lab, "UPDATE setting SET language = 'fr'");
    change(&lab, "UPDATE device SET secret = NULL");
    assert_eq!(
        registers::spread(&lab.session()).unwrap_err().code,
        Code::DEVICE_MISSING
    );
}

#[derive(Debug, Clone)]
enum Step {
    Befriend(u8),
    Forget(u8),
    Set(u8, &'static str, u8),
    Favour(u8),
    Unfavour(u8),
    Room(bool),
    Language(u8),
    Wait(u8),
    Say,
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let column = prop_oneof![Just("pinned"), Just("muted"), Just("burn_time"), Just("version")];
    let step = prop_oneof![
        (2..5_u8).prop_map(Step::Befriend),
        (2..5_u8).prop_map(Step::Forget),
        (2..5_u8, column, 0..3_u8).prop_map(|(who, column, value)| Step::Set(who, column, value)),
        (0..3_u8).prop_map(Step::Favour),
        (0..3_u8).prop_map(Step::Unfavour),
        any::<bool>().prop_map(Step::Room),
        (0..3_u8).prop_map(Step::Language),
        (0..3_u8).prop_map(Step::Wait),
        Just(Step::Say),
    ];
    proptest::collection::vec((any::<bool>(), step), 1..30)
}

fn perform(lab: &Lab, step: &Step) -> Vec<String> {
    match step {
        Step::Befriend(who) => change(
            lab,
            &format!(
                "INSERT INTO contact (address, room, nickname, state, created, updated)
             VALUES ('{}', '1', 'F', 2, {BEGINNING}, 1) ON CONFLICT DO NOTHING",
                address(*who)
            ),
        ),
        Step::Forget(who) => change(lab, &format!("DELETE FROM contact WHERE address = '{}'", address(*who))),
        Step::Set(who, column, value) => change(
            lab,
            &format!(
                "UPDATE contact SET {column} = {value} WHERE address = '{}'",
                address(*who)
            ),
        ),
        Step::Favour(message) => favourite(lab, "1", &message.to_string()),
        Step::Unfavour(message) => change(lab, &format!("DELETE FROM favourite WHERE message = '{message}'")),
        Step::Room(true) => room(lab, "r"),
        Step::Room(false) => within(lab, |_, write| assignment::dissolve(write, "r")),
        Step::Language(which) => change(lab, &format!("UPDATE setting SET language = 'l{which}'")),
        Step::Wait(time) => lab.wait(i64::from(*time)),
        Step::Say => return said(lab),
    }
    Vec::new()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_and_twice_they_end_the_same(steps in steps(), order in any::<prop::sample::Index>()) {
        let labs = [device(1), device(2)];
        let mut waiting: Vec<(usize, String)> = Vec::new();
        for (second, step) in &steps {
            let who = usize::from(*second);
            let lab = &labs[who];
            waiting.extend(perform(lab, step).into_iter().map(|write| (1 - who, write)));
        }
        for (who, lab) in labs.iter().enumerate() {
            waiting.extend(said(lab).into_iter().map(|write| (1 - who, write)));
        }
        let by = order.index(waiting.len().max(1));
        waiting.rotate_left(by);
        waiting.reverse();
        let again = waiting.clone();
        for (to, write) in waiting.iter().chain(again.iter().step_by(3)) {
            // What taking one write brings about is said before the next is taken, as between devices.
            hear(&labs[*to], std::slice::from_ref(write));
            let more = said(&labs[*to]);
            hear(&labs[1 - to], &more);
        }
        meet(&labs[0], &labs[1]);
        for table in SYNCED.iter().filter(|table| table.name != "conversation") {
            prop_assert_eq!(rows(&labs[0], table.name), rows(&labs[1], table.name), "{}", table.name);
        }
    }
}
