//! What is found by what somebody types.

use rusqlite::Connection;

use super::{Question, find, query, remember};

/// An index with one message for each text, in conversation 1 of room 1.
fn index(texts: &[&str]) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(include_str!("../store/migrations/0001.sql"))
        .unwrap();
    connection
        .execute_batch(
            "INSERT INTO room (id, name, created, updated) VALUES ('1', '', 0, 0), ('2', '', 0, 0);
             INSERT INTO conversation (room, peer, kind, created, updated) VALUES ('1', 'Anna', 1, 0, 0), ('2', 'Bert', 1, 0, 0)",
        )
        .unwrap();
    for (number, text) in texts.iter().enumerate() {
        add(&connection, 1, number, text);
    }
    connection
}

fn add(connection: &Connection, conversation: i64, number: usize, text: &str) {
    connection
        .execute(
            "INSERT INTO message (id, conversation, kind, source, sender, body, state, sent, created, updated)
             VALUES (?1, ?2, 1, 1, '', '', 1, 1, 0, 0)",
            rusqlite::params![format!("{conversation}/{number}"), conversation],
        )
        .unwrap();
    remember(connection, connection.last_insert_rowid(), conversation, 1, text).unwrap();
}

fn question(text: &str) -> Question<'_> {
    Question {
        text,
        peer: None,
        kind: None,
        before: i64::MAX,
        size: 100,
    }
}

fn found(connection: &Connection, question: &Question<'_>) -> Vec<i64> {
    find(connection, "1", question).unwrap()
}

#[test]
fn every_script_is_found_as_its_readers_look_for_it() {
    for (text, wanted, unwanted) in [
        (
            "我们明天一起去图书馆吧",
            &["明天", "图书馆", "去图", "我", "吧"][..],
            &["天明", "图馆", "昨天"][..],
        ),
        (
            "今日は図書館で本を読みました",
            &["図書館", "読み", "本"],
            &["館図", "書く"],
        ),
        (
            "オンライン会議はスタートしました",
            &["会議", "スタ", "ライン"],
            &["議会"],
        ),
        ("내일 도서관에 가요", &["도서관", "서관", "내일 도서"], &["관서"]),
        ("พรุ่งนี้ไปห้องสมุดกันไหม", &["ห้องสมุด", "พรุ่งนี้"], &["โรงเรียน"]),
        (
            "Die Straße zum Bücherschrank",
            &["straße", "BÜCHER", "zum büch"],
            &["schrank", "ücher"],
        ),
        ("سنذهب غدا إلى المكتبة", &["المكتبة", "غدا", "سنذهب إلى"], &["مدرسة"]),
        ("Encontré el café", &["café", "encontr"], &["contré"]),
        ("meet at 10:30 in room B12", &["10", "B12", "room b"], &["12"]),
        (
            "混合 mixed 文字text",
            &["混合", "mix", "文字", "text", "文字 mixed"],
            &["字合"],
        ),
        ("👩‍👩‍👧 family", &["fam"], &["amily"]),
    ] {
        let connection = index(&[text]);
        for words in wanted {
            assert_eq!(found(&connection, &question(words)).len(), 1, "{words} in {text}");
        }
        for words in unwanted {
            assert_eq!(found(&connection, &question(words)).len(), 0, "{words} not in {text}");
        }
    }
}

#[test]
fn forms_that_look_alike_are_the_same() {
    let connection = index(&["Ｆｕｌｌ width", "cafe\u{301}", "ｶﾀｶﾅ"]);
    assert_eq!(found(&connection, &question("full")), [1]);
    assert_eq!(found(&connection, &question("caf\u{e9}")), [2]);
    assert_eq!(found(&connection, &question("カタカナ")), [3]);
}

#[test]
fn hostile_questions_are_words_or_nothing() {
    let connection = index(&["OR AND NOT NEAR words place", "plain"]);
    for words in [
        "",
        " ",
        "\"",
        "\"\"",
        "*",
        "-",
        "^",
        ":",
        "(",
        ")",
        "\0",
        "' OR 1=1 --",
        "words : x",
        "{words place} : x",
        "NEAR(a b, 5)",
        "a\" OR \"plain",
        "plain\" NOT \"x",
        "😀",
        "\u{301}",
        "place : k1",
        "p1 AND",
    ] {
        let found = found(&connection, &question(words));
        assert!(found.len() < 2, "{words}: {found:?}");
    }
    assert_eq!(found(&connection, &question("or and not")), [1]);
    assert_eq!(found(&connection, &question("\"plain\"")), [2]);
    assert_eq!(found(&connection, &question("k1")), Vec::<i64>::new());
    assert_eq!(query("  \"'*()- "), None);
}

#[test]
fn the_newest_come_first_page_by_page() {
    let connection = index(&["one word", "two words", "three", "four words"]);
    let page = |before| Question {
        before,
        size: 2,
        ..question("word")
    };
    assert_eq!(found(&connection, &page(i64::MAX)), [4, 2]);
    assert_eq!(found(&connection, &page(2)), [1]);
    assert_eq!(found(&connection, &page(1)), Vec::<i64>::new());
}

#[test]
fn rooms_conversations_and_types_are_kept_apart() {
    let connection = index(&["secret"]);
    add(&connection, 2, 0, "secret");
    let seek = |room: &str, peer: Option<&str>, kind| {
        let question = Question {
            peer,
            kind,
            ..question("secret")
        };
        find(&connection, room, &question).unwrap()
    };
    assert_eq!(seek("1", None, None), [1]);
    assert_eq!(seek("2", None, None), [2]);
    assert_eq!(seek("1", Some("Bert"), None), Vec::<i64>::new());
    assert_eq!(seek("1", Some("Anna"), Some(1)), [1]);
    assert_eq!(seek("1", None, Some(5)), Vec::<i64>::new());
}
