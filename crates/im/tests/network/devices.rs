//! Several devices of one account, by their routes.

use coco_im::Event;
use serde_json::{Value, json};

use super::groups::{chosen, node};
use super::people::{PASSWORD, Person, WALLET, befriend, until};

/// The type of a message that was taken back.
const RECALLED: i64 = 16;

/// Calls a route in the background, since its answer waits for somebody else.
async fn meanwhile<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// The version of the backup that a node keeps for somebody.
fn backed_up(node: &std::path::Path, person: &Person) -> Option<i64> {
    let user = coco_keys::user_address_bytes(&person.address).unwrap();
    let kept = rusqlite::Connection::open(node.join("node.db")).unwrap();
    kept.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    let mut asked = kept.prepare("SELECT version FROM backup WHERE user = ?1").unwrap();
    asked.query_row([user], |row| row.get(0)).ok()
}

/// Lets a device into somebody's account by its code.
pub(crate) async fn let_in(primary: &Person, device: &mut Person) {
    device.ask("authLogin", "initAuth", json!({}));
    device.ask("authLogin", "connectTempP2p", json!({ "isAwait": true }));
    let code = device.ask("authLogin", "getQrCodeInfo", json!({}));
    device.ask("authLogin", "requestAuthorize", json!({}));
    authorise(primary, &code["content"]).await;
    until("the device is in", || device.engine.session().is_ok()).await;
    device.address = device.own_address();
}

/// Says yes to a device. It may take a moment until it can be found.
async fn authorise(primary: &Person, applicant: &Value) {
    until("the primary device reaches the other", || {
        let (code, data) = primary.call("authLogin", "authorize", json!({ "mLoginQrCode": applicant }));
        assert!(code == 200 || code == 20000, "{code}: {data}");
        code == 200
    })
    .await;
}

fn words(person: &Person) -> Value {
    person.ask("login", "exportMnemonic", json!({ "password": WALLET }))["mnemonic"].clone()
}

pub(crate) fn devices(person: &Person) -> Vec<Value> {
    let list = person.ask("authLogin", "getLocalAllMachine", json!({}));
    list.as_array().unwrap().clone()
}

fn own_texts(person: &Person, with: &str) -> Vec<String> {
    let own = person
        .messages(with)
        .into_iter()
        .filter(|message| message["msg_source"] == 0);
    own.filter_map(|message| {
        let body: Value = serde_json::from_str(message["msg_cry"].as_str()?).ok()?;
        Some(body["text"].as_str()?.to_owned())
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_let_in_by_its_code_and_what_is_done_on_one_appears_on_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Some(folder.path());
    let (anna, bert) = (Person::new("Anna", shared, &[]), Person::new("Bert", shared, &[]));
    befriend(&anna, &bert).await;
    anna.ask(
        "contact",
        "updateRemake",
        json!({ "nodeId": bert.address, "remake": "B." }),
    );
    anna.say(&bert.address, "before");

    let mut tablet = Person::nobody(shared, &[]);
    let_in(&anna, &mut tablet).await;
    assert_eq!(tablet.address, anna.address);
    until("the contact is on the tablet", || {
        tablet.contact_state(&bert.address) == 2
    })
    .await;
    until("the profile is on the tablet", || {
        tablet.ask("user", "getUserSingleInfo", json!({}))["u_nick"] == "Anna"
    })
    .await;
    assert_eq!(devices(&anna).len(), 2);
    until("the tablet knows both devices", || devices(&tablet).len() == 2).await;
    assert_eq!(
        tablet.ask("authLogin", "checkIsPrimaryDevice", json!({})),
        json!({ "status": false })
    );
    assert_eq!(
        tablet.call("login", "exportMnemonic", json!({ "password": WALLET })).0,
        20010
    );

    // What is written on one device is an own message on the other, and both get the answer.
    let on_laptop = anna.say(&bert.address, "from the laptop");
    until("the tablet has it", || {
        own_texts(&tablet, &bert.address).contains(&"from the laptop".to_owned())
    })
    .await;
    tablet.say(&bert.address, "from the tablet");
    until("the laptop has it", || {
        own_texts(&anna, &bert.address).contains(&"from the tablet".to_owned())
    })
    .await;
    until("Bert has both", || {
        bert.heard(&anna.address) == ["before", "from the laptop", "from the tablet"]
    })
    .await;
    let answer = bert.say(&anna.address, "to both");
    for device in [&anna, &tablet] {
        until("the answer is on both", || device.heard(&bert.address) == ["to both"]).await;
    }

    // Read on one, read on the other.
    let read = json!({
        "conversationId": bert.address, "cid": bert.address, "conversationType": 1, "messageIds": [answer], "pub": "",
        "isRetry": false,
    });
    tablet.ask("chat", "sendMessageAckByIds", read);
    until("it is read on the laptop", || {
        anna.message(&bert.address, &answer)["msg_state"] == 2
    })
    .await;
    until("Bert knows it", || {
        bert.message(&anna.address, &answer)["msg_state"] == 2
    })
    .await;

    // Recalled and deleted on one, gone on the other.
    let recall = json!({
        "conversationId": bert.address, "cid": bert.address, "conversationType": 1, "messageId": on_laptop, "pub": "",
    });
    tablet.ask("chat", "recallMessageById", recall);
    for person in [&anna, &tablet] {
        until("it is recalled", || {
            person.message(&bert.address, &on_laptop)["msg_type"] == RECALLED
        })
        .await;
    }
    until("it is recalled at Bert's", || {
        bert.message(&anna.address, &on_laptop)["msg_type"] == RECALLED
    })
    .await;
    anna.ask("chat", "deleteMessagesByIds", json!({ "messageIds": [answer] }));
    until("it is gone from the tablet", || {
        tablet.message(&bert.address, &answer).is_null()
    })
    .await;

    // Settings, both ways.
    tablet.ask(
        "contact",
        "updateRemake",
        json!({ "nodeId": bert.address, "remake": "Bertie" }),
    );
    until("the remark is on the laptop", || {
        let contact = anna.ask("contact", "getContacts", json!({ "blockId": "1" }));
        contact[0]["c_ps"] == "Bertie"
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_device_is_logged_out_and_hears_and_says_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path()).await;
    let nodes = [ticket];
    let (anna, bert) = (Person::new("Anna", None, &nodes), Person::new("Bert", None, &nodes));
    befriend(&anna, &bert).await;
    let mut tablet = Person::nobody(None, &nodes);
    let_in(&anna, &mut tablet).await;
    until("the contact is on the tablet", || {
        tablet.contact_state(&bert.address) == 2
    })
    .await;
    until("the tablet has a node", || {
        tablet.ask("user", "connectionState", json!({}))["value"] == 1
    })
    .await;
    let group = anna.ask(
        "group",
        "createGroup",
        json!({ "groupName": "We", "itemList": [chosen(&bert)] }),
    );
    let group = group["g_id"].as_str().unwrap_or_else(|| panic!("{group}")).to_owned();
    let in_group = |person: &Person| {
        let groups = person.ask("group", "getAllGroups", json!({}));
        groups.as_array().unwrap().iter().any(|known| known["g_id"] == *group)
    };
    until("the group is on the tablet", || in_group(&tablet)).await;
    until("the group is Bert's", || in_group(&bert)).await;
    tablet.say(&group, "hello all");
    until("Bert hears the tablet in the group", || {
        bert.heard(&group) == ["hello all"]
    })
    .await;

    let machine = tablet.engine.session().unwrap();
    let machine = devices(&tablet)
        .into_iter()
        .find(|device| device["devType"] == 3)
        .map(|device| (machine, device));
    let (session, machine) = machine.unwrap();
    assert_eq!(
        tablet
            .call(
                "authLogin",
                "deleteMachine",
                json!({ "machineId": devices(&anna)[0]["machineId"] })
            )
            .0,
        20087
    );
    anna.ask(
        "authLogin",
        "deleteMachine",
        json!({ "machineId": machine["machineId"] }),
    );
    until("the tablet is logged out", || tablet.engine.session().is_err()).await;
    drop(session);
    assert_eq!(devices(&anna).len(), 1);

    anna.say(&bert.address, "without the tablet");
    until("Bert hears it", || bert.heard(&anna.address) == ["without the tablet"]).await;
    bert.say(&anna.address, "for you alone");
    until("Anna hears it", || anna.heard(&bert.address) == ["for you alone"]).await;
    // The tablet can be entered, and shows what it had; nothing goes out and nothing comes in.
    tablet.ask("login", "exportLogin", json!({ "loginType": "text" }));
    assert_eq!(tablet.ask("user", "connectionState", json!({}))["value"], 2);
    let (code, _) = tablet.call(
        "chat",
        "sendTextMessage",
        json!({ "cnd": bert.address, "cid": bert.address, "conversationType": 0, "pub": "", "text": "I am still here" }),
    );
    assert_eq!(code, 200);
    anna.say(&bert.address, "last");
    until("Bert hears only Anna", || {
        bert.heard(&anna.address) == ["without the tablet", "last"]
    })
    .await;
    assert!(tablet.heard(&bert.address).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recovery_words_lead_to_the_primary_device_and_bring_everything_back_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let (_node, ticket) = node(folder.path()).await;
    let nodes = [ticket];
    let (mut anna, bert) = (Person::new("Anna", None, &nodes), Person::new("Bert", None, &nodes));
    befriend(&anna, &bert).await;
    let words = words(&anna);
    let words: Vec<&str> = words.as_str().unwrap().split(' ').collect();
    let first = json!({ "mnemonic": words, "isUpdateIm": false, "isResetPrimary": false, "isOnlySetPrimary": false });
    until("Anna has a node", || {
        anna.ask("user", "connectionState", json!({}))["value"] == 1
    })
    .await;

    // With the primary device there, it has to agree.
    let mut tablet = Person::nobody(None, &nodes);
    assert_eq!(
        tablet.ask("login", "exportMnemonicSelectByP2pV2", first.clone())["value"],
        1
    );
    assert_eq!(
        tablet.ask("authLogin", "getLogInAgainTypeInMobile", json!({}))["value"],
        2
    );
    let second = json!({ "mnemonic": words, "isUpdateIm": false, "isLogin": true });
    let info = tablet.ask("login", "mnemonicSelectByP2p", second.clone());
    let third = json!({ "loginInfo": info.to_string(), "isUpdateIm": false, "isLogin": true, "type": "text", "password": "A third horse" });
    assert_eq!(tablet.call("login", "mnemonicLoginByLoginInfo", third.clone()).0, 20087);
    let mut events = anna.engine.listen();
    tablet.ask("authLogin", "reqAuthByMn", json!({}));
    let asked = std::cell::RefCell::new(None);
    let heard = std::cell::RefCell::new(&mut events);
    until("Anna is asked", || {
        for event in heard.borrow_mut().take().events {
            if let Event::AuthorisationRequested { applicant } = event {
                *asked.borrow_mut() = Some(serde_json::to_value(applicant).unwrap());
            }
        }
        asked.borrow().is_some()
    })
    .await;
    let applicant = asked.take().unwrap();
    assert_eq!(applicant["la"], json!(anna.address));
    authorise(&anna, &applicant).await;
    until("the tablet is in", || tablet.engine.session().is_ok()).await;
    tablet.ask("login", "mnemonicLoginByLoginInfo", third);
    tablet.ask(
        "login",
        "exportLogin",
        json!({ "password": "A third horse", "loginType": "text" }),
    );
    until("the contact is on the tablet", || {
        tablet.contact_state(&bert.address) == 2
    })
    .await;
    tablet.address = tablet.own_address();

    // Without it, the words alone: the account is as it was.
    let group = anna.ask(
        "group",
        "createGroup",
        json!({ "groupName": "We", "itemList": [chosen(&bert)] }),
    );
    let group = group["g_id"].as_str().unwrap().to_owned();
    // What the node keeps is older than all of this, until she is there anew.
    let older = backed_up(folder.path(), &anna);
    anna.restart();
    anna.enter();
    until("the node keeps it all", || backed_up(folder.path(), &anna) > older).await;
    let address = anna.address.clone();
    meanwhile(move || drop(anna)).await;
    let mut phone = Person::nobody(None, &nodes);
    assert_eq!(phone.ask("login", "exportMnemonicSelectByP2pV2", first)["value"], 2);
    let reset = json!({ "mnemonic": words, "isUpdateIm": false, "isResetPrimary": true, "isOnlySetPrimary": false });
    assert_eq!(phone.ask("login", "exportMnemonicSelectByP2pV2", reset)["value"], 0);
    let info = phone.ask("login", "mnemonicSelectByP2p", second);
    assert_eq!(info["isSetWallet"], true);
    let third = json!({ "loginInfo": info.to_string(), "isUpdateIm": false, "isLogin": true, "type": "text", "password": PASSWORD });
    phone.ask("login", "mnemonicLoginByLoginInfo", third);
    phone.address = phone.own_address();
    assert_eq!(phone.address, address);
    assert_eq!(phone.contact_state(&bert.address), 2);
    assert_eq!(phone.ask("user", "getUserSingleInfo", json!({}))["u_nick"], "Anna");
    assert_eq!(
        phone.ask("authLogin", "checkIsPrimaryDevice", json!({})),
        json!({ "status": true })
    );
    let groups = phone.ask("group", "getAllGroups", json!({}));
    assert_eq!(groups[0]["g_id"], json!(group));
    phone.say(&bert.address, "a new phone");
    until("Bert hears it", || bert.heard(&phone.address) == ["a new phone"]).await;
    bert.say(&phone.address, "welcome back");
    until("the phone hears it", || phone.heard(&bert.address) == ["welcome back"]).await;
    phone.say(&group, "in the group");
    until("Bert hears it in the group", || bert.heard(&group) == ["in the group"]).await;
    until("the tablet is still one of them", || {
        tablet.heard(&bert.address) == ["welcome back"]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_primary_device_hands_over() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Some(folder.path());
    let anna = Person::new("Anna", shared, &[]);
    let mut tablet = Person::nobody(shared, &[]);
    let_in(&anna, &mut tablet).await;
    let machine = devices(&anna)
        .into_iter()
        .find(|device| device["devType"] == 3)
        .unwrap();
    anna.ask(
        "authLogin",
        "setPrimaryMachine",
        json!({ "machineId": machine["machineId"] }),
    );
    let is_primary = |person: &Person| person.ask("authLogin", "checkIsPrimaryDevice", json!({}))["status"] == true;
    until("the tablet is the primary one", || {
        is_primary(&tablet) && !is_primary(&anna)
    })
    .await;
    until("the words are with it alone", || {
        anna.call("login", "exportMnemonic", json!({ "password": WALLET })).0 == 20087
    })
    .await;
    // It lets others in now, and can take one offline.
    let mut phone = Person::nobody(shared, &[]);
    let_in(&tablet, &mut phone).await;
    until("all know all", || {
        [&anna, &tablet, &phone].iter().all(|person| devices(person).len() == 3)
    })
    .await;
    let second = devices(&tablet)
        .into_iter()
        .find(|device| device["machineId"] != machine["machineId"])
        .unwrap();
    tablet.ask(
        "authLogin",
        "offlineMachine",
        json!({ "machineId": second["machineId"] }),
    );
    until("one of them is logged out", || {
        anna.engine.session().is_err() || phone.engine.session().is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_lets_a_device_in_whose_code_they_have_not_seen() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Some(folder.path());
    let mallory = Person::new("Mallory", shared, &[]);
    let tablet = Person::nobody(shared, &[]);
    tablet.ask("authLogin", "connectTempP2p", json!({ "isAwait": true }));
    let code = tablet.ask("authLogin", "getQrCodeInfo", json!({}));
    // The key alone can be learned from who is nearby.
    let mut guessed = code["content"].clone();
    guessed["mId"] = json!("lin0000000000000000_temp");
    for _ in 0..20 {
        let (code, _) = mallory.call("authLogin", "authorize", json!({ "mLoginQrCode": guessed }));
        assert_eq!(code, 20000);
    }
    assert!(tablet.engine.session().is_err());
    assert_eq!(devices(&mallory).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_and_what_it_says_is_on_all_devices_of_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let shared = Some(folder.path());
    let anna = Person::new("Anna", shared, &[]);
    let mut tablet = Person::nobody(shared, &[]);
    let_in(&anna, &mut tablet).await;
    let parrot = tempfile::tempdir().unwrap();
    let yaml = "bot: {id: parrot, name: Parrot, welcome: hello, fallback: repeat}\n\
                answers: {hello: [{text: Kraa}], repeat: [{text: '{{ said }}, {{ said }}'}]}\n";
    std::fs::write(parrot.path().join("bot.yaml"), yaml).unwrap();
    let url = format!("file://{}", parrot.path().display());
    anna.ask("contact", "addFriend", json!({ "nodeId": url, "content": "-" }));
    let list = anna.ask("contact", "getContacts", json!({}));
    let bot = list[0]["c_nd_add"].as_str().unwrap();
    let theirs = |person: &Person| -> Vec<String> {
        let said = person
            .messages(bot)
            .into_iter()
            .filter(|message| message["msg_source"] == 1);
        said.map(|message| message["msg_cry"].to_string()).collect()
    };
    until("the greeting is on the tablet", || {
        theirs(&tablet).iter().any(|said| said.contains("Kraa"))
    })
    .await;
    assert_eq!(tablet.contact_state(bot), 2);

    anna.say(bot, "hello");
    until("the answer is on both", || {
        [&anna, &tablet]
            .iter()
            .all(|device| theirs(device).iter().any(|said| said.contains("hello, hello")))
    })
    .await;
    assert_eq!(own_texts(&tablet, bot), ["hello"]);
    tablet.say(bot, "from here");
    until("the tablet's answer is on both", || {
        [&anna, &tablet]
            .iter()
            .all(|device| theirs(device).iter().any(|said| said.contains("from here, from here")))
    })
    .await;
    tablet.ask("contact", "deleteFriend", json!({ "nodeId": bot }));
    until("the bot is gone from both", || {
        let list = anna.ask("contact", "getContacts", json!({}));
        list.as_array().unwrap().is_empty()
    })
    .await;
}
