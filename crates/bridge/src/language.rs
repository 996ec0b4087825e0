//! The languages of the shell, as `getLanguage` names them.

use serde::{Deserialize, Serialize};

/// A language of the shell (bridge 3, `getLanguage`). Serialises as the code that travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-cn")]
    SimplifiedChinese,
    /// Traditional Chinese.
    #[serde(rename = "zh-tw")]
    TraditionalChinese,
    /// Thai.
    #[serde(rename = "th")]
    Thai,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Korean.
    #[serde(rename = "ko")]
    Korean,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
}

impl Language {
    /// Every language there is.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::SimplifiedChinese,
        Self::TraditionalChinese,
        Self::Thai,
        Self::Spanish,
        Self::Korean,
        Self::Japanese,
        Self::Arabic,
    ];

    /// The language that fits a locale name such as `zh_HK.UTF-8`, `es-419` or `C`; English if none does.
    pub fn from_locale(locale: &str) -> Self {
        let tag = locale
            .split(['.', '@'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace('_', "-");
        let mut parts = tag.split('-');
        match parts.next().unwrap_or_default() {
            "zh" if parts.any(|part| matches!(part, "tw" | "hk" | "mo" | "hant")) => Self::TraditionalChinese,
            "zh" => Self::SimplifiedChinese,
            "th" => Self::Thai,
            "es" => Self::Spanish,
            "ko" => Self::Korean,
            "ja" => Self::Japanese,
            "ar" => Self::Arabic,
            _ => Self::English,
        }
    }

    /// The language of this process's environment, by the order that POSIX gives its variables.
    pub fn from_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .map_or(Self::English, |locale| Self::from_locale(&locale))
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn locales_map_to_the_nearest_language() {
        for (locale, language) in [
            ("zh_HK.UTF-8", Language::TraditionalChinese),
            ("zh-Hant-SG", Language::TraditionalChinese),
            ("zh_CN", Language::SimplifiedChinese),
            ("zh", Language::SimplifiedChinese),
            ("es-419", Language::Spanish),
            ("ar_EG@calendar=x", Language::Arabic),
            ("C", Language::English),
            ("", Language::English),
            ("de_DE.UTF-8", Language::English),
        ] {
            assert_eq!(Language::from_locale(locale), language, "{locale}");
        }
    }
}
