//! A client that has nothing but the document and a token: it walks through a user's first day over HTTP, and then sends
//! the document's own example of each of the 199 requests. Every answer is held against the contract.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// Routes whose answer is that they are not available yet.
const MONEY: &[&str] = &[
    "groupFortuneInsertRedEnvelope",
    "groupOrdinaryInsertRedEnvelope",
    "groupReceiveEnvelope",
    "groupCommandRedEnvelope",
    "groupExclusiveInsertRedEnvelope",
    "groupInsertTransfer",
    "groupReceiveTransfer",
    "insertRedEnvelope",
    "sendRedPacketMessage",
    "receiveEnvelope",
    "sendReceivedRedPacketMessage",
    "insertTransfer",
    "sendTransferMessage",
    "receiveTransfer",
    "sendReceivedTransferMessage",
];

/// Routes after which nothing is as it was; each is tried on an engine of its own.
const ENDING: &[&str] = &[
    "exportLogout",
    "cleanAccount",
    "mnemonicLoginByLoginInfo",
    "loginByMn",
    "register",
    "exportLogin",
    "exportChangeImPwd",
    "deleteAllConversations",
    "deleteAllMessages",
];

/// Routes that answer null when there is no such message.
const MAYBE: &[&str] = &["getLastUnreadMessageByConversationId", "getFirstUnReadMessage"];

/// A running `coco engine` and what its one line said.
struct Engine {
    process: Child,
    http: String,
    token: String,
    contract: Vec<Value>,
    _data: TempDir,
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Engine {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_coco"))
            .args(["engine", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let contract = serde_json::from_str(include_str!("../../../tests/contract/im-routes.json")).unwrap();
        let text = |member: &str| ready[member].as_str().unwrap().to_owned();
        Self {
            process,
            http: text("http"),
            token: text("token"),
            contract,
            _data: data,
        }
    }

    /// Sends a request as it stands, and gives back the answer once it fits the contract.
    fn send(&self, route: &Value, body: &Map<String, Value>) -> Value {
        let method = route["method"].as_str().unwrap();
        let mut answer = ureq::post(format!("{}/{method}", self.http))
            .header("Authorization", format!("Bearer {}", self.token))
            .send_json(body)
            .unwrap_or_else(|error| panic!("{method}: {error}"));
        let answer: Value = answer.body_mut().read_json().unwrap();
        assert_eq!(answer["__SERVER_ROUTE_METHOD"], method, "{answer}");
        assert_eq!(answer["__SERVER_ROUTE_MODULE"], route["module"], "{answer}");
        let code = answer["code"].as_u64().unwrap();
        if code == 200 {
            assert_eq!(answer["message"], "", "{method}");
            let nothing = MAYBE.contains(&method) && answer["data"].is_null();
            for field in route["response"].as_array().unwrap().iter().filter(|_| !nothing) {
                fits(method, field, &answer[field["name"].as_str().unwrap()]);
            }
        } else {
            assert_ne!(answer["message"], "", "{method}");
            assert!(
                code >= 20_000 || (code == 300) == MONEY.contains(&method),
                "{method}: {answer}"
            );
        }
        answer
    }

    /// Sends a request with the members that the document names for it.
    fn ask(&self, method: &str, body: Value) -> Value {
        let route = self.contract.iter().find(|route| route["method"] == method).unwrap();
        let mut body = body.as_object().unwrap().clone();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), route["module"].clone());
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), route["method"].clone());
        self.send(route, &body)
    }

    /// Sends a request that must succeed, and gives back its data.
    fn get(&self, method: &str, body: Value) -> Value {
        let answer = self.ask(method, body);
        assert_eq!(answer["code"], 200, "{method}: {answer}");
        answer["data"].clone()
    }

    fn register(&self) {
        self.get("init", json!({}));
        self.get(
            "register",
            json!({ "walletPwd": "wallet password", "imPwd": "login password", "type": "text" }),
        );
    }

    fn log_in(&self, password: &str) -> i64 {
        let data = self.get("exportLogin", json!({ "password": password, "loginType": "text" }));
        data["value"].as_i64().unwrap()
    }
}

/// Panics if a value is not what the contract says of a field.
fn fits(at: &str, field: &Value, value: &Value) {
    let at = format!("{at}.{}", field["name"].as_str().unwrap_or_default());
    if value.is_null() {
        assert_eq!(field["required"], false, "{at} is missing");
        return;
    }
    let right = match field["type"].as_str().unwrap() {
        "string" => value.is_string(),
        "int" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{at} has the unknown type {other}"),
    };
    assert!(right, "{at} is no {}: {value}", field["type"]);
    if field["json"] == true {
        return;
    }
    let inside = field["of"].as_array().map_or(&[][..], Vec::as_slice);
    let every: Vec<&Value> = match value {
        Value::Array(elements) => elements.iter().collect(),
        other => vec![other],
    };
    for value in every {
        for field in inside {
            match field["name"].as_str() {
                Some("*") => value
                    .as_object()
                    .unwrap()
                    .values()
                    .for_each(|value| fits(&at, field, value)),
                Some(name) => fits(&at, field, &value[name]),
                None => panic!("{at} has a field without a name"),
            }
        }
    }
}

#[test]
fn a_first_day_by_the_document_alone() {
    let engine = Engine::start();
    assert_eq!(engine.ask("getContacts", json!({}))["code"], 20_061);
    engine.register();
    assert_eq!(
        engine.ask("register", json!({ "imPwd": "another one", "type": "text" }))["code"],
        500
    );
    assert_eq!(
        engine.ask("exportLogin", json!({ "password": "wrong password" }))["code"],
        20_010
    );
    assert_eq!(engine.log_in("login password"), -2);

    let me = engine.get("getUserSingleInfo", json!({}));
    let profile = engine.get("updateUserSingleInfo", json!({ "nickname": "Ada", "pfpId": 2 }));
    assert_eq!(profile["u_nd_add"], me["u_nd_add"]);

    let room = engine.get(
        "crateBlock",
        json!({
            "blockName": "Second", "loginPassword": "room password", "isOpenMsg": 1, "messages": ["An update is ready"],
            "exp": 4, "pfp": 1, "pfpUrl": "",
        }),
    );
    let id = room["b_id"].as_str().unwrap();
    assert_eq!(
        engine.get("getBlockNotDefaultAndBlankBlockAndHide", json!({}))[0]["b_id"],
        id
    );
    assert_eq!(
        engine.get("checkPwdUnExist", json!({ "password": "room password" }))["value"],
        1
    );

    let friend = "DgjumZZLvGymHGbGTbwoxF2FMr9HCZ6kUC1bj96CkoUs";
    engine.get(
        "addFriend",
        json!({ "nodeId": friend, "content": "Hello", "remark": "A friend" }),
    );
    assert_eq!(engine.get("getContacts", json!({}))[0]["c_ps"], "A friend");
    let conversation = engine.get(
        "createConversation",
        json!({ "cnd": friend, "cid": friend, "conversationType": 1 }),
    );
    let sent = engine.get(
        "sendTextMessage",
        json!({ "cnd": friend, "cid": friend, "conversationType": 0, "pub": "", "text": "Good morning" }),
    );
    assert_eq!(sent[0]["msg_is_send"], 0);
    let page = json!({ "conversationId": conversation["rs_id"], "startTime": -1, "pageSize": 20, "orderBy": "DESC" });
    assert_eq!(
        engine.get("getMessagesByConversationId", page)[0]["msg_id"],
        sent[0]["msg_id"]
    );
    assert_eq!(
        engine.get("getConversations", json!({}))[0]["msg_cry"],
        r#"{"text":"Good morning"}"#
    );

    let settings = engine.get("updateUserSingleSetting", json!({ "lang": "ja", "newMsgSk": 0 }));
    assert_eq!(engine.get("getUserSingleSetting", json!({})), settings);
    assert_eq!(engine.get("exportLogout", json!({}))["status"], true);
    assert_eq!(engine.ask("getConversations", json!({}))["code"], 20_061);

    assert_eq!(engine.log_in("room password"), -1);
    assert_eq!(engine.get("currentBlock", json!({}))["b_id"], id);
    assert_eq!(engine.get("getConversations", json!({})), json!([]));
    assert_eq!(engine.get("getContacts", json!({})), json!([]));
    engine.get("exportLogout", json!({}));
    assert_eq!(engine.log_in("login password"), -2);
    assert_eq!(engine.get("getConversations", json!({})).as_array().unwrap().len(), 1);
}

#[test]
fn every_example_of_the_document_is_answered_as_the_contract_says() {
    let engine = Engine::start();
    engine.register();
    engine.log_in("login password");
    let mut tried = 0;
    for route in engine
        .contract
        .iter()
        .filter(|route| !ENDING.iter().any(|method| route["method"] == *method))
    {
        engine.send(route, route["request_example"].as_object().unwrap());
        tried += 1;
    }
    assert_eq!(tried + ENDING.len(), 199);
}

#[test]
fn the_examples_that_end_something_are_answered_as_the_contract_says() {
    for method in ENDING {
        let engine = Engine::start();
        engine.register();
        engine.log_in("login password");
        let route = engine.contract.iter().find(|route| route["method"] == *method).unwrap();
        engine.send(route, route["request_example"].as_object().unwrap());
    }
}
