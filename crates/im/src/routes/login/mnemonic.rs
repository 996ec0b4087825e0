//! Logging in by recovery words, in three steps (im.md 4).
//!
//! Nothing on this device changes before the third. The first asks the network for the account's devices: where there is a
//! primary one, that has to let this one in, unless this device is to take its place. Without a network, or if nobody knows the
//! account, the way is the direct one. The second fetches the account's backup.

use coco_keys::{BackupKeys, Identity, UserKeys};
use zeroize::Zeroizing;

use super::LoginMeans;
use super::enter::given;
use crate::engine::account::Door;
use crate::engine::passwords::Label;
use crate::model::account;
use crate::net::AccountBackup;
use crate::table::route_table;
use crate::wire::{Empty, Filled, Json, Nothing, Secret, Text, choice, record};
use crate::{Code, Engine, Failure, Outcome};

/// Most bytes of words that are looked at.
const LONGEST: usize = 4_096;

route_table! { Login;
    /// Step 1 of logging in by recovery words: finds out which way the account needs. 20002 if the words are not right,
    /// or not those of the account on this device where that is asked for.
    "2.2" exportMnemonicSelectByP2pV2(MnemonicChoice) -> MnemonicWay, Engine = choose;
    /// Step 2: what is known of how the account is logged in to. The passwords in it are opaque.
    "2.3" mnemonicSelectByP2p(MnemonicLookup) -> LoginInfo, Engine = look_up;
    /// Step 3: sets the login password, and enters. 20001 if the steps before were left out, 20087 if the primary device has to
    /// let this one in and has not.
    "2.4" mnemonicLoginByLoginInfo(MnemonicLogin) -> Nothing, Engine = enter;
    /// Step 2 for an account without a primary device; goes on with the words of step 1.
    "2.5" loginByMn(Empty) -> LoginInfo, Engine = look_up_again;
}

record! {
    /// Recovery words, and what they are for (2.2).
    pub struct MnemonicChoice {
        /// The words, in any language.
        words "mnemonic": Filled<Secret>,
        /// Only check them against the account on this device, to set a new login password; false by default.
        update_password "isUpdateIm": Option<bool>,
        /// Whether this device is to become the primary one; false by default.
        reset_primary "isResetPrimary": Option<bool>,
        /// Whether that alone is to happen, without anything on this device being replaced; false by default.
        only_set_primary "isOnlySetPrimary": Option<bool>,
    }

    /// Which way a login goes (2.2).
    pub struct MnemonicWay {
        /// 0 directly, 1 the primary device authorises, 2 the primary device scans a code.
        value: Way,
    }

    /// Recovery words again (2.3).
    pub struct MnemonicLookup {
        /// The words, in any language.
        words "mnemonic": Filled<Secret>,
        /// Only check them against the account on this device, to set a new login password; false by default.
        update_password "isUpdateIm": Option<bool>,
        /// Whether the user logs in; true by default.
        is_login "isLogin": Option<bool>,
    }

    /// How an account is logged in to (2.3). Nothing in it can be turned back into a password.
    pub struct LoginInfo {
        /// Token of the wallet password, empty if there is none or it is not known here.
        wallet: String,
        /// Token of the login password, empty if it is not known here.
        password "walletImPwd": String,
        /// Id of this device.
        uuid: Text,
        /// The means of logging in.
        means "loginPwd": LoginPasswords,
        /// Whether the account is entered without a password.
        anonymous "isAnonLogin": bool,
        /// Whether there is a wallet password.
        has_wallet_password "isSetWallet": bool,
        /// The same as `wallet`.
        old_wallet "oldWallet": String,
        /// Whether the recovery words were backed up.
        backup "backUp": Backup,
    }

    /// Means of logging in; each is a token, empty if it is not used.
    pub struct LoginPasswords {
        /// Which one is used: 0 face, 1 finger, 2 voice, 3 gesture, 4 text.
        current "curType": Means,
        /// The text.
        text "editText": String,
        /// The gesture.
        gesture: String,
        /// The finger.
        fingerprint: String,
        /// The face.
        face: String,
        /// The voice.
        voice: String,
    }

    /// The end of a login by recovery words (2.4).
    pub struct MnemonicLogin {
        /// What step 2 answered.
        info "loginInfo": Json<LoginInfo>,
        /// Only set a new login password; nothing on this device is lost. False by default: everything on this device
        /// is replaced.
        update_password "isUpdateIm": Option<bool>,
        /// Whether the user logs in; true by default.
        is_login "isLogin": Option<bool>,
        /// How the user logs in from now on.
        means "type": LoginMeans,
        /// The new login password, 6 to 64 characters. Without one the account is anonymous on this device.
        password: Option<Secret>,
    }
}

choice! {
    /// Which way a login goes: 0 directly, 1 the primary device authorises, 2 the primary device scans a code.
    pub enum Way: i64 {
        /// Directly.
        Direct = 0,
        /// The primary device authorises.
        Authorise = 1,
        /// The primary device scans a code.
        Scan = 2,
    }
}

choice! {
    /// A means of logging in: 0 face, 1 finger, 2 voice, 3 gesture, 4 text.
    pub enum Means: i64 {
        /// The face.
        Face = 0,
        /// A finger.
        Fingerprint = 1,
        /// The voice.
        Voice = 2,
        /// A pattern that is drawn.
        Gesture = 3,
        /// A text.
        Text = 4,
    }
}

choice! {
    /// Whether the recovery words were backed up: 0 not, 1 backed up, 2 ignored.
    pub enum Backup: i64 {
        /// Not.
        No = 0,
        /// They are on paper, or wherever the user wrote them down.
        Yes = 1,
        /// The user does not want to be reminded.
        Ignored = 2,
    }
}

/// The person of some words.
fn identity(words: &Filled<Secret>) -> Outcome<Identity> {
    let length: usize = words.0.iter().map(|word| word.reveal().len() + 1).sum();
    if length > LONGEST {
        return Err(Code::MNEMONIC_WRONG.into());
    }
    let mut text = Zeroizing::new(String::with_capacity(length));
    for word in &words.0 {
        text.push_str(word.reveal());
        text.push(' ');
    }
    Identity::from_mnemonic(&text).map_err(|error| Failure::with(Code::MNEMONIC_WRONG, error.to_string()))
}

fn choose(engine: &Engine, request: MnemonicChoice) -> Outcome<MnemonicWay> {
    let mut door = engine.door();
    let identity = identity(&request.words)?;
    if [request.update_password, request.only_set_primary].contains(&Some(true)) {
        engine.recognise(&identity)?;
    }
    let local = [request.update_password, request.only_set_primary].contains(&Some(true));
    let way = if local {
        Way::Direct
    } else {
        way(engine, &mut door, &identity, request.reset_primary == Some(true))?
    };
    door.arriving = Some(identity);
    door.way = Some(way);
    Ok(MnemonicWay { value: way })
}

/// Asks the network which way the account needs.
fn way(engine: &Engine, door: &mut Door, identity: &Identity, resets: bool) -> Outcome<Way> {
    (door.list, door.backup) = (None, None);
    let Some(arrival) = engine.arrive(door)? else {
        return Ok(Way::Direct);
    };
    let keys = UserKeys::of(identity).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    // Nobody needs to find this device before it asks to be let in.
    let Some((list, signed)) = arrival.find(&keys.public_key()) else {
        return Ok(Way::Direct);
    };
    door.list = Some(signed);
    let machine = engine.machine()?;
    let own = list
        .devices
        .iter()
        .any(|entry| entry.primary && entry.machine == machine);
    if resets || own {
        return Ok(Way::Direct);
    }
    Ok(match arrival.reaches_primary(&list) {
        None => Way::Direct,
        Some(true) => Way::Authorise,
        Some(false) => Way::Scan,
    })
}

fn look_up(engine: &Engine, request: MnemonicLookup) -> Outcome<LoginInfo> {
    let mut door = engine.door();
    let identity = identity(&request.words)?;
    let info = if request.update_password == Some(true) {
        known(engine, &identity)?
    } else {
        fetch(engine, &mut door, &identity)?;
        unknown(engine, &door)?
    };
    door.arriving = Some(identity);
    Ok(info)
}

/// Fetches the account's backup, if there is one.
fn fetch(engine: &Engine, door: &mut Door, identity: &Identity) -> Outcome<()> {
    let Some(arrival) = engine.arrive(door)? else {
        return Ok(());
    };
    let keys = BackupKeys::of(identity).map_err(|error| Failure::with(Code::EXCEPTION, error.to_string()))?;
    let list = door.list.as_ref().and_then(|signed| signed.open().ok());
    let found = arrival.backup(list.as_ref(), &keys);
    door.backup = found.and_then(|text| AccountBackup::read(&text));
    Ok(())
}

fn look_up_again(engine: &Engine, _: Empty) -> Outcome<LoginInfo> {
    let mut door = engine.door();
    arriving(&mut door)?;
    if let Some(identity) = door.arriving.take() {
        let fetched = fetch(engine, &mut door, &identity);
        door.arriving = Some(identity);
        fetched?;
    }
    unknown(engine, &door)
}

/// Who goes through the steps.
fn arriving(door: &mut Door) -> Outcome<&Identity> {
    door.arriving
        .as_ref()
        .ok_or_else(|| Failure::with(Code::MNEMONIC_IMPORT, "give the recovery words first"))
}

/// What this device knows of its own account.
fn known(engine: &Engine, identity: &Identity) -> Outcome<LoginInfo> {
    let key = engine.recognise(identity)?;
    let token = engine.passwords_with(key.clone()).token(&Label::Login)?;
    let store = engine.open_database(&key)?;
    let account = store.read(account::load);
    store.close();
    let account = account?;
    let wallet = account.wallet_token(&key)?;
    Ok(LoginInfo {
        means: LoginPasswords {
            text: token.clone(),
            ..no_passwords()
        },
        password: token,
        uuid: Text(engine.machine()?),
        anonymous: account.anonymous,
        has_wallet_password: !wallet.is_empty(),
        old_wallet: wallet.clone(),
        wallet,
        backup: Backup::try_from(account.backup).unwrap_or(Backup::No),
    })
}

/// What is known of an account that this device is to have from now on: whoever has the words wrote them down.
fn unknown(engine: &Engine, door: &Door) -> Outcome<LoginInfo> {
    Ok(LoginInfo {
        wallet: String::new(),
        password: String::new(),
        uuid: Text(engine.machine()?),
        means: no_passwords(),
        anonymous: false,
        has_wallet_password: door.backup.as_ref().is_some_and(|backup| backup.has_wallet_password),
        old_wallet: String::new(),
        backup: Backup::Yes,
    })
}

fn no_passwords() -> LoginPasswords {
    LoginPasswords {
        current: Means::Text,
        text: String::new(),
        gesture: String::new(),
        fingerprint: String::new(),
        face: String::new(),
        voice: String::new(),
    }
}

fn enter(engine: &Engine, request: MnemonicLogin) -> Outcome<Nothing> {
    let mut door = engine.door();
    let password = given(request.password.as_ref());
    arriving(&mut door)?;
    let Some(identity) = door.arriving.take() else {
        return Err(Code::MNEMONIC_IMPORT.into());
    };
    let admitted = engine.session().is_ok_and(|session| {
        let own = account::user(&identity).is_ok_and(|user| user.address == session.user.address);
        own && door.way != Some(Way::Direct)
    });
    let outcome = match (request.update_password, door.way) {
        (Some(true), _) => match password {
            Some(password) => engine.restore(&identity, password),
            None => Err(Code::PASSWORD_FORM.into()),
        },
        // The primary device let this one in; all that is left is a password.
        _ if admitted => password.map_or(Ok(()), |password| engine.restore(&identity, password)),
        (_, Some(Way::Authorise | Way::Scan)) => Err(Code::NO_AUTHORISATION.into()),
        _ => engine.begin_anew(&mut door, &identity, password),
    };
    if outcome.is_err() {
        // The user may try again with another password.
        door.arriving = Some(identity);
    }
    outcome.map(|()| Nothing)
}
