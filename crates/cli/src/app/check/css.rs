//! Style sheets: what they load.

use cssparser::{ParseError, Parser, ParserInput, Token};

use super::Checked;
use super::address::Target;
use super::finding::{Findings, Severity, Text, quoted};
use super::html::{BLOCKED, MISSING};

/// Deepest nesting that is looked into.
const DEPTH: usize = 32;

/// An address in a style sheet.
struct Loaded {
    /// Where it stands, in bytes.
    offset: usize,
    address: String,
    purpose: Purpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Import,
    Font,
    Other,
}

/// Checks a style sheet, or the declarations of a `style` attribute.
pub(super) fn check(package: &Checked<'_>, text: Text<'_>, findings: &mut Findings) {
    let mut input = ParserInput::new(text.part);
    let mut loaded = Vec::new();
    collect(&mut Parser::new(&mut input), Purpose::Other, DEPTH, &mut loaded);
    for Loaded {
        offset,
        address,
        purpose,
    } in loaded
    {
        let target = package.places.target(text.path, &address);
        let blocked = match (&target, purpose) {
            (Target::Network, _) => true,
            // Only pictures may come from within an address.
            (Target::Data(_), Purpose::Import | Purpose::Font) => true,
            (Target::Data(kind), Purpose::Other) => !kind.starts_with("image/"),
            _ => false,
        };
        let address = quoted(&address);
        if blocked {
            let (what, severity) = match purpose {
                Purpose::Import => ("style sheet", Severity::Error),
                Purpose::Font => ("font", Severity::Warning),
                Purpose::Other => ("picture", Severity::Warning),
            };
            let message = format!("the {what} {address} is blocked by the app's Content-Security-Policy");
            text.found(findings, offset, "external-request", severity, message, BLOCKED);
        } else if target == Target::Missing {
            let message = format!("{address} is not in the package");
            text.found(findings, offset, "missing-file", Severity::Warning, message, MISSING);
        }
    }
}

fn collect(parser: &mut Parser<'_, '_>, purpose: Purpose, depth: usize, loaded: &mut Vec<Loaded>) {
    // What the next string or address is for, until its statement ends.
    let mut next = purpose;
    loop {
        parser.skip_whitespace();
        let offset = parser.position().byte_index();
        let (inner, open) = match parser.next() {
            Err(_) => return,
            Ok(Token::AtKeyword(name)) if name.eq_ignore_ascii_case("import") => {
                next = Purpose::Import;
                continue;
            }
            Ok(Token::AtKeyword(name)) if name.eq_ignore_ascii_case("font-face") => {
                next = Purpose::Font;
                continue;
            }
            Ok(Token::UnquotedUrl(address)) => {
                let address = address.to_string();
                loaded.push(Loaded {
                    offset,
                    address,
                    purpose: next,
                });
                continue;
            }
            Ok(Token::QuotedString(address)) if next == Purpose::Import => {
                let address = address.to_string();
                loaded.push(Loaded {
                    offset,
                    address,
                    purpose: next,
                });
                next = purpose;
                continue;
            }
            Ok(Token::Function(name)) => (next, is_loading(name)),
            Ok(Token::CurlyBracketBlock) => {
                let inner = if next == Purpose::Import { purpose } else { next };
                next = purpose;
                (inner, false)
            }
            Ok(Token::ParenthesisBlock | Token::SquareBracketBlock) => (next, false),
            Ok(Token::Semicolon) => {
                next = purpose;
                continue;
            }
            Ok(_) => continue,
        };
        // Deeper blocks are skipped by the next call.
        if let Some(depth) = depth.checked_sub(1) {
            let _ = parser.parse_nested_block(|parser| -> Result<(), ParseError<'_, ()>> {
                if open {
                    strings(parser, inner, loaded);
                } else {
                    collect(parser, inner, depth, loaded);
                }
                Ok(())
            });
        }
    }
}

fn is_loading(function: &str) -> bool {
    ["url", "src", "image-set", "-webkit-image-set", "image"]
        .iter()
        .any(|name| function.eq_ignore_ascii_case(name))
}

/// Addresses in `url("…")`, `image-set("…" 2x, url(…))`.
fn strings(parser: &mut Parser<'_, '_>, purpose: Purpose, loaded: &mut Vec<Loaded>) {
    loop {
        parser.skip_whitespace();
        let offset = parser.position().byte_index();
        match parser.next() {
            Err(_) => return,
            Ok(Token::QuotedString(address) | Token::UnquotedUrl(address)) => {
                let address = address.to_string();
                loaded.push(Loaded {
                    offset,
                    address,
                    purpose,
                });
            }
            Ok(Token::Function(name)) if name.eq_ignore_ascii_case("url") => {
                let _ = parser.parse_nested_block(|parser| -> Result<(), ParseError<'_, ()>> {
                    let offset = parser.position().byte_index();
                    if let Ok(address) = parser.expect_string() {
                        let address = address.to_string();
                        loaded.push(Loaded {
                            offset,
                            address,
                            purpose,
                        });
                    }
                    Ok(())
                });
            }
            Ok(_) => {}
        }
    }
}
