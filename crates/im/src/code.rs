//! The codes that answers carry (list of codes at the end of the document), and what they mean in eight languages.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// A code of the document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

/// Declares the codes; their meaning in English is their documentation and what users read.
macro_rules! codes {
    ($( $number:literal $name:ident $text:literal )+) => {
        impl Code {
            $( #[doc = $text] pub const $name: Self = Self($number); )+

            /// Every code, in the order of the numbers.
            pub const ALL: &[Self] = &[$( Self::$name, )+];
        }

        /// What the codes mean in English.
        const ENGLISH: &[(u16, &str)] = &[$( ($number, $text), )+];
    };
}

codes! {
    200 SUCCESS "Done."
    300 NOT_IMPLEMENTED "There is no such route, or it is not available yet."
    500 FAILURE "That did not work."
    600 PARAMETERS "The request is malformed."
    700 EXCEPTION "Something went wrong inside the program."
    1000 PARAMETER_NULL "A required value is missing."
    1001 PARAMETER_EMPTY_TEXT "A text must not be empty."
    1002 PARAMETER_TYPE "A value has the wrong type."
    1003 PARAMETER_DUPLICATE "A list holds something twice."
    1004 PARAMETER_ENUM "A value is none of those allowed."
    1005 PARAMETER_EMPTY_LIST "A list must not be empty."
    20000 NETWORK "The network cannot be reached. Try again when you are connected."
    20001 MNEMONIC_IMPORT "The recovery words could not be imported."
    20002 MNEMONIC_WRONG "These recovery words are not right."
    20003 CONNECTION_TIMEOUT "The other side did not answer in time."
    20004 RESTORE_USER "Your profile could not be restored."
    20005 UPDATE_USER "Your profile could not be changed."
    20006 RESTORE_CONTACTS "Your contacts could not be restored."
    20007 RESTORE_GROUPS "Your groups could not be restored."
    20008 NOT_REGISTERED "There is no account on this device yet. Create one first."
    20009 NO_DEFAULT_ROOM "The default room is missing."
    20010 PASSWORD_WRONG "Wrong password."
    20011 PASSWORD_WRONG_FIVE "Five wrong passwords. Wait five minutes and try again."
    20012 PASSWORD_WRONG_TEN "Ten wrong passwords. Wait an hour and try again."
    20013 DATABASE_OPERATION "The database refused the operation."
    20014 PASSWORD_EXISTS "This password is taken already."
    20015 DATABASE "The database cannot be used."
    20016 READ_USER "Your profile could not be read."
    20017 QR_EXPIRED "This QR code has expired. Ask for a new one."
    20018 ROOM_NAME "This name cannot be given to a room."
    20019 ROOM_LIMIT "There are as many rooms as there can be."
    20020 ROOM_PASSWORD_TAKEN "This password already opens another room."
    20021 OLD_PASSWORD_WRONG "The old password is wrong."
    20022 ROOM_PASSWORD_LENGTH "A room's password has between 6 and 64 characters."
    20023 ROOM_MISSING "There is no such room."
    20024 ROOM_CONFIG_MISSING "This room has no configuration."
    20025 ROOM_ASSIGNMENT_MISSING "This is not assigned to a room."
    20026 ROOM_ASSIGNMENT_EXISTS "This is already assigned to the room."
    20027 GROUP_IN_OTHER_ROOM "This group is assigned to another room."
    20028 CONTACT_IN_OTHER_ROOM "This contact is assigned to another room."
    20029 ROOM_NOT_DELETABLE "The default and the blank room cannot be deleted."
    20030 ROOM_INIT "The room could not be prepared."
    20031 UPDATE_PASSWORD "The password could not be changed."
    20032 FIELD_MISSING "Something that is needed is missing."
    20033 READ_NETWORK "What the network knows could not be read."
    20034 GROUP_MEMBER_LIMIT "The group cannot have that many members."
    20035 GROUP_MEMBER_NEEDED "Choose at least one member."
    20036 GROUP_NAME "This name cannot be given to a group."
    20037 GROUP_MEMBER_NAME "This name cannot be used in a group."
    20038 GROUP_NOTICE "This text cannot be a group's notice."
    20039 OWNER_CANNOT_LEAVE "The owner cannot leave the group. Hand it over or dissolve it."
    20040 GROUP_NAME_FORM "The group's name is malformed."
    20041 UPDATE_GROUP_DOMAIN "The group's domain name could not be changed."
    20042 NOT_ADMIN "Only administrators may do this."
    20043 GROUP_MISSING "There is no such group."
    20044 ADMIN_LIMIT "The group cannot have that many administrators."
    20045 LIMIT "That is more than allowed."
    20046 APPLICATION_STATE "This application was already answered."
    20047 GROUP_STATE "You are no longer in this group, or it was dissolved."
    20048 NOT_MEMBER "This user is not in the group."
    20049 ALREADY_MEMBER "This user is already in the group."
    20050 GROUP_RESTRICTED "This group takes no new members this way."
    20051 GROUP_APPROVAL "This group wants to approve new members."
    20052 GROUP_TIMEOUT "The group did not answer in time."
    20053 GROUP_SEND "The change could not be sent to the group."
    20054 GROUP_DISSOLVED "The group was dissolved."
    20055 GROUP_STORE "The group could not be stored."
    20056 GROUP_MESSAGE "The group's message could not be made."
    20057 CONTACT_VERSION "The newest contacts could not be read."
    20058 CONTACT_LOOKUP "This user could not be found."
    20059 MESSAGE_SEND "The message could not be sent."
    20060 MESSAGE_CREATE "The message could not be made."
    20061 NOT_LOGGED_IN "Log in first."
    20062 KEY "This key is not valid."
    20063 ALREADY_FRIENDS "You are contacts already."
    20064 NOT_OWNER "Only the group's owner may do this."
    20065 PASSWORD_FORM "A password has between 6 and 64 characters."
    20066 FILE_EMPTY "The file is empty."
    20067 FILE_LARGE "The file is larger than 1 GiB."
    20068 CONVERSATION_CREATE "The conversation could not be begun."
    20069 CALL_RUNNING "A call is under way."
    20070 TEXT_EMPTY "There is no text."
    20071 KEY_CHECK "This cannot be given out or checked."
    20072 MESSAGE_STATE "The message does not allow this any more."
    20073 MESSAGE_ID_MISSING "The message is not named."
    20074 BLOCKED_BY_YOU "You have blocked this user."
    20075 BLOCKED_BY_THEM "This user has blocked you."
    20076 PASSWORD_OF_ROOM "This password already opens a room."
    20077 PASSWORD_OF_LOGIN "This is the login password."
    20078 PASSWORD_OF_WIPE "This is the wipe password."
    20079 NO_CAMERA "The camera may not be used."
    20080 NO_MICROPHONE "The microphone may not be used."
    20081 FILE_DOWNLOAD "The file could not be downloaded."
    20082 FILE_READ "The file could not be read."
    20083 DOMAIN_READ "The domain name could not be read."
    20084 CONTACT_LIMIT "There are as many contacts as there can be."
    20085 CLOUD_FULL "There is not enough space in the cloud storage."
    20086 NOT_GROUP_OWNER "The group belongs to somebody else."
    20087 NO_AUTHORISATION "Ask for authorisation first."
    20088 NO_WIPE_PASSWORD "There is no wipe password."
    20089 OLD_WIPE_PASSWORD_WRONG "The old wipe password is wrong."
    20090 PASSWORD_SAME "The new password is the old one."
    20091 MESSAGE_MISSING "There is no such message."
    20092 OLD_WALLET_PASSWORD_WRONG "The old wallet password is wrong."
    20093 ALREADY_FAVOURITE "This is a favourite already."
    20094 DEVICE_MISSING "There is no such device."
}

/// The languages besides English, as the shell names them, with their texts by number.
const TRANSLATIONS: &[(&str, &str)] = &[
    ("zh-cn", include_str!("codes/zh-cn.json")),
    ("zh-tw", include_str!("codes/zh-tw.json")),
    ("th", include_str!("codes/th.json")),
    ("es", include_str!("codes/es.json")),
    ("ko", include_str!("codes/ko.json")),
    ("ja", include_str!("codes/ja.json")),
    ("ar", include_str!("codes/ar.json")),
];

/// What the codes mean, by language. A file that could not be read would leave its language to English; the tests hold
/// that all of them can be.
static TEXTS: LazyLock<BTreeMap<&'static str, BTreeMap<u16, String>>> = LazyLock::new(|| {
    let read = |&(language, json)| Some((language, serde_json::from_str(json).ok()?));
    TRANSLATIONS.iter().filter_map(read).collect()
});

impl Code {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The code with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.0 == number)
    }

    /// The languages that the codes' meanings are there in.
    pub const LANGUAGES: &[&str] = &["en", "zh-cn", "zh-tw", "th", "es", "ko", "ja", "ar"];

    /// What the code means, for users. In English where there is no text in the language.
    #[must_use]
    pub fn text(self, language: &str) -> &'static str {
        let translated = TEXTS
            .get(language)
            .and_then(|texts| texts.get(&self.0))
            .map(String::as_str);
        let english = || {
            ENGLISH
                .iter()
                .find(|(number, _)| *number == self.0)
                .map_or("", |(_, text)| text)
        };
        translated.unwrap_or_else(english)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.text("en"))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_codes_are_those_of_the_contract() {
        let contract: Vec<u16> = serde_json::from_str(include_str!("../../../tests/contract/im-codes.json")).unwrap();
        let codes: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(codes, contract);
        for number in contract {
            assert_eq!(Code::from_number(number).map(Code::number), Some(number));
        }
        assert_eq!(Code::from_number(201), None);
    }

    #[test]
    fn every_language_has_a_text_of_its_own_for_every_code_and_for_nothing_else() {
        for (language, json) in TRANSLATIONS {
            let texts: BTreeMap<u16, String> = serde_json::from_str(json).unwrap();
            let numbers: Vec<u16> = texts.keys().copied().collect();
            let codes: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
            assert_eq!(numbers, codes, "{language}");
            for code in Code::ALL {
                let text = code.text(language);
                assert!(!text.trim().is_empty(), "{language} {code}");
                assert_ne!(text, code.text("en"), "{language} {code}");
            }
        }
    }

    #[test]
    fn a_language_without_texts_gets_english() {
        assert_eq!(Code::PASSWORD_WRONG.text("tlh"), "Wrong password.");
        assert_eq!(Code::PASSWORD_WRONG.text("zh-cn"), "密码错误。");
        assert_eq!(Code::PASSWORD_WRONG.text("ar"), "كلمة المرور غير صحيحة.");
    }

    #[test]
    fn limits_in_the_texts_are_the_same_in_every_language() {
        let digits = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_ascii_digit())
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        for code in [Code::ROOM_PASSWORD_LENGTH, Code::PASSWORD_FORM, Code::FILE_LARGE] {
            for (language, _) in TRANSLATIONS {
                assert_eq!(
                    digits(code.text(language)),
                    digits(code.text("en")),
                    "{language} {code}"
                );
            }
        }
    }
}
