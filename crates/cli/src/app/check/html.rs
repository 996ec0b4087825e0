//! Pages: what they load, where they lead, and what their policy does.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, Spanned, StartTag, Token, Tokenizer};

use super::address::Target;
use super::finding::{Findings, Severity, Text, quoted};
use super::{Checked, css, policy, script};

/// What to do about something that the policy blocks.
pub(super) const BLOCKED: &str = "apps have no network: put the file into the package, or leave it out";
/// What to do about a file that is not there.
pub(super) const MISSING: &str = "correct the address, or add the file: small and capital letters differ";

/// What an attribute's address is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Script,
    Style,
    /// A picture, which may also come from within its address.
    Picture,
    Media,
    Other,
    /// Where a click leads.
    Link,
}

impl Use {
    fn word(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style sheet",
            Self::Picture => "picture",
            Self::Media => "media file",
            Self::Other | Self::Link => "address",
        }
    }
}

/// Checks a page and the styles and scripts in it.
pub(super) fn check(package: &Checked<'_>, text: Text<'_>, findings: &mut Findings) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    // The element whose text is in another language, and where that text begins.
    let mut inside: Option<(Inside, usize)> = None;
    for token in Tokenizer::new_with_emitter(text.part, emitter) {
        // A text has no reader that could fail.
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                inside = Inside::of(&tag).map(|language| (language, tag.span.end));
                Element {
                    package,
                    text,
                    tag: &tag,
                }
                .check(findings);
            }
            Token::EndTag(tag) => {
                if let Some((language, from)) = inside.take() {
                    language.check(package, text.between(from, tag.span.start), findings);
                }
            }
            _ => {}
        }
    }
}

/// What stands between the tags of an element.
#[derive(Debug, Clone, Copy)]
enum Inside {
    Style,
    Script,
}

impl Inside {
    fn of(tag: &StartTag<usize>) -> Option<Self> {
        match &**tag.name {
            b"style" => Some(Self::Style),
            b"script" => {
                let kind = tag.attributes.get(&b"type"[..]).map(|kind| kind.to_ascii_lowercase());
                let is_script =
                    kind.is_none_or(|kind| kind.is_empty() || kind == b"module" || kind.ends_with(b"javascript"));
                is_script.then_some(Self::Script)
            }
            _ => None,
        }
    }

    fn check(self, package: &Checked<'_>, text: Text<'_>, findings: &mut Findings) {
        match self {
            Self::Style => css::check(package, text, findings),
            Self::Script => script::check(package, text, findings),
        }
    }
}

struct Element<'a> {
    package: &'a Checked<'a>,
    text: Text<'a>,
    tag: &'a StartTag<usize>,
}

impl Element<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        let value = self.tag.attributes.get(name.as_bytes())?;
        Some(String::from_utf8_lossy(value).trim().to_owned())
    }

    fn check(&self, findings: &mut Findings) {
        let name = String::from_utf8_lossy(&self.tag.name).into_owned();
        self.check_element(&name, findings);
        for (attribute, value) in &self.tag.attributes {
            let attribute = String::from_utf8_lossy(attribute).into_owned();
            let text = String::from_utf8_lossy(value).into_owned();
            let at = self.value_offset(value);
            let inside = self.text.holding(at, &text);
            if attribute == "style" {
                css::check(self.package, inside, findings);
            } else if attribute.starts_with("on") {
                script::check(self.package, inside, findings);
            } else if let Some(purpose) = self.purpose(&name, &attribute) {
                let many = matches!(attribute.as_str(), "srcset" | "imagesrcset");
                let addresses = if many { candidates(&text) } else { vec![text.trim()] };
                for address in addresses {
                    self.check_address(purpose, address, at, findings);
                }
            }
        }
    }

    /// Where an attribute's value begins: its span begins with its name.
    fn value_offset(&self, value: &Spanned<HtmlString>) -> usize {
        let start = value.span.start;
        let written = self.text.part.get(start..value.span.end).unwrap_or_default();
        let Some((name, rest)) = written.split_once('=') else {
            return start;
        };
        let blank = rest.len() - rest.trim_start().len();
        let quote = usize::from(rest.trim_start().starts_with(['"', '\'']));
        start + name.len() + 1 + blank + quote
    }

    fn purpose(&self, element: &str, attribute: &str) -> Option<Use> {
        Some(match (element, attribute) {
            ("script", "src" | "href" | "xlink:href") => Use::Script,
            ("link", "href") => match self.attribute("rel").unwrap_or_default().to_ascii_lowercase().as_str() {
                "stylesheet" => Use::Style,
                "modulepreload" => Use::Script,
                rel if rel.contains("icon") => Use::Picture,
                "canonical" | "alternate" | "author" | "license" | "help" | "search" => return None,
                _ => Use::Other,
            },
            ("img" | "source" | "link", "srcset" | "imagesrcset") | ("video", "poster") => Use::Picture,
            ("img" | "input", "src") | ("image" | "use" | "feimage", "href" | "xlink:href") => Use::Picture,
            (_, "background") => Use::Picture,
            ("audio" | "video" | "source" | "track", "src") => Use::Media,
            ("a" | "area", "href" | "ping") => Use::Link,
            _ => return None,
        })
    }

    fn check_address(&self, purpose: Use, address: &str, at: usize, findings: &mut Findings) {
        let target = self.package.places.target(self.text.path, address);
        let blocked = matches!(
            (&target, purpose),
            (Target::Network, _) | (Target::Data(_), Use::Script | Use::Style | Use::Media)
        );
        let shown = quoted(address);
        if blocked && purpose == Use::Link {
            let message = format!("the link to {shown} leads nowhere: an app stays on its own pages");
            let hint = "use the command openURL to show a web page in the user's browser";
            self.text
                .found(findings, at, "external-link", Severity::Warning, message, hint);
        } else if blocked {
            let severity = match purpose {
                Use::Script | Use::Style => Severity::Error,
                _ => Severity::Warning,
            };
            let message = format!(
                "the {} {shown} is blocked by the app's Content-Security-Policy",
                purpose.word()
            );
            self.text
                .found(findings, at, "external-request", severity, message, BLOCKED);
        } else if target == Target::Missing {
            let message = format!("{shown} is not in the package");
            self.text
                .found(findings, at, "missing-file", Severity::Warning, message, MISSING);
        }
    }

    /// Elements that do not work in an app, wherever they lead.
    fn check_element(&self, name: &str, findings: &mut Findings) {
        let (message, hint) = match name {
            "iframe" | "frame" | "fencedframe" => ("frames are blocked", "show the content in the page itself"),
            "object" | "embed" | "applet" => ("plug-ins are blocked", "use <img>, <audio> or <video>"),
            "base" if self.attribute("href").is_some() => ("<base> is blocked", "write addresses relative to the page"),
            "form" if self.attribute("action").is_some_and(|action| !action.is_empty()) => (
                "forms cannot be sent",
                "leave out action, and handle the submit event in a script",
            ),
            "meta" => return self.check_meta(findings),
            _ => return,
        };
        let message = format!("{message} by the app's Content-Security-Policy");
        let at = self.tag.span.start;
        self.text
            .found(findings, at, "blocked-element", Severity::Warning, message, hint);
    }

    fn check_meta(&self, findings: &mut Findings) {
        let content = self.attribute("content").unwrap_or_default();
        let at = self.tag.span.start;
        match self
            .attribute("http-equiv")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "content-security-policy" => policy::check(&content, self.text, at, findings),
            "refresh" => {
                let address = content
                    .split_once('=')
                    .map(|(_, address)| address.trim_matches(['"', '\'', ' ']));
                if let Some(address) = address {
                    self.check_address(Use::Link, address, at, findings);
                }
            }
            _ => {}
        }
    }
}

/// The addresses in a `srcset`.
fn candidates(text: &str) -> Vec<&str> {
    // A comma within a `data:` address has no blank behind it.
    let listed = text.split(", ").flat_map(|part| {
        if part.contains("data:") {
            vec![part]
        } else {
            part.split(',').collect()
        }
    });
    listed
        .filter_map(|candidate| candidate.split_whitespace().next())
        .collect()
}
