//! Account and login, by their routes, on a device that can be restarted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use coco_keys::Cost;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::model::conversation;
use crate::store::plans;
use crate::testing::{BEGINNING, address};
use crate::{Answer, Clock, Code, Engine, Event, Label, Options, Table};

pub(crate) const IM: &str = "login password";
pub(crate) const WALLET: &str = "wallet password";
const MINUTE: i64 = 60_000;

/// A device with the program on it, and with a clock that the test winds.
pub(crate) struct Device {
    engine: Option<Engine>,
    time: Arc<AtomicI64>,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

impl Device {
    /// A fresh device.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut device = Self {
            engine: None,
            time: Arc::new(AtomicI64::new(BEGINNING)),
            folder: folder.path().to_owned(),
            _temporary: Some(folder),
        };
        device.restart();
        device
    }

    /// One with an engine and a folder of its own.
    pub(crate) fn of(engine: Engine, folder: &Path) -> Self {
        Self {
            engine: Some(engine),
            time: Arc::default(),
            folder: folder.to_owned(),
            _temporary: None,
        }
    }

    /// One with an account, and nobody in.
    pub(crate) fn registered() -> Self {
        let device = Self::new();
        device.ask("register", json!({ "walletPwd": WALLET, "imPwd": IM, "type": "text" }));
        device
    }

    /// One with somebody in.
    pub(crate) fn entered() -> Self {
        let device = Self::registered();
        assert_eq!(device.enter(IM), Ok(-2));
        device
    }

    pub(crate) fn restart(&mut self) {
        self.engine = None;
        let time = Arc::clone(&self.time);
        let options = Options {
            clock: Clock::from(move || time.load(Ordering::Relaxed)),
            cost: Cost::Cheap,
            ..Options::default()
        };
        self.engine = Some(open(&self.folder, &options));
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub(crate) fn wait(&self, milliseconds: i64) {
        self.time.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn answer(&self, method: &str, body: Value) -> Answer {
        let route = Table::get().iter().find(|route| route.method == method).unwrap();
        let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
        body.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(route.module));
        body.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
        self.engine().answer(&body)
    }

    pub(crate) fn ask(&self, method: &str, body: Value) -> Value {
        let answer = self.answer(method, body);
        assert_eq!(answer.code, 200, "{method}: {}", answer.message);
        answer.data
    }

    pub(crate) fn refused(&self, method: &str, body: Value) -> u16 {
        let answer = self.answer(method, body);
        assert_ne!(answer.code, 200, "{method}: {:?}", answer.data);
        answer.code
    }

    /// Logs in; the value or the code.
    pub(crate) fn enter(&self, password: &str) -> Result<i64, u16> {
        let answer = self.answer("exportLogin", json!({ "password": password }));
        match answer.code {
            200 => Ok(answer.data["value"].as_i64().unwrap()),
            code => Err(code),
        }
    }

    pub(crate) fn set(&self, label: &Label, password: &str) -> Result<(), Code> {
        let session = self.engine().session().unwrap();
        session.passwords().set(label, password).map_err(|failure| failure.code)
    }

    /// Writes a text to somebody, whom a conversation has been begun with.
    pub(crate) fn write(&self, text: &str) {
        let session = self.engine().session().unwrap();
        session
            .write(|write| conversation::ensure(&session, write, &address(9), conversation::SINGLE))
            .unwrap();
        let body = json!({ "cnd": address(9), "cid": address(9), "conversationType": 0, "pub": "", "text": text });
        self.ask("sendTextMessage", body);
    }

    /// How many rows a table has.
    pub(crate) fn rows(&self, table: &str) -> i64 {
        let session = self.engine().session().unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        let rows = session.read(|c| Ok(c.query_row(&sql, [], |row| row.get(0))?)).unwrap();
        plans::forget(&sql);
        rows
    }

    pub(crate) fn words(&self) -> Vec<String> {
        let answer = self.ask("exportMnemonic", json!({ "password": WALLET }));
        let text = answer["mnemonic"].as_str().unwrap();
        text.split(' ').map(str::to_owned).collect()
    }

    fn own_address(&self) -> String {
        self.engine().session().unwrap().user.address.clone()
    }
}

/// Opens an engine where there was one before. Another test that starts a process at this moment lends it the lock of the
/// one before until that process runs.
pub(crate) fn open(folder: &Path, options: &Options) -> Engine {
    loop {
        match Engine::open(folder, options.clone()) {
            Err(failure) if failure.to_string().contains("another engine") => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

#[test]
fn an_account_begins_is_entered_and_left() {
    let mut device = Device::new();
    assert_eq!(
        device.ask("init", json!({})),
        json!({ "account": false, "anonymous": false })
    );
    assert_eq!(device.refused("exportLogin", json!({ "password": IM })), 20008);
    assert_eq!(device.refused("exportLogin", json!({})), 20008);
    let body = json!({ "walletPwd": WALLET, "imPwd": IM, "type": "text" });
    assert_eq!(device.ask("register", body.clone()), json!([]));
    assert_eq!(device.refused("exportIsSettingWallet", json!({})), 20061);
    assert_eq!(device.refused("exportLogout", json!({})), 20061);
    let before = std::fs::read(device.file("safe.json")).unwrap();
    assert_eq!(device.refused("register", body), 500);
    assert!(std::fs::read(device.file("safe.json")).unwrap() == before);

    let mut events = device.engine().listen();
    assert_eq!(device.enter(IM), Ok(-2));
    assert!(matches!(events.take().events.as_slice(), [Event::LoggedIn { room }] if room == "1"));
    assert_eq!(device.words().len(), 12);
    assert_eq!(device.ask("exportIsAnonLogin", json!({})), json!({ "status": false }));
    assert_eq!(
        device.ask("exportIsSettingWallet", json!({})),
        json!({ "status": true })
    );
    assert_eq!(device.refused("exportWalletPwd", json!({})), 20071);
    assert_eq!(device.ask("exportGetBackUp", json!({})), json!({ "value": 0 }));
    assert_eq!(
        device.ask("switchFastLogin", json!({ "isOpen": true })),
        json!({ "status": true })
    );
    assert_eq!(device.rows("account WHERE fast_login = 1"), 1);
    let address = device.own_address();

    let stale = device.engine().session().unwrap();
    assert_eq!(device.ask("exportLogout", json!({})), json!({ "status": true }));
    assert!(matches!(events.take().events.as_slice(), [Event::LoggedOut {}]));
    assert_eq!(device.refused("exportIsAnonLogin", json!({})), 20061);
    assert_eq!(stale.read(|_| Ok(())).unwrap_err().code, Code::NOT_LOGGED_IN);
    assert!(!device.file("im.db-wal").exists());

    device.restart();
    assert_eq!(
        device.ask("init", json!({})),
        json!({ "account": true, "anonymous": false })
    );
    assert_eq!(device.enter(IM), Ok(-2));
    assert_eq!(device.own_address(), address);
    assert_eq!(device.ask("appInfo", json!({}))["upgrade"], false);
}

#[test]
fn passwords_have_six_to_sixty_four_characters() {
    let device = Device::new();
    let register = |wallet: &str, password: &str| {
        device
            .answer(
                "register",
                json!({ "walletPwd": wallet, "imPwd": password, "type": "text" }),
            )
            .code
    };
    let long = "é".repeat(65);
    assert_eq!(register(WALLET, "12345"), 20065);
    assert_eq!(register(WALLET, &long), 20065);
    assert_eq!(register("12345", IM), 20065);
    assert_eq!(device.refused("register", json!({ "imPwd": IM, "type": "song" })), 1004);
    assert!(!device.file("safe.json").exists() && !device.file("im.db").exists());
    assert_eq!(register("123456", &"é".repeat(64)), 200);
    assert_eq!(device.enter(&"é".repeat(64)), Ok(-2));
    let change = |password: &str| {
        device
            .answer("exportChangeImPwd", json!({ "imPwd": password, "type": "text" }))
            .code
    };
    assert_eq!(change(&long), 20065);
}

#[test]
fn an_anonymous_account_needs_no_password_until_it_has_one() {
    let mut device = Device::new();
    device.ask("register", json!({ "type": "text" }));
    device.restart();
    assert_eq!(
        device.ask("init", json!({})),
        json!({ "account": true, "anonymous": true })
    );
    assert_eq!(device.enter("not a password"), Err(20010));
    assert_eq!(device.ask("exportLogin", json!({}))["value"], -2);
    assert_eq!(device.ask("exportIsAnonLogin", json!({})), json!({ "status": true }));
    assert_eq!(device.ask("checkHasTextPwd", json!({})), json!({ "status": false }));
    assert_eq!(
        device.ask("exportIsSettingWallet", json!({})),
        json!({ "status": false })
    );
    let key = std::fs::read(device.file("device.key")).unwrap();
    device.ask("exportChangeImPwd", json!({ "imPwd": IM, "type": "text" }));
    assert_eq!(device.ask("exportIsAnonLogin", json!({})), json!({ "status": false }));
    assert!(!device.file("device.key").exists());
    assert_eq!(device.refused("exportLogin", json!({})), 20010);
    assert_eq!(device.enter(IM), Ok(-2));
    // As if the program had ended before the key was removed.
    std::fs::write(device.file("device.key"), key).unwrap();
    assert_eq!(device.refused("exportLogin", json!({})), 20010);
    assert_eq!(device.enter(IM), Ok(-2));
    assert!(!device.file("device.key").exists());
}

#[test]
fn each_password_opens_its_room() {
    let device = Device::entered();
    device.set(&Label::Room("2".to_owned()), "blank room").unwrap();
    device.set(&Label::Wipe, "wipe password").unwrap();
    assert_eq!(
        device.set(&Label::Room("7".to_owned()), IM),
        Err(Code::PASSWORD_OF_LOGIN)
    );
    assert_eq!(device.set(&Label::Wipe, "blank room"), Err(Code::PASSWORD_OF_ROOM));
    assert_eq!(device.set(&Label::Login, "wipe password"), Err(Code::PASSWORD_OF_WIPE));
    device.set(&Label::Room("7".to_owned()), "seventh room").unwrap();
    // A password of a room that is not there opens nothing.
    assert_eq!(device.enter("seventh room"), Err(20010));
    assert_eq!(device.enter("blank room"), Ok(0));
    assert_eq!(device.engine().session().unwrap().room, "2");
    assert_eq!(
        device.refused("exportChangeImPwd", json!({ "imPwd": "another one", "type": "text" })),
        20031
    );
    assert_eq!(device.enter(IM), Ok(-2));
    let change = |password: &str| {
        device
            .answer("exportChangeImPwd", json!({ "imPwd": password, "type": "text" }))
            .code
    };
    assert_eq!(change("blank room"), 20076);
    assert_eq!(change("wipe password"), 20078);
    assert_eq!(change(IM), 20090);
    assert_eq!(change("another one"), 200);
    assert_eq!(device.enter(IM), Err(20010));
    assert_eq!(device.enter("another one"), Ok(-2));
}

#[test]
fn wiping_destroys_what_was_written_and_nothing_else() {
    let mut device = Device::entered();
    device.write("a secret");
    device.ask(
        "setMachineNote",
        json!({ "machineId": device.engine().machine().unwrap(), "note": "my note" }),
    );
    device.set(&Label::Wipe, "wipe password").unwrap();
    std::fs::create_dir(device.file("files")).unwrap();
    std::fs::write(device.file("files/picture"), "a picture").unwrap();
    let words = device.words();
    let address = device.own_address();
    let old = std::fs::read(device.file("im.db")).unwrap();

    assert_eq!(device.enter("wipe password"), Ok(-3));
    for table in ["message", "conversation", "favourite", "outbox"] {
        assert_eq!(device.rows(table), 0, "{table}");
    }
    assert_eq!(device.ask("getDeviceNote", json!({})), json!({ "value": "my note" }));
    assert_eq!(device.own_address(), address);
    assert_eq!(device.words(), words);
    assert!(!device.file("files").exists());
    let new = std::fs::read(device.file("im.db")).unwrap();
    assert_ne!(new[..16], old[..16]);
    device.write("something new");
    device.restart();
    for name in ["im.db.gone", "im.db.new", "files.gone", "commit"] {
        assert!(!device.file(name).exists(), "{name}");
    }
    assert_eq!(device.enter(IM), Ok(-2));
    assert_eq!(device.rows("message"), 1);
    // With its beginning overwritten, no password opens the old database any more.
    device.ask("exportLogout", json!({}));
    std::fs::write(device.file("im.db"), [&[0; 16], &old[16..]].concat()).unwrap();
    assert_eq!(device.enter(IM), Err(20015));
}

#[test]
fn five_wrong_passwords_lock_the_door_for_right_ones_too() {
    let mut device = Device::registered();
    let wrong = |device: &Device, count: usize| -> Vec<_> { (0..count).map(|_| device.enter("a wrong one")).collect() };
    assert_eq!(wrong(&device, 4), [Err(20010); 4]);
    assert_eq!(device.enter(IM), Ok(-2));
    assert_eq!(wrong(&device, 2), [Err(20010); 2]);
    device.restart();
    assert_eq!(wrong(&device, 3), [Err(20010), Err(20010), Err(20011)]);
    assert_eq!(device.enter(IM), Err(20011));
    device.wait(4 * MINUTE);
    device.restart();
    assert_eq!(device.enter(IM), Err(20011));
    device.wait(-60 * MINUTE);
    assert_eq!(device.enter(IM), Err(20011));
    device.wait(MINUTE);
    assert_eq!(
        wrong(&device, 5),
        [Err(20010), Err(20010), Err(20010), Err(20010), Err(20012)]
    );
    device.wait(59 * MINUTE);
    assert_eq!(device.enter(IM), Err(20012));
    device.wait(MINUTE);
    assert_eq!(device.enter(IM), Ok(-2));
    // Wrong wallet passwords count as well.
    let export = || device.refused("exportMnemonic", json!({ "password": "a wrong one" }));
    assert_eq!(
        [export(), export(), export(), export(), export()],
        [20010, 20010, 20010, 20010, 20011]
    );
    assert_eq!(device.refused("exportMnemonic", json!({ "password": WALLET })), 20011);
}

#[test]
fn the_words_are_given_in_any_list_for_the_wallet_password() {
    let device = Device::entered();
    let export = |password: &str, language: &str| {
        device.answer("exportMnemonic", json!({ "password": password, "lang": language }))
    };
    assert_eq!(export(IM, "en").code, 20010);
    let english = export(WALLET, "en").data["mnemonic"].clone();
    let japanese = export(WALLET, "ja").data["mnemonic"].clone();
    assert_ne!(english, japanese);
    assert_eq!(export(WALLET, "xx").code, 1004);
    let change = |new: &str, old: &str| {
        device
            .answer("exportChangeWalletPwd", json!({ "newPwd": new, "oldWallet": old }))
            .code
    };
    assert_eq!(change("new wallet password", "a wrong one"), 20092);
    assert_eq!(change("short", WALLET), 20065);
    assert_eq!(change(WALLET, WALLET), 20090);
    assert_eq!(change("new wallet password", WALLET), 200);
    assert_eq!(export(WALLET, "en").code, 20010);
    assert_eq!(export("new wallet password", "en").data["mnemonic"], english);
}

#[test]
fn without_a_wallet_password_the_login_password_counts() {
    let device = Device::new();
    device.ask("register", json!({ "imPwd": IM, "type": "text" }));
    assert_eq!(device.enter(IM), Ok(-2));
    device.ask("exportMnemonic", json!({ "password": IM }));
    device.ask("exportChangeWalletPwd", json!({ "newPwd": IM, "oldWallet": IM }));
    assert_eq!(
        device.ask("exportIsSettingWallet", json!({})),
        json!({ "status": true })
    );
}

/// The three steps, with a new password; the code of the last.
fn by_words(device: &Device, words: &[String], update: bool, password: &str) -> u16 {
    let way = device.ask(
        "exportMnemonicSelectByP2pV2",
        json!({ "mnemonic": words, "isUpdateIm": update }),
    );
    assert_eq!(way, json!({ "value": 0 }));
    let info = device.ask(
        "mnemonicSelectByP2p",
        json!({ "mnemonic": words, "isUpdateIm": update }),
    );
    let body = json!({ "loginInfo": info.to_string(), "isUpdateIm": update, "type": "text", "password": password });
    device.answer("mnemonicLoginByLoginInfo", body).code
}

#[test]
fn whoever_has_the_words_sets_a_new_password_and_loses_nothing() {
    let mut device = Device::entered();
    device.write("hello");
    let words = device.words();
    device.set(&Label::Wipe, "wipe password").unwrap();
    device.restart();
    for _ in 0..5 {
        let _ = device.enter("a wrong one");
    }
    assert_eq!(by_words(&device, &words, true, "wipe password"), 20078);
    assert_eq!(by_words(&device, &words, true, "short"), 20065);
    assert_eq!(by_words(&device, &words, true, "a new password"), 200);
    assert_eq!(device.rows("message"), 1);
    assert_eq!(device.enter(IM), Err(20010));
    assert_eq!(device.enter("a new password"), Ok(-2));
    let info = device.ask("mnemonicSelectByP2p", json!({ "mnemonic": words, "isUpdateIm": true }));
    assert_eq!(info["isSetWallet"], true);
    assert_eq!(info["walletImPwd"].as_str().unwrap().len(), 64);
    device.write("the session goes on");

    let other = Device::entered().words();
    let choose = |words: &Value| {
        device
            .answer(
                "exportMnemonicSelectByP2pV2",
                json!({ "mnemonic": words, "isUpdateIm": true }),
            )
            .code
    };
    assert_eq!(choose(&json!(other)), 20002);
    assert_eq!(choose(&json!(["cycle", "custom"])), 20002);
    assert_eq!(choose(&json!(vec!["zoo".repeat(100); 100])), 20002);
    assert_eq!(choose(&json!([])), 1005);
}

#[test]
fn words_bring_an_account_to_another_device_and_replace_what_was_there_only_at_the_end() {
    let mut home = Device::entered();
    let (words, address) = (home.words(), home.own_address());
    let away = Device::entered();
    away.write("goes with the account that was here");
    let early = json!({ "mnemonic": words });
    assert_eq!(away.ask("exportMnemonicSelectByP2pV2", early), json!({ "value": 0 }));
    assert_eq!(away.ask("loginByMn", json!({}))["backUp"], 1);
    assert_eq!(away.rows("message"), 1);
    assert_eq!(by_words(&away, &words, false, "short"), 20065);
    assert_eq!(away.enter(IM), Ok(-2));
    assert_eq!(by_words(&away, &words, false, "away from home"), 200);
    assert_eq!(away.own_address(), address);
    assert_eq!(away.rows("message"), 0);
    assert_eq!(away.enter(IM), Err(20010));
    assert_eq!(away.enter("away from home"), Ok(-2));
    assert_eq!(away.ask("exportGetBackUp", json!({})), json!({ "value": 1 }));

    let fresh = Device::new();
    assert_eq!(fresh.refused("loginByMn", json!({})), 20001);
    assert_eq!(by_words(&fresh, &words, false, IM), 200);
    assert_eq!(fresh.own_address(), address);

    // A safe that nothing opens any more is kept, and the words still bring the account back.
    home.restart();
    std::fs::write(home.file("safe.json"), "{").unwrap();
    assert_eq!(home.enter(IM), Err(20015));
    assert_eq!(home.refused("register", json!({ "type": "text" })), 500);
    assert_eq!(std::fs::read(home.file("safe.json")).unwrap(), b"{");
    assert_eq!(by_words(&home, &words, false, IM), 200);
    assert_eq!(std::fs::read(home.file("safe.json.damaged-1")).unwrap(), b"{");
    assert!(home.file("im.db.damaged-1").exists());
    assert_eq!(home.own_address(), address);
}

#[test]
fn a_damaged_database_is_kept_and_a_copy_of_it_is_taken_back() {
    let device = Device::entered();
    device.write("hello");
    device.ask("exportLogout", json!({}));
    let whole = std::fs::read(device.file("im.db")).unwrap();
    let mut damaged = whole.clone();
    damaged[200] ^= 1;
    std::fs::write(device.file("im.db"), &damaged).unwrap();
    let answer = device.answer("exportLogin", json!({ "password": IM }));
    assert_eq!(answer.code, 20015);
    assert!(answer.message.contains("im.db.damaged-1"), "{}", answer.message);
    assert!(std::fs::read(device.file("im.db.damaged-1")).unwrap() == damaged);
    assert_eq!(device.enter(IM), Err(20015));
    std::fs::write(device.file("im.db"), b"short").unwrap();
    assert_eq!(device.enter(IM), Err(20015));
    assert_eq!(std::fs::read(device.file("im.db.damaged-2")).unwrap(), b"short");
    std::fs::write(device.file("im.db"), &whole).unwrap();
    assert_eq!(device.enter(IM), Ok(-2));
    assert_eq!(device.rows("message"), 1);
}

#[test]
fn a_later_programs_database_is_refused_and_left_alone() {
    let device = Device::entered();
    let session = device.engine().session().unwrap();
    session
        .write(|write| Ok(write.pragma_update(None, "user_version", 9_999)?))
        .unwrap();
    device.ask("exportLogout", json!({}));
    let before = std::fs::read(device.file("im.db")).unwrap();
    assert_eq!(device.enter(IM), Err(20015));
    assert!(std::fs::read(device.file("im.db")).unwrap() == before);
}

#[test]
fn a_destroyed_account_leaves_a_fresh_device() {
    let device = Device::entered();
    let machine = device.engine().machine().unwrap();
    device.engine().destroy_account().unwrap();
    assert_eq!(device.engine().destroy_account().unwrap_err().code, Code::NOT_LOGGED_IN);
    for name in ["safe.json", "im.db", "im.db-wal", "attempts.json", "device.key"] {
        assert!(!device.file(name).exists(), "{name}");
    }
    assert_eq!(device.enter(IM), Err(20008));
    device.ask("register", json!({ "imPwd": IM, "type": "text" }));
    assert_eq!(device.enter(IM), Ok(-2));
    assert_eq!(device.engine().machine().unwrap(), machine);
}

#[test]
fn no_statement_reads_a_whole_table() {
    let device = Device::entered();
    device.ask("exportChangeImPwd", json!({ "imPwd": "another one", "type": "text" }));
    device.ask("switchFastLogin", json!({ "isOpen": false }));
    device.ask("getLocalAllMachine", json!({}));
    device.ask(
        "setPrimaryMachine",
        json!({ "machineId": device.engine().machine().unwrap() }),
    );
    let session = device.engine().session().unwrap();
    plans::hold(&plans::taken(), session.store());
}
