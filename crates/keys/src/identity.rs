//! A person, unlocked.

use std::fmt;

pub use bip39::Language as WordList;
use bip39::Mnemonic;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::account::AppAccount;
use crate::secret::{Node, random};
use crate::{Address, KeysError};

/// Bytes of entropy in a new identity: twelve words.
const NEW_ENTROPY: usize = 16;
/// Most words a mnemonic has.
const MOST_WORDS: usize = 24;
/// Longest word that is looked at, in bytes; no list has one half as long.
const WORD_LIMIT: usize = 128;

/// A person, unlocked: the entropy behind their mnemonic. Everything of theirs is derived from it.
///
/// The identity is the entropy, not the words. The same entropy can be written in any BIP-39 [`WordList`], and keys
/// derive from its English form, so a person restored from a mnemonic in another language has the same accounts.
///
/// Wiped when dropped; its `Debug` output says nothing.
pub struct Identity {
    entropy: Zeroizing<Vec<u8>>,
}

impl Identity {
    /// A new person, with 128 bits of entropy (12 words).
    ///
    /// # Errors
    /// [`KeysError::Random`] if the system has no random bytes to give.
    pub fn generate() -> Result<Self, KeysError> {
        let mut entropy = Zeroizing::new(vec![0; NEW_ENTROPY]);
        random(&mut entropy)?;
        Ok(Self { entropy })
    }

    /// Restores a person from 12, 15, 18, 21 or 24 words of any BIP-39 list. Case, the kind and the number of blanks and
    /// the Unicode normalisation do not matter.
    ///
    /// # Errors
    /// [`KeysError::MnemonicLength`], [`KeysError::MnemonicWord`] or [`KeysError::MnemonicChecksum`], by the list that
    /// fits best.
    pub fn from_mnemonic(text: &str) -> Result<Self, KeysError> {
        // Reserved in full, since growing would leave a copy behind.
        let mut normalized = Zeroizing::new(String::with_capacity(MOST_WORDS * WORD_LIMIT));
        let mut count = 0;
        for word in text.split_whitespace() {
            count += 1;
            if count > MOST_WORDS {
                continue;
            }
            if word.len() > WORD_LIMIT {
                return Err(KeysError::MnemonicWord(count));
            }
            normalized.extend(word.nfkd().flat_map(char::to_lowercase));
            normalized.push(' ');
        }
        if count > MOST_WORDS {
            return Err(KeysError::MnemonicLength(count));
        }

        let mut closest = KeysError::MnemonicWord(1);
        for &list in WordList::ALL {
            match Mnemonic::parse_in_normalized(list, &normalized) {
                Ok(mnemonic) => {
                    return Ok(Self {
                        entropy: Zeroizing::new(mnemonic.to_entropy()),
                    });
                }
                Err(bip39::Error::BadWordCount(count)) => {
                    return Err(KeysError::MnemonicLength(count));
                }
                Err(bip39::Error::UnknownWord(index)) => {
                    if matches!(closest, KeysError::MnemonicWord(best) if best <= index) {
                        closest = KeysError::MnemonicWord(index + 1);
                    }
                }
                Err(_) => closest = KeysError::MnemonicChecksum,
            }
        }
        Err(closest)
    }

    /// Restores a person from [`Identity::entropy`]; `None` if the number of bytes is not one that BIP-39 knows.
    #[must_use]
    pub fn from_entropy(entropy: Zeroizing<Vec<u8>>) -> Option<Self> {
        matches!(entropy.len(), 16 | 20 | 24 | 28 | 32).then_some(Self { entropy })
    }

    /// The bytes behind the mnemonic, to be kept encrypted: 16, 20, 24, 28 or 32; wiped when dropped.
    #[must_use]
    pub fn entropy(&self) -> Zeroizing<Vec<u8>> {
        self.entropy.clone()
    }

    /// The mnemonic in English, words separated by single blanks; wiped when dropped.
    #[must_use]
    pub fn mnemonic(&self) -> Zeroizing<String> {
        self.mnemonic_in(WordList::English)
    }

    /// The mnemonic in the words of a list; wiped when dropped. [`Identity::from_mnemonic`] reads them all.
    #[must_use]
    pub fn mnemonic_in(&self, list: WordList) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(MOST_WORDS * WORD_LIMIT));
        // Cannot fail: the length was checked when the identity was made.
        if let Ok(mnemonic) = Mnemonic::from_entropy_in(list, &self.entropy) {
            for word in mnemonic.words() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
        text
    }

    /// The person's account in an app. The same app and generation always give the same account; a new generation, as
    /// after an app was away for long, gives one that cannot be linked to the old.
    ///
    /// Takes a few milliseconds.
    ///
    /// # Errors
    /// [`KeysError::Derivation`], with a probability of about 2⁻¹²⁷.
    pub fn app_account(&self, app: &Address, generation: u32) -> Result<AppAccount, KeysError> {
        AppAccount::derive(&Node::master(&*self.seed()?)?, app, generation)
    }

    /// The BIP-39 seed of the English mnemonic without a passphrase.
    pub(crate) fn seed(&self) -> Result<Zeroizing<[u8; 64]>, KeysError> {
        let mnemonic = Mnemonic::from_entropy(&self.entropy).map_err(|_| KeysError::Derivation)?;
        Ok(Zeroizing::new(mnemonic.to_seed_normalized("")))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use bitcoin::hex::{DisplayHex as _, FromHex as _};
    use proptest::prelude::*;

    use super::*;

    /// Entropy and mnemonic: the official vectors of BIP-39, one for each length of them and both extremes.
    const VECTORS: [(&str, &str); 6] = [
        (
            "00000000000000000000000000000000",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        ),
        (
            "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
            "legal winner thank year wave sausage worth useful legal winner thank yellow",
        ),
        (
            "ffffffffffffffffffffffffffffffff",
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
        ),
        (
            "9e885d952ad362caeb4efe34a8e91bd2",
            "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
        ),
        (
            "6610b25967cdcca9d59875f5cb50b0ea75433311869e930b",
            "gravity machine north sort system female filter attitude volume fold club stay feature office ecology stable narrow fog",
        ),
        (
            "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
            "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold",
        ),
    ];

    fn from_hex(hex: &str) -> Identity {
        Identity::from_entropy(Zeroizing::new(Vec::from_hex(hex).unwrap())).unwrap()
    }

    #[test]
    fn agrees_with_the_vectors_of_bip_39() {
        for (entropy, words) in VECTORS {
            assert_eq!(*from_hex(entropy).mnemonic(), words);
            let restored = Identity::from_mnemonic(words).unwrap();
            assert_eq!(restored.entropy().to_lower_hex_string(), entropy);
        }
    }

    #[test]
    fn accounts_do_not_depend_on_the_language_of_the_words() {
        let person = from_hex(VECTORS[3].0);
        let japanese = person.mnemonic_in(WordList::Japanese);
        let restored = Identity::from_mnemonic(&japanese).unwrap();
        let app = Address::from_hash160([1; 20]);
        assert_eq!(
            restored.app_account(&app, 0).unwrap().address(),
            person.app_account(&app, 0).unwrap().address()
        );
    }

    #[test]
    fn a_new_person_has_twelve_english_words_of_their_own() {
        let (one, two) = (Identity::generate().unwrap(), Identity::generate().unwrap());
        assert_eq!(one.mnemonic().split(' ').count(), 12);
        assert_ne!(*one.mnemonic(), *two.mnemonic());
    }

    #[test]
    fn spelling_does_not_matter() {
        let (entropy, words) = VECTORS[3];
        let shouted = format!("\t {}\r\n", words.to_uppercase().replace(' ', "  \n"));
        let wide = words.replace(' ', "\u{3000}");
        for text in [shouted, wide] {
            let person = Identity::from_mnemonic(&text).unwrap();
            assert_eq!(person.entropy().to_lower_hex_string(), entropy);
        }
        // Composed and decomposed accents are the same word.
        let person = from_hex(entropy);
        let spanish: String = person.mnemonic_in(WordList::Spanish).nfc().collect();
        assert_eq!(Identity::from_mnemonic(&spanish).unwrap().entropy(), person.entropy());
    }

    #[test]
    fn words_shared_by_two_chinese_lists_stand_for_the_same_number() {
        // Most characters are in both lists: only this makes reading them without naming the list safe.
        let simplified = WordList::SimplifiedChinese;
        let traditional = WordList::TraditionalChinese;
        let shared: Vec<_> = simplified
            .word_list()
            .iter()
            .filter_map(|word| Some((simplified.find_word(word)?, traditional.find_word(word)?)))
            .collect();
        assert!(shared.len() > 1_000);
        assert!(shared.iter().all(|(one, other)| one == other));
    }

    #[test]
    fn every_word_of_every_list_is_far_below_the_limit() {
        let words = WordList::ALL.iter().flat_map(|list| list.word_list());
        // Korean syllables, taken apart into their letters, are the longest.
        assert!(words.map(|word| word.len()).max().unwrap() <= WORD_LIMIT / 2);
    }

    #[test]
    fn says_what_is_wrong_with_a_mnemonic() {
        let words = VECTORS[3].1;
        let refusal = |text: &str| Identity::from_mnemonic(text).unwrap_err();
        assert!(matches!(refusal(""), KeysError::MnemonicLength(0)));
        assert!(matches!(refusal("ozone drill"), KeysError::MnemonicLength(2)));
        assert!(matches!(
            refusal(&format!("{words} zoo")),
            KeysError::MnemonicLength(13)
        ));
        assert!(matches!(
            refusal(&words.replace("curtain", "curtian")),
            KeysError::MnemonicWord(5)
        ));
        assert!(matches!(
            refusal(&words.replace("ozone drill", "drill ozone")),
            KeysError::MnemonicChecksum
        ));
        assert!(matches!(
            refusal(&"的 ".repeat(12)),
            KeysError::MnemonicChecksum | KeysError::MnemonicWord(_)
        ));
        assert!(matches!(
            refusal(&"zoo ".repeat(1_000_000)),
            KeysError::MnemonicLength(1_000_000)
        ));
        assert!(matches!(
            refusal(&words.replace("drill", &"drill".repeat(1_000_000))),
            KeysError::MnemonicWord(2)
        ));
    }

    #[test]
    fn debug_and_errors_say_nothing() {
        let words = VECTORS[3].1.replace("curtain", "hunter2");
        let error = Identity::from_mnemonic(&words).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert_eq!(format!("{:?}", from_hex(VECTORS[0].0)), "Identity { .. }");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_list_and_length_leads_back(bytes: [u8; 32], length in 4_usize..=8, list in 0..WordList::ALL.len()) {
            let entropy = bytes[..4 * length].to_vec();
            let person = Identity::from_entropy(Zeroizing::new(entropy.clone())).unwrap();
            let text = person.mnemonic_in(WordList::ALL[list]);
            let restored = Identity::from_mnemonic(&text).unwrap();
            prop_assert_eq!(&*restored.entropy(), &entropy);
        }

        #[test]
        fn hostile_text_never_panics(text in "\\PC{0,200}") {
            let _ = Identity::from_mnemonic(&text);
        }
    }
}
