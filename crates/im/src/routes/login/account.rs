//! The account's secrets and what is known of it.

use coco_keys::{PasswordCheck, WordList};

use super::LoginMeans;
use super::mnemonic::Backup;
use crate::engine::account::{Member, forget_device_key};
use crate::engine::passwords::{Label, is_well_formed};
use crate::model::{account, room};
use crate::table::route_table;
use crate::wire::{Empty, Secret, Status, Text, Word, choice, record};
use crate::{Code, Engine, Failure, Outcome};

route_table! { Login;
    /// Whether the account is entered without a password.
    "8.3" exportIsAnonLogin(Empty) -> Status, Member = is_anonymous;
    /// The recovery words, for whoever knows the wallet password, or the login password if there is none. 20010 if it is
    /// wrong, 1004 for an unknown language.
    "8.4" exportMnemonic(MnemonicExport) -> Mnemonic, Member = export_mnemonic;
    /// Changes the wallet password, or sets the first one for whoever knows the login password. 20092 if the old one is
    /// wrong, 20090 if the new one is the old one, 20065 for its length.
    "8.5" exportChangeWalletPwd(WalletPasswordChange) -> Status, Member = change_wallet_password;
    /// Whether there is a wallet password.
    "8.6" exportIsSettingWallet(Empty) -> Status, Member = has_wallet_password;
    /// The wallet password is kept in no form that it could be given back in: always 20071.
    "8.7" exportWalletPwd(Empty) -> Word, Member = export_wallet_password;
    /// Changes the login password; an anonymous account then has one. Only in the default room, else 20031. 20065 for
    /// its length, 20090 if it is the old one, 20076 or 20078 if it is a room's or the wipe's.
    "8.9" exportChangeImPwd(PasswordChange) -> Status, Member = change_password;
    /// The version of the program. Updates come with the program that the engine is in.
    "8.10" appInfo(Empty) -> AppInfo, Engine = app_info;
    /// Whether the recovery words were backed up.
    "8.11" exportGetBackUp(Empty) -> BackupState, Member = backup_state;
    /// Turns fast login on or off.
    "8.12" switchFastLogin(FastLogin) -> Status, Member = switch_fast_login;
}

record! {
    /// Which recovery words are wanted (8.4).
    pub struct MnemonicExport {
        /// Language of the words; `en` by default.
        language "lang": Option<String>,
        /// The wallet password, or the login password if there is none.
        password: Secret,
    }

    /// The recovery words (8.4).
    pub struct Mnemonic {
        /// Twelve words with blanks between them.
        mnemonic: Secret,
    }

    /// A change of the wallet password (8.5).
    pub struct WalletPasswordChange {
        /// The new one, 6 to 64 characters.
        new "newPwd": Secret,
        /// The old one, or the login password if there is none.
        old "oldWallet": Secret,
    }

    /// A change of the login password (8.9).
    pub struct PasswordChange {
        /// The new one, 6 to 64 characters.
        password "imPwd": Secret,
        /// How the user logs in from now on.
        means "type": LoginMeans,
    }

    /// The version of the program (8.10).
    pub struct AppInfo {
        /// The newest version that is known.
        version: Text,
        /// Size of an update, empty if there is none.
        size: String,
        /// 1 development, 2 test, 3 for everybody.
        environment "env": Environment,
        /// 1 Android, 2 iOS, 3 computer.
        platform: Platform,
        /// Where the update is, empty if there is none.
        url "urlUpgrade": String,
        /// What is new, in simplified Chinese.
        news_zh "upgradeContextZH": Vec<String>,
        /// What is new, in traditional Chinese.
        news_zh_tw "upgradeContextZHTW": Vec<String>,
        /// What is new, in English.
        news_en "upgradeContextCN": Vec<String>,
        /// Whether there is an update.
        upgrade: bool,
        /// Whether the program can no longer be used without it.
        forced "forceUpgrade": bool,
        /// 1 by the hash of a file, 2 in the browser.
        mode "updateMode": UpdateMode,
    }

    /// Whether the recovery words were backed up (8.11).
    pub struct BackupState {
        /// 0 not, 1 backed up, 2 ignored.
        value: Backup,
    }

    /// Whether fast login is wanted (8.12).
    pub struct FastLogin {
        /// True for on.
        on "isOpen": bool,
    }
}

choice! {
    /// For whom a program was built: 1 development, 2 test, 3 everybody.
    pub enum Environment: i64 {
        /// Those who write it.
        Development = 1,
        /// Those who try it.
        Test = 2,
        /// Everybody.
        Production = 3,
    }
}

choice! {
    /// Platform of a device: 1 Android, 2 iOS, 3 computer.
    pub enum Platform: i64 {
        /// Android.
        Android = 1,
        /// iOS.
        Ios = 2,
        /// A computer.
        Computer = 3,
    }
}

choice! {
    /// How an update is fetched: 1 by the hash of a file, 2 in the browser.
    pub enum UpdateMode: i64 {
        /// By the hash of a file.
        File = 1,
        /// In the browser.
        Browser = 2,
    }
}

fn is_anonymous(member: &Member, _: Empty) -> Outcome<Status> {
    let status = member
        .session
        .read(|connection| Ok(account::load(connection)?.anonymous))?;
    Ok(Status { status })
}

/// The BIP-39 list of a language, by the tags that settings use.
fn word_list(language: &str) -> Option<WordList> {
    Some(match language.to_ascii_lowercase().replace('_', "-").as_str() {
        "" | "en" => WordList::English,
        "zh" | "zh-cn" | "zh-hans" => WordList::SimplifiedChinese,
        "zh-tw" | "zh-hk" | "zh-hant" => WordList::TraditionalChinese,
        "ja" => WordList::Japanese,
        "ko" => WordList::Korean,
        "es" => WordList::Spanish,
        "fr" => WordList::French,
        "it" => WordList::Italian,
        "cs" => WordList::Czech,
        "pt" => WordList::Portuguese,
        _ => return None,
    })
}

fn export_mnemonic(member: &Member, request: MnemonicExport) -> Outcome<Mnemonic> {
    let list = word_list(request.language.as_deref().unwrap_or_default())
        .ok_or_else(|| Failure::with(Code::PARAMETER_ENUM, "lang"))?;
    if !member.is_wallet_password(request.password.reveal())? {
        return Err(Code::PASSWORD_WRONG.into());
    }
    let account = member.session.read(account::load)?;
    let words = account.identity()?.mnemonic_in(list);
    Ok(Mnemonic {
        mnemonic: Secret::new(&words),
    })
}

fn change_wallet_password(member: &Member, request: WalletPasswordChange) -> Outcome<Status> {
    let (session, new) = (&member.session, request.new.reveal());
    if !is_well_formed(new) {
        return Err(Code::PASSWORD_FORM.into());
    }
    if !member.is_wallet_password(request.old.reveal())? {
        return Err(Code::OLD_WALLET_PASSWORD_WRONG.into());
    }
    let has_one = session.read(|connection| Ok(!account::load(connection)?.wallet_check.is_empty()))?;
    if has_one && new == request.old.reveal() {
        return Err(Code::PASSWORD_SAME.into());
    }
    let check = PasswordCheck::new(new, member.engine.options().cost)
        .map_err(|error| Failure::with(Code::UPDATE_PASSWORD, error.to_string()))?;
    session.write(|write| account::set_wallet_check(write, &check, session.now()))?;
    Ok(Status { status: true })
}

fn has_wallet_password(member: &Member, _: Empty) -> Outcome<Status> {
    let check = member
        .session
        .read(|connection| Ok(account::load(connection)?.wallet_check))?;
    Ok(Status {
        status: !check.is_empty(),
    })
}

fn export_wallet_password(_: &Member, _: Empty) -> Outcome<Word> {
    Err(Code::KEY_CHECK.into())
}

/// Whoever came in by a room's password must not get to the default room by this: there is no old password to ask for.
fn change_password(member: &Member, request: PasswordChange) -> Outcome<Status> {
    let (session, password) = (&member.session, request.password.reveal());
    if !is_well_formed(password) {
        return Err(Code::PASSWORD_FORM.into());
    }
    if session.room != room::DEFAULT {
        return Err(Code::UPDATE_PASSWORD.into());
    }
    match session.passwords().owner_of(password)? {
        None => session.passwords().set(&Label::Login, password)?,
        Some(Label::Login) => return Err(Code::PASSWORD_SAME.into()),
        Some(other) => return Err(other.taken().into()),
    }
    forget_device_key(&member.engine.files(), session)?;
    Ok(Status { status: true })
}

fn app_info(_: &Engine, _: Empty) -> Outcome<AppInfo> {
    Ok(AppInfo {
        version: Text(env!("CARGO_PKG_VERSION").to_owned()),
        size: String::new(),
        environment: if cfg!(debug_assertions) {
            Environment::Development
        } else {
            Environment::Production
        },
        platform: Platform::Computer,
        url: String::new(),
        news_zh: Vec::new(),
        news_zh_tw: Vec::new(),
        news_en: Vec::new(),
        upgrade: false,
        forced: false,
        mode: UpdateMode::Browser,
    })
}

fn backup_state(member: &Member, _: Empty) -> Outcome<BackupState> {
    let backup = member
        .session
        .read(|connection| Ok(account::load(connection)?.backup))?;
    Ok(BackupState {
        value: Backup::try_from(backup).unwrap_or(Backup::No),
    })
}

fn switch_fast_login(member: &Member, request: FastLogin) -> Outcome<Status> {
    let session = &member.session;
    session.write(|write| account::set_fast_login(write, request.on, session.now()))?;
    Ok(Status { status: true })
}
