//! People with engines of their own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use coco_im::{Clock, Engine, NetworkOptions, Options};
use coco_keys::Cost;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;

/// Somebody with an engine.
pub(crate) struct Person {
    pub(crate) engine: Engine,
    pub(crate) address: String,
    folder: TempDir,
    network: NetworkOptions,
    /// How far the engine's clock is ahead, in milliseconds.
    ahead: Arc<AtomicI64>,
}

pub(crate) const PASSWORD: &str = "Correct horse";
pub(crate) const WALLET: &str = "Another horse";

fn options(ahead: &Arc<AtomicI64>) -> Options {
    let (system, ahead) = (Clock::system(), Arc::clone(ahead));
    Options {
        cost: Cost::Cheap,
        clock: Clock::from(move || system.now() + ahead.load(Ordering::Relaxed)),
        ..Options::default()
    }
}

impl Person {
    /// Somebody new, whose engine finds others by a folder or by nodes.
    pub(crate) fn new(name: &str, shared: Option<&Path>, nodes: &[String]) -> Self {
        let mut person = Self::nobody(shared, nodes);
        person.ask(
            "login",
            "register",
            json!({ "imPwd": PASSWORD, "walletPwd": WALLET, "type": "text" }),
        );
        person.enter();
        person.ask("user", "updateUserSingleInfo", json!({ "nickname": name }));
        person.address = person.own_address();
        person
    }

    /// An engine without an account, which finds others by a folder or by nodes.
    pub(crate) fn nobody(shared: Option<&Path>, nodes: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let network = NetworkOptions {
            listen: vec![listen],
            nodes: nodes.to_vec(),
            lan: false,
            folder: shared.map(Path::to_owned),
        };
        let ahead = Arc::default();
        let engine = Engine::open(folder.path(), options(&ahead)).unwrap();
        engine.connect(Handle::current(), network.clone());
        Self {
            engine,
            address: String::new(),
            folder,
            network,
            ahead,
        }
    }

    /// Moves the engine's clock on.
    pub(crate) fn wait(&self, milliseconds: i64) {
        self.ahead.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// The address of who is logged in.
    pub(crate) fn own_address(&self) -> String {
        text(&self.ask("user", "getUserSingleInfo", json!({})), "u_nd_add")
    }

    /// Logs in.
    pub(crate) fn enter(&self) {
        self.ask(
            "login",
            "exportLogin",
            json!({ "password": PASSWORD, "loginType": "text" }),
        );
    }

    /// Ends the engine and starts it again, logged out.
    pub(crate) fn restart(&mut self) {
        // The folder is free for another engine only when this one is gone.
        let other = tempfile::tempdir().unwrap();
        self.engine = Engine::open(other.path(), options(&self.ahead)).unwrap();
        let patience = Instant::now() + Duration::from_secs(60);
        self.engine = loop {
            match Engine::open(self.folder.path(), options(&self.ahead)) {
                Ok(engine) => break engine,
                Err(failure) => assert!(Instant::now() < patience, "{failure}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        self.engine.connect(Handle::current(), self.network.clone());
    }

    /// Calls a route and gives back the code and data.
    pub(crate) fn call(&self, module: &str, method: &str, body: Value) -> (u16, Value) {
        let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(module));
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
        let answer = tokio::task::block_in_place(|| self.engine.answer(&body));
        if answer.code == 200 {
            (200, answer.data)
        } else {
            (answer.code, json!(answer.message))
        }
    }

    /// Calls a route that must succeed.
    pub(crate) fn ask(&self, module: &str, method: &str, body: Value) -> Value {
        let (code, data) = self.call(module, method, body);
        assert_eq!(code, 200, "{module}.{method}: {data}");
        data
    }

    /// Sends a text and gives back the id of the message.
    pub(crate) fn say(&self, to: &str, text: &str) -> String {
        let group = i64::from(self.is_group(to));
        let body = json!({ "cnd": to, "cid": to, "conversationType": group, "pub": "", "text": text });
        let sent = self.ask("chat", "sendTextMessage", body);
        sent[0]["msg_id"].as_str().unwrap().to_owned()
    }

    fn is_group(&self, id: &str) -> bool {
        let groups = self.ask("group", "getAllGroups", json!({}));
        groups.as_array().unwrap().iter().any(|group| group["g_id"] == id)
    }

    /// The messages of a conversation, the oldest first.
    pub(crate) fn messages(&self, with: &str) -> Vec<Value> {
        let body = json!({ "conversationId": with, "startTime": -1, "pageSize": 500, "orderBy": "DESC" });
        let (code, data) = self.call("chat", "getMessagesByConversationId", body);
        if code != 200 {
            return Vec::new();
        }
        let mut all = data.as_array().unwrap().clone();
        // Those of one millisecond stay in their order.
        all.reverse();
        all.sort_by_key(|message| message["created_time"].as_i64());
        all
    }

    /// The texts that somebody else wrote in a conversation, the oldest first.
    pub(crate) fn heard(&self, from: &str) -> Vec<String> {
        self.messages(from)
            .iter()
            .filter(|message| message["msg_source"] == 1 && message["msg_type"] == 1)
            .map(|message| {
                let body: Value = serde_json::from_str(message["msg_cry"].as_str().unwrap()).unwrap();
                body["text"].as_str().unwrap().to_owned()
            })
            .collect()
    }

    /// One message of a conversation.
    pub(crate) fn message(&self, with: &str, id: &str) -> Value {
        let all = self.messages(with);
        all.into_iter()
            .find(|message| message["msg_id"] == id)
            .unwrap_or_default()
    }

    /// The state of a contact, -9 if there is none.
    pub(crate) fn contact_state(&self, address: &str) -> i64 {
        let contacts = self.ask("contact", "getContacts", json!({ "blockId": "1" }));
        let found = contacts
            .as_array()
            .unwrap()
            .iter()
            .find(|contact| contact["c_nd_add"] == address)
            .cloned();
        found.and_then(|contact| contact["c_state"].as_i64()).unwrap_or(-9)
    }
}

/// A text member.
pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member]
        .as_str()
        .unwrap_or_else(|| panic!("no {member} in {value}"))
        .to_owned()
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(90);
    while !condition() {
        assert!(Instant::now() < patience, "it did not come to pass: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes two people contacts.
pub(crate) async fn befriend(one: &Person, other: &Person) {
    one.ask(
        "contact",
        "addFriend",
        json!({ "nodeId": other.address, "content": "hello", "remark": "" }),
    );
    until("the request arrives", || {
        let requests = other.ask("contact", "getApplyList", json!({}));
        requests
            .as_array()
            .unwrap()
            .iter()
            .any(|request| request["nodeId"] == one.address)
    })
    .await;
    other.ask(
        "contact",
        "agreeApplySync",
        json!({ "nodeId": one.address, "remark": "" }),
    );
    until("both are contacts", || {
        one.contact_state(&other.address) == 2 && other.contact_state(&one.address) == 2
    })
    .await;
}

impl Person {
    /// The file of a message, `None` while it is not whole.
    pub(crate) fn file(&self, message: &str) -> Option<Vec<u8>> {
        use base64::Engine as _;
        let mut bytes = Vec::new();
        loop {
            let body = json!({ "messageId": message, "offset": bytes.len() });
            let (code, data) = self.call("chat", "readMedia", body);
            if code != 200 {
                return None;
            }
            let piece = base64::engine::general_purpose::STANDARD
                .decode(data["data"].as_str().unwrap())
                .unwrap();
            bytes.extend(&piece);
            if bytes.len() as i64 >= data["size"].as_i64().unwrap() {
                return Some(bytes);
            }
        }
    }

    /// Whether no file waits to be brought to a node any more.
    pub(crate) fn has_brought_all(&self) -> bool {
        let store = self.engine.session().unwrap();
        let waiting = store.read(|connection| {
            Ok(connection.query_row("SELECT count(*) FROM upload", [], |row| row.get::<_, i64>(0))?)
        });
        waiting.unwrap() == 0
    }
}
