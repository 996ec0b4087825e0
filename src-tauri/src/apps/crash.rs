//! What a window shows in the place of a page whose process has died.

use std::collections::BTreeMap;

use coco_bridge::Language;
use serde::Deserialize;

#[derive(Deserialize)]
struct Texts {
    title: String,
    body: String,
    again: String,
}

/// A page of our own, with no script: the app's name, what happened, and a link that opens the app again.
pub(super) fn page(language: Language, name: &str, url: &str) -> String {
    let texts: BTreeMap<Language, Texts> =
        serde_json::from_str(include_str!("../../locales/crash.json")).unwrap_or_default();
    let code = serde_json::to_value(language)
        .ok()
        .and_then(|code| code.as_str().map(str::to_owned))
        .unwrap_or_default();
    let Some(Texts { title, body, again }) = texts.get(&language) else {
        return String::new();
    };
    let direction = if language == Language::Arabic { "rtl" } else { "ltr" };
    include_str!("crash.html")
        .replace("{lang}", &code)
        .replace("{dir}", direction)
        .replace("{title}", &escape(title))
        .replace("{body}", &escape(body))
        .replace("{again}", &escape(again))
        .replace("{url}", &escape(url))
        .replace("{name}", &escape(name))
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, character| {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_speaks_every_language_and_trusts_no_name() {
        for language in Language::ALL {
            let page = page(language, "<script>alert(1)</script>\"&", "cocoapp://a/");
            assert!(
                page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;"),
                "{language:?}"
            );
            assert!(!page.contains("<script"), "{language:?}");
            assert!(
                ["{name}", "{title}", "{body}", "{again}", "{url}"]
                    .iter()
                    .all(|gap| !page.contains(gap)),
                "{language:?}"
            );
        }
        assert!(page(Language::Arabic, "x", "u").contains("dir=\"rtl\""));
    }
}
