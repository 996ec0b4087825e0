//! Scripts: what they ask of the network, what the page's policy forbids them, and which commands of the host they call.

use super::Checked;
use super::address::{Target, is_remote};
use super::finding::{Findings, Severity, Text, quoted};
use super::html::{BLOCKED, MISSING};
use super::tokens::{Kind, Token, tokens};

/// Commands that ask the person, or write to their disk: a package says in `permissions` why it needs them.
const ASKING: [&str; 5] = ["openURL", "scanQRCode", "saveImage", "saveVideo", "downloadFile"];

/// Functions whose first text is an address to be asked.
const REQUESTING: [&str; 14] = [
    "fetch",
    "EventSource",
    "WebSocket",
    "sendBeacon",
    "importScripts",
    "axios",
    "ajax",
    "getJSON",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "request",
];

/// Checks a script.
pub(super) fn check(package: &Checked<'_>, text: Text<'_>, findings: &mut Findings) {
    let tokens = tokens(text.part);
    let mut rest = tokens.as_slice();
    let mut before: Option<&Kind<'_>> = None;
    while let Some((token, after)) = rest.split_first() {
        let script = At {
            package,
            text,
            token,
            before,
            after,
        };
        script.imports(findings);
        script.requests(findings);
        script.forbidden(findings);
        script.commands(findings);
        before = Some(&token.kind);
        rest = after;
    }
}

/// One place in a script.
struct At<'a> {
    package: &'a Checked<'a>,
    text: Text<'a>,
    token: &'a Token<'a>,
    before: Option<&'a Kind<'a>>,
    after: &'a [Token<'a>],
}

impl At<'_> {
    fn word(&self) -> Option<&str> {
        match self.token.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn follows(&self, sign: char) -> bool {
        self.before == Some(&Kind::Sign(sign))
    }

    fn is_called(&self) -> bool {
        matches!(
            self.after,
            [
                Token {
                    kind: Kind::Sign('('),
                    ..
                },
                ..
            ]
        )
    }

    /// The text right after the word, or right after its `(`.
    fn first_text(&self) -> Option<(usize, &str)> {
        match self.after {
            [
                Token {
                    kind: Kind::Sign('('), ..
                },
                Token {
                    offset,
                    kind: Kind::Text(text),
                },
                ..,
            ]
            | [
                Token {
                    offset,
                    kind: Kind::Text(text),
                },
                ..,
            ] => Some((*offset, text)),
            _ => None,
        }
    }

    fn report(
        &self,
        findings: &mut Findings,
        offset: usize,
        rule: &'static str,
        severity: Severity,
        message: String,
        hint: &'static str,
    ) {
        self.text.found(findings, offset, rule, severity, message, hint);
    }

    /// `import "x"`, `import("x")`, `export … from "x"`.
    fn imports(&self, findings: &mut Findings) {
        if !matches!(self.word(), Some("import" | "from")) || self.follows('.') {
            return;
        }
        let Some((offset, address)) = self.first_text() else {
            return;
        };
        let relative = address.starts_with("./") || address.starts_with("../") || address.starts_with('/');
        if is_remote(address) {
            let message = format!(
                "the script {} is blocked by the app's Content-Security-Policy",
                quoted(address)
            );
            self.report(findings, offset, "external-request", Severity::Error, message, BLOCKED);
        } else if relative && self.package.places.target(self.text.path, address) == Target::Missing {
            let message = format!("{} is not in the package", quoted(address));
            self.report(findings, offset, "missing-file", Severity::Warning, message, MISSING);
        }
    }

    fn requests(&self, findings: &mut Findings) {
        let Some(word) = self.word() else { return };
        let (offset, address) = match (word, self.after) {
            (word, [open, ..]) if REQUESTING.contains(&word) && open.kind == Kind::Sign('(') => match self.first_text()
            {
                Some(found) => found,
                None => return,
            },
            // XMLHttpRequest: open("GET", "https://…"); setAttribute("src", "https://…").
            (
                "open",
                [
                    open,
                    method,
                    comma,
                    Token {
                        offset,
                        kind: Kind::Text(address),
                    },
                    ..,
                ],
            ) if open.kind == Kind::Sign('(')
                && matches!(method.kind, Kind::Text(_))
                && comma.kind == Kind::Sign(',') =>
            {
                (*offset, address.as_str())
            }
            (
                "setAttribute",
                [
                    open,
                    name,
                    comma,
                    Token {
                        offset,
                        kind: Kind::Text(address),
                    },
                    ..,
                ],
            ) if open.kind == Kind::Sign('(')
                && matches!(&name.kind, Kind::Text(name) if name == "src")
                && comma.kind == Kind::Sign(',') =>
            {
                (*offset, address.as_str())
            }
            (
                "src",
                [
                    equals,
                    Token {
                        offset,
                        kind: Kind::Text(address),
                    },
                    ..,
                ],
            ) if self.follows('.') && equals.kind == Kind::Sign('=') => (*offset, address.as_str()),
            _ => return,
        };
        if is_remote(address) {
            let message = format!(
                "the request to {} is blocked by the app's Content-Security-Policy",
                quoted(address)
            );
            self.report(
                findings,
                offset,
                "external-request",
                Severity::Warning,
                message,
                BLOCKED,
            );
        }
    }

    /// What works in a browser and not in an app.
    fn forbidden(&self, findings: &mut Findings) {
        let Some(word) = self.word() else { return };
        let made = self.before == Some(&Kind::Word("new"));
        let declared = self.before == Some(&Kind::Word("function"));
        let called = self.is_called();
        let (rule, message, hint) = match word {
            "Worker" | "SharedWorker" if made => (
                "blocked-worker",
                format!("{word}s are blocked by the app's Content-Security-Policy"),
                "do the work in the page, in small steps",
            ),
            "register" if called && self.registers_service_worker() => (
                "service-worker",
                "an app cannot register a service worker".to_owned(),
                "leave it out: all files of an app are on the disk already",
            ),
            "eval" if called && !self.follows('.') && !declared => (
                "blocked-eval",
                "eval is blocked by the app's Content-Security-Policy".to_owned(),
                "use JSON.parse, or a build of the library that needs no eval",
            ),
            "Function" if made && called => (
                "blocked-eval",
                "new Function is blocked by the app's Content-Security-Policy".to_owned(),
                "use a build of the library that needs no eval",
            ),
            "open" if called && self.opens_window() => (
                "blocked-window",
                "an app cannot open windows".to_owned(),
                "use the command openURL to show a web page in the user's browser",
            ),
            _ => return,
        };
        self.report(findings, self.token.offset, rule, Severity::Warning, message, hint);
    }

    /// Whether the words before are `serviceWorker.`: looked for in the text, since only one token back is at hand.
    fn registers_service_worker(&self) -> bool {
        self.before_text()
            .is_some_and(|before| before.ends_with("serviceWorker."))
    }

    fn opens_window(&self) -> bool {
        self.before_text().is_some_and(|before| before.ends_with("window."))
    }

    fn before_text(&self) -> Option<String> {
        let before = self.text.part.get(..self.token.offset)?;
        let tail: String = before
            .chars()
            .rev()
            .filter(|c| !c.is_whitespace() && *c != '?')
            .take(20)
            .collect();
        Some(tail.chars().rev().collect())
    }

    /// `sendMessageToParent("openURL"`, `{cmd: "openURL"`.
    fn commands(&self, findings: &mut Findings) {
        let Kind::Text(text) = &self.token.kind else { return };
        let Some(command) = ASKING.into_iter().find(|command| command == text) else {
            return;
        };
        let asked_for = self.package.permissions.iter().any(|name| name == command);
        if asked_for || !(self.follows('(') || self.is_value_of_cmd()) {
            return;
        }
        self.report(
            findings,
            self.token.offset,
            "permission-missing",
            Severity::Warning,
            format!("the script calls {command}, which the package's permissions do not name"),
            "name it in content.json before you sign: \"permissions\": [{\"name\": \"openURL\", \"reason\": \"to show …\"}]",
        );
    }

    fn is_value_of_cmd(&self) -> bool {
        self.follows(':')
            && self
                .before_text()
                .is_some_and(|before| ["cmd:", "cmd\":", "cmd':"].iter().any(|end| before.ends_with(end)))
    }
}
