use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

/// A text as an author writes it: one, several to choose from, or either by language.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) at: Location,
    by_language: BTreeMap<String, Vec<String>>,
}

/// The key of texts for all languages.
const ANY: &str = "";

/// Whether something has to be rendered.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

impl Words {
    /// The text in a language, or in the one that comes nearest. `seed` chooses among several.
    pub(crate) fn choose(&self, language: &str, seed: u64) -> &str {
        let near = |own: &&String| own.split('-').next() == language.split('-').next();
        let texts = self
            .by_language
            .get(language)
            .or_else(|| self.by_language.get(ANY))
            .or_else(|| {
                let own = self.by_language.keys().find(near)?;
                self.by_language.get(own)
            })
            .or_else(|| self.by_language.get("en"))
            .or_else(|| self.by_language.values().next());
        let texts = texts.map(Vec::as_slice).unwrap_or_default();
        let count = texts.len().max(1) as u64;
        let chosen = usize::try_from(seed % count).unwrap_or_default();
        texts.get(chosen).map(String::as_str).unwrap_or_default()
    }

    /// All texts.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.by_language.values().flatten().map(String::as_str)
    }

    /// The languages that it is written in; none if it is for all.
    pub(crate) fn languages(&self) -> impl Iterator<Item = &str> {
        self.by_language.keys().map(String::as_str).filter(|key| *key != ANY)
    }
}

/// One or several.
struct Several(Vec<String>);

/// What words may be.
struct Form;

type ByLanguage = BTreeMap<String, Vec<String>>;

impl<'de> Visitor<'de> for Form {
    type Value = ByLanguage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list of texts to choose from, or texts by language")
    }

    fn visit_str<E>(self, text: &str) -> Result<ByLanguage, E> {
        Ok(BTreeMap::from([(ANY.to_owned(), vec![text.to_owned()])]))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<ByLanguage, E> {
        self.visit_string(number.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<ByLanguage, E> {
        self.visit_string(number.to_string())
    }

    fn visit_string<E>(self, text: String) -> Result<ByLanguage, E> {
        Ok(BTreeMap::from([(ANY.to_owned(), vec![text])]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<ByLanguage, A::Error> {
        let texts = SeveralForm.visit_seq(sequence)?;
        Ok(BTreeMap::from([(ANY.to_owned(), texts.0)]))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByLanguage, A::Error> {
        let mut all = BTreeMap::new();
        while let Some((language, texts)) = map.next_entry::<String, Several>()? {
            all.insert(language, texts.0);
        }
        if all.is_empty() {
            return Err(A::Error::custom("a text by language needs at least one language"));
        }
        Ok(all)
    }
}

struct SeveralForm;

impl<'de> Visitor<'de> for SeveralForm {
    type Value = Several;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts to choose from")
    }

    fn visit_str<E>(self, text: &str) -> Result<Several, E> {
        Ok(Several(vec![text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Several, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = sequence.next_element()? {
            texts.push(text);
        }
        if texts.is_empty() {
            return Err(A::Error::custom("a list of texts to choose from needs at least one"));
        }
        Ok(Several(texts))
    }
}

impl<'de> Deserialize<'de> for Several {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralForm)
    }
}

/// Words without their place.
struct Plain(ByLanguage);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form).map(Self)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Plain>::deserialize(deserializer)?;
        Ok(Self {
            at: spanned.referenced,
            by_language: spanned.value.0,
        })
    }
}
