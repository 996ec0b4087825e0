//! Bots as contacts, by the ordinary routes: one on this computer, and others over HTTP that behave well and badly.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use coco_chatbot::author::load;
use coco_chatbot::desk::{Access, Desk, Keep};
use coco_chatbot::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::testing::{BEGINNING, Lab, address};

const PATIENCE: Duration = Duration::from_secs(20);
const TOKEN: &str = "token-of-the-bot";
const SECRET: &str = "secret of the bot";
/// A bot with a menu, buttons that show something else than they send, and a memory.
const COUNTER: &str = r#"
bot:
  id: counter
  name: The counter
  welcome: hello
  fallback: count
  menu:
    title: Menu
    table: [[{button: Count, tap: {go: count}}]]
answers:
  hello:
    - text: Let us count.
    - quick:
        - button: One more
          tap: {go: count}
        - button: From the start
          tap: {welcome: Hello again}
  count:
    - set: {count: "{{ (count or 0) + 1 }}"}
    - text: "That is number {{ count }}."
"#;

/// Looks until there is something.
fn found<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        sleep(Duration::from_millis(5));
    }
}

/// The folder of a bot, and its address.
fn folder(yaml: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bot.yaml"), yaml).unwrap();
    let url = url::Url::from_file_path(folder.path()).unwrap().to_string();
    (folder, url)
}

fn contacts(lab: &Lab) -> Vec<Value> {
    let list = lab.ask("getContacts", json!({}));
    list.as_array().unwrap().clone()
}

/// Adds a bot and gives back its address among the contacts.
fn add(lab: &Lab, url: &str, secret: &str) -> String {
    let bots = || {
        let bots = contacts(lab).into_iter().filter(|contact| contact["c_is_bot"] == 1);
        bots.map(|bot| bot["c_nd_add"].as_str().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    let before = bots();
    lab.ask("addFriend", json!({ "nodeId": url, "content": secret }));
    let after = bots();
    let new = after.iter().find(|bot| !before.contains(bot));
    new.or(after.first()).unwrap().clone()
}

/// All that was said, the oldest first.
fn messages(lab: &Lab, bot: &str) -> Vec<Value> {
    let page = lab.ask(
        "getMessagesByConversationId",
        json!({ "conversationId": bot, "startTime": -1, "pageSize": 100, "orderBy": "ASC" }),
    );
    page.as_array().unwrap().clone()
}

fn body(message: &Value) -> Value {
    serde_json::from_str(message["msg_cry"].as_str().unwrap()).unwrap()
}

/// The bot's message with a number, once it is there.
fn answer(lab: &Lab, bot: &str, number: usize) -> Value {
    found(&format!("answer {number}"), || {
        let all = messages(lab, bot);
        let theirs = all.iter().filter(|message| message["msg_source"] == 1);
        theirs.map(body).nth(number)
    })
}

/// The program's note with a number, once it is there.
fn note(lab: &Lab, bot: &str, number: usize) -> Value {
    found(&format!("note {number}"), || {
        let all = messages(lab, bot);
        let notes = all.iter().filter(|message| message["msg_source"] == 2);
        notes.map(body).nth(number)
    })
}

fn say(lab: &Lab, bot: &str, text: &str) -> Value {
    let sent = lab.ask(
        "sendTextMessage",
        json!({ "cnd": bot, "cid": bot, "conversationType": 0, "pub": "", "text": text }),
    );
    sent[0].clone()
}

/// The message of the user's with an id, once it is no more on its way.
fn settled(lab: &Lab, bot: &str, id: &Value) -> Value {
    found("the message is settled", || {
        let all = messages(lab, bot);
        let own = all.into_iter().find(|message| message["msg_id"] == *id)?;
        (own["msg_is_send"] != 0).then_some(own)
    })
}

/// A bot over HTTP, whose clock is so many milliseconds ahead.
struct Far {
    runtime: Runtime,
    server: Option<Server>,
    address: SocketAddr,
}

impl Far {
    fn open(listen: &str, ahead: i64) -> Self {
        let runtime = Runtime::new().unwrap();
        let now = move || u64::try_from(BEGINNING + ahead).unwrap();
        let desk = Desk::new(Arc::new(Keep::in_memory()), Arc::new(now), Arc::new(|_: &str| {}));
        let (folder, _) = folder(COUNTER);
        let access = Access {
            token: TOKEN.to_owned(),
            secret: SECRET.to_owned(),
        };
        desk.put(load(folder.path()).unwrap(), access);
        let server = runtime
            .block_on(Server::open(Arc::new(desk), listen.parse().unwrap()))
            .unwrap();
        Self {
            address: server.address(),
            runtime,
            server: Some(server),
        }
    }

    fn url(&self) -> String {
        format!("http://{}/custom/v1/counter/{TOKEN}", self.address)
    }

    fn close(mut self) -> SocketAddr {
        self.runtime.block_on(self.server.take().unwrap().close());
        self.address
    }
}

#[test]
fn a_bot_is_added_greets_answers_remembers_and_is_found() {
    let lab = Lab::new();
    let (_folder, url) = folder(COUNTER);
    let bot = add(&lab, &url, "-");
    let contact = lab.ask("getContactByNoId", json!({ "nodeId": bot }));
    assert_eq!(
        (&contact["c_nic"], &contact["c_state"]),
        (&json!("The counter"), &json!(2))
    );
    assert_eq!(answer(&lab, &bot, 0)["text"], "Let us count.");

    let sent = say(&lab, &bot, "go on");
    assert_eq!(answer(&lab, &bot, 1)["text"], "That is number 1.");
    let own = settled(&lab, &bot, &sent["msg_id"]);
    assert_eq!((&own["msg_is_send"], &own["msg_state"]), (&json!(1), &json!(2)));

    lab.enter("1");
    say(&lab, &bot, "go on");
    assert_eq!(
        answer(&lab, &bot, 2)["text"],
        "That is number 2.",
        "after another login"
    );

    let listed = lab.ask("getConversations", json!({}));
    assert_eq!(listed[0]["rs_id"], json!(bot), "{listed}");
    let hits = lab.ask("searchMessages", json!({ "text": "number 2", "conversationId": bot }));
    assert_eq!(hits.as_array().unwrap().len(), 1, "{hits}");
}

#[test]
fn what_is_tapped_goes_back_through_the_conversation() {
    let lab = Lab::new();
    let (_folder, url) = folder(COUNTER);
    let bot = add(&lab, &url, "-");
    let greeting = answer(&lab, &bot, 0);
    let tap = |button: &Value| {
        let action = &button["data"]["action"];
        let data = &action["data"];
        let postback = data.get("postbackFull").unwrap_or(&data["postback"]);
        let text = data.get("displayText").unwrap_or(&data["postback"]);
        let open = action["type"] == "welcome";
        let tap = json!({ "cnd": bot, "text": text, "postback": postback, "open": open });
        body(&lab.ask("sendPostbackMessage", tap))
    };
    let quick = greeting["quickButtons"].as_array().unwrap();

    assert_eq!(tap(&quick[0])["text"], "One more", "what the bot wants shown");
    let counted = answer(&lab, &bot, 1);
    assert_eq!(counted["text"], "That is number 1.");
    assert_eq!(counted["bubbles"][0]["type"], "text");
    assert_eq!(counted["persistentMenu"], greeting["persistentMenu"], "the menu stays");
    assert_eq!(counted["persistentMenu"]["type"], "template");

    assert_eq!(tap(&quick[1])["text"], "Hello again");
    assert_eq!(answer(&lab, &bot, 2)["text"], "Let us count.");
    let of_menu = &greeting["persistentMenu"]["data"]["contentTable"][0][0]["data"];
    assert_eq!(tap(of_menu)["text"], "Count");
    assert_eq!(answer(&lab, &bot, 3)["text"], "That is number 2.");
    say(&lab, &bot, "One more");
    assert_eq!(
        answer(&lab, &bot, 4)["text"],
        "That is number 3.",
        "what is typed is text"
    );
    lab.befriend(2);
    let no_bot = json!({ "cnd": address(2), "text": "Count", "postback": "go:count" });
    assert_eq!(lab.refused("sendPostbackMessage", no_bot), 20058);
}

#[test]
fn what_is_no_bot_is_refused_in_words() {
    let lab = Lab::new();
    let empty = tempfile::tempdir().unwrap();
    let nowhere = url::Url::from_file_path(empty.path()).unwrap().to_string();
    let (_broken, broken) = folder("bot: {id: b, name: B, welcome: nothing, fallback: nothing}\nanswers: {}\n");
    for (url, words) in [
        ("http://bots.example/custom/v1/b/token-token", "https://"),
        ("https://", "https://"),
        ("file://elsewhere/bot", "file://"),
        (&*nowhere, "bot.yaml"),
        (&*broken, "nothing"),
        (&*format!("https://bots.example/{}", "x".repeat(3_000)), "2048"),
    ] {
        let answer = lab.answer("addFriend", json!({ "nodeId": url, "content": "s" }));
        assert_eq!(answer.code, 20058, "{url}");
        assert!(answer.message.contains(words), "{url}: {}", answer.message);
    }
    assert!(contacts(&lab).is_empty());
}

#[test]
fn a_bot_that_is_deleted_leaves_nothing_and_one_that_is_added_again_begins_anew() {
    let lab = Lab::new();
    let (_folder, url) = folder(COUNTER);
    let bot = add(&lab, &url, "-");
    answer(&lab, &bot, 0);
    say(&lab, &bot, "count");
    answer(&lab, &bot, 1);
    lab.ask("deleteFriend", json!({ "nodeId": bot }));
    assert!(contacts(&lab).is_empty());
    for table in ["bot_memory", "outbox", "message"] {
        assert_eq!(lab.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert_eq!(add(&lab, &url, "-"), bot);
    answer(&lab, &bot, 0);
    say(&lab, &bot, "count");
    assert_eq!(answer(&lab, &bot, 1)["text"], "That is number 1.");
}

#[test]
fn files_of_a_bot_that_change_or_go_are_noticed() {
    let lab = Lab::new();
    let (folder, url) = folder(COUNTER);
    let bot = add(&lab, &url, "-");
    answer(&lab, &bot, 0);
    let file = folder.path().join("bot.yaml");
    fs::write(&file, COUNTER.replace("That is number", "Now we have")).unwrap();
    say(&lab, &bot, "count");
    assert_eq!(answer(&lab, &bot, 1)["text"], "Now we have 1.");
    fs::write(&file, "bot: [").unwrap();
    let sent = say(&lab, &bot, "count");
    assert_eq!(note(&lab, &bot, 0)["reason"], "files");
    assert_eq!(settled(&lab, &bot, &sent["msg_id"])["msg_is_send"], 2);
}

#[test]
fn bots_understand_texts_alone() {
    let lab = Lab::new();
    lab.befriend(2);
    let (_folder, url) = folder(COUNTER);
    let bot = add(&lab, &url, "-");
    answer(&lab, &bot, 0);
    let card = lab.ask(
        "sendCardMessage",
        json!({ "cnd": bot, "cid": bot, "conversationType": 0, "pub": "", "contactId": address(2) }),
    );
    assert_eq!(note(&lab, &bot, 0)["reason"], "textOnly");
    assert_eq!(settled(&lab, &bot, &card["msg_id"])["msg_is_send"], 2);
}

#[test]
fn a_bot_elsewhere_is_asked_with_its_secret() {
    let lab = Lab::new();
    let far = Far::open("127.0.0.1:0", 0);
    let bot = add(&lab, &far.url(), SECRET);
    let contact = lab.ask("getContactByNoId", json!({ "nodeId": bot }));
    assert_eq!(contact["c_nic"], "counter");
    assert!(!contact.to_string().contains(SECRET));
    let greeting = answer(&lab, &bot, 0);
    assert_eq!(greeting["text"], "Let us count.");
    assert_eq!(greeting["quickButtons"].as_array().unwrap().len(), 2);
    // The clock of the lab stands still, and a request that was signed before is not taken twice.
    lab.wait(1);
    say(&lab, &bot, "count");
    assert_eq!(answer(&lab, &bot, 1)["text"], "That is number 1.");
}

#[test]
fn why_a_bot_elsewhere_does_not_answer_is_told() {
    let lab = Lab::new();
    let far = Far::open("127.0.0.1:0", 0);
    let bot = add(&lab, &far.url(), "another secret");
    let refused = note(&lab, &bot, 0);
    assert_eq!(refused["reason"], "refused");
    assert!(refused["detail"].as_str().unwrap().contains("4031"), "{refused}");
    lab.wait(1);
    assert_eq!(add(&lab, &far.url(), SECRET), bot, "the same bot with the right secret");
    say(&lab, &bot, "count");
    assert_eq!(answer(&lab, &bot, 0)["text"], "That is number 1.");
    assert_eq!(contacts(&lab).len(), 1);

    let early = Far::open("127.0.0.1:0", 60_000);
    let other = add(&lab, &early.url(), SECRET);
    let clock = note(&lab, &other, 0);
    assert_eq!(
        (&clock["reason"], clock["ahead"].as_i64()),
        (&json!("clock"), Some(-59_999))
    );
}

#[test]
fn what_is_said_while_a_bot_cannot_be_reached_waits() {
    let lab = Lab::new();
    let closed = Far::open("127.0.0.1:0", 0);
    let url = closed.url();
    let listen = closed.close();
    let bot = add(&lab, &url, SECRET);
    let sent = say(&lab, &bot, "count");
    assert_eq!(note(&lab, &bot, 0)["reason"], "unreachable");
    lab.enter("1");
    let open = Far::open(&listen.to_string(), 0);
    assert_eq!(answer(&lab, &bot, 0)["text"], "Let us count.");
    lab.wait(1);
    assert_eq!(answer(&lab, &bot, 1)["text"], "That is number 1.");
    assert_eq!(settled(&lab, &bot, &sent["msg_id"])["msg_state"], 2);
    assert_eq!(open.url(), url);
}
