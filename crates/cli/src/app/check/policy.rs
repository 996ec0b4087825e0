//! A Content-Security-Policy in the page itself. It is added to the one that every app gets: it can forbid more, never
//! allow more.

use super::finding::{Findings, Severity, Text, quoted};

/// Checks the content of a `<meta http-equiv="Content-Security-Policy">`.
pub(super) fn check(policy: &str, text: Text<'_>, offset: usize, findings: &mut Findings) {
    for directive in policy.split(';') {
        let mut words = directive.split_ascii_whitespace();
        let Some(name) = words.next().map(str::to_ascii_lowercase) else {
            continue;
        };
        let sources: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        if let Some(loose) = sources.iter().find(|source| loosens(source)) {
            let message = format!(
                "{name} allows {}, which the app's Content-Security-Policy forbids all the same",
                quoted(loose)
            );
            let hint = "leave it out: a policy in the page can only forbid more";
            text.found(findings, offset, "csp-loosens", Severity::Warning, message, hint);
        }
        if breaks(&name, &sources) {
            let message = format!("{name} does not allow 'self', so that the app's own files are blocked");
            let hint = "add 'self', or leave the policy out: every app gets a strict one";
            text.found(findings, offset, "csp-breaks", Severity::Warning, message, hint);
        }
        if matches!(
            name.as_str(),
            "frame-ancestors" | "report-uri" | "report-to" | "sandbox"
        ) {
            let message = format!("{name} has no effect in a page");
            text.found(findings, offset, "csp-ignored", Severity::Note, message, "leave it out");
        }
    }
}

/// Whether a source is one that no app may use: another host, any host, or code from texts.
fn loosens(source: &str) -> bool {
    let keyword = source.starts_with('\'');
    let own_scheme = matches!(source, "data:" | "blob:" | "cocoapp:" | "filesystem:" | "mediastream:");
    (keyword && matches!(source, "'unsafe-eval'" | "'wasm-unsafe-eval'")) || (!keyword && !own_scheme)
}

fn breaks(name: &str, sources: &[String]) -> bool {
    let loads = matches!(
        name,
        "default-src" | "script-src" | "script-src-elem" | "style-src" | "style-src-elem" | "img-src" | "font-src"
    );
    let allows = |source: &String| {
        matches!(source.as_str(), "'self'" | "*" | "cocoapp:")
            || source.starts_with("'sha")
            || source.starts_with("'nonce")
    };
    // `default-src 'none'` is the usual start of a list that allows one thing after the other.
    let start = name == "default-src" && sources.iter().any(|source| source == "'none'");
    loads && !start && !sources.iter().any(allows)
}
