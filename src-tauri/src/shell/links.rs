//! Links that lead out of the program. Whoever wrote them may be anybody; the person was asked before.

use tauri::Url;

use super::wire::{ShellError, ShellErrorKind};

/// Longest link, in bytes.
const LONGEST: usize = 8 * 1024;

/// Opens a page of the web, or a number to call, in the program that the system has for it.
///
/// # Errors
/// `invalid` for any other link, `io` if there is no such program.
pub(super) fn open(link: &str) -> Result<(), ShellError> {
    let url = check(link)?;
    open::that_detached(url.as_str()).map_err(|error| ShellError::io(&error))
}

fn check(link: &str) -> Result<Url, ShellError> {
    let invalid = |message: &str| ShellError::new(ShellErrorKind::Invalid, message);
    if link.len() > LONGEST {
        return Err(invalid("the link is too long"));
    }
    let url = Url::parse(link).map_err(|error| invalid(&error.to_string()))?;
    let right = match url.scheme() {
        "http" | "https" => url.has_host(),
        "tel" => url
            .path()
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte)),
        _ => false,
    };
    right
        .then_some(url)
        .ok_or_else(|| invalid("a link leads to a page of the web or to a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_and_numbers_and_nowhere_else() {
        for right in ["https://example.org/a?b=c#d", "http://example.org", "tel:+15550100"] {
            assert!(check(right).is_ok(), "{right}");
        }
        let long = format!("https://example.org/{}", "x".repeat(LONGEST));
        for wrong in [
            "",
            "example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "cocoapp://x/",
            "tel:-x;y",
            "mailto:a@example.org",
            &long,
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
