//! Answers as lines of text: what stories expect, and what the terminal shows.

use std::fmt::Write as _;

use super::step::Answer;
use crate::protocol::{Action, ActionKind, Cell, Component, Text};

/// An answer as text, a line for each thing that can be seen.
#[must_use]
pub fn show(answer: &Answer) -> String {
    let mut all = all_lines(&answer.bubbles, true);
    let quick = answer.quick.iter().filter_map(|button| match button {
        Component::Button(part) => Some(format!("[{}]", part.title.as_deref().unwrap_or_default())),
        _ => None,
    });
    let quick: Vec<String> = quick.collect();
    if !quick.is_empty() {
        all.push(format!("quick: {}", quick.join(" ")));
    }
    all.join("\n")
}

/// The words of bubbles, a line for each part: for people who look for them, and where there is little room.
#[must_use]
pub fn transcript(bubbles: &[Component]) -> String {
    all_lines(bubbles, false).join("\n")
}

fn all_lines(bubbles: &[Component], marks: bool) -> Vec<String> {
    let mut all = Vec::new();
    for bubble in bubbles {
        lines(bubble, 0, marks, &mut all);
    }
    all
}

/// The lines of a component, further in by so many levels. With marks it can be seen what is a title, a button or a table, and where
/// pictures and links are; without, there are the words alone.
fn lines(component: &Component, level: usize, marks: bool, all: &mut Vec<String>) {
    let indent = if marks { "  ".repeat(level) } else { String::new() };
    let mut line = |text: &str| all.push(format!("{indent}{text}"));
    match component {
        Component::Text(part) => texts(
            part.title.as_ref(),
            part.sub_title.as_ref(),
            &part.data,
            marks,
            &mut line,
        ),
        Component::Image(part) => {
            let alt = part.data.alt.as_deref().unwrap_or("picture");
            if marks {
                line(&format!("({alt}) {}", part.data.image_url));
            } else if part.title.is_none() {
                line(alt);
            }
            texts(
                part.title.as_ref(),
                part.sub_title.as_ref(),
                &part.data.text,
                marks,
                &mut line,
            );
        }
        Component::Button(part) => {
            let title = part.title.as_deref().or(part.sub_title.as_deref()).unwrap_or("picture");
            if marks {
                line(&format!("[{title}]{}", target(&part.data.action)));
            } else {
                line(title);
            }
        }
        Component::Template(part) => {
            titles(part.title.as_ref(), part.sub_title.as_ref(), marks, &mut line);
            if let Some(cover) = &part.data.cover {
                lines(cover, level, marks, all);
            }
            for table in [&part.data.content_table, &part.data.foot_table].into_iter().flatten() {
                for row in table {
                    let cells: Vec<String> = row.iter().map(|one| cell(one, marks)).collect();
                    all.push(if marks {
                        format!("{indent}| {}", cells.join(" | "))
                    } else {
                        cells.join(" ")
                    });
                }
            }
        }
        Component::Carousel(part) => {
            titles(part.title.as_ref(), part.sub_title.as_ref(), marks, &mut line);
            for (number, card) in part.data.cards.iter().enumerate() {
                if marks {
                    all.push(format!("{indent}{}.", number + 1));
                }
                lines(card, level + 1, marks, all);
            }
        }
        Component::Flex(part) => line(part.data.alt_text.as_deref().unwrap_or("(a card that cannot be shown)")),
        Component::Unknown(_) => line(&format!("({} cannot be shown)", component.kind())),
    }
}

fn titles(title: Option<&String>, sub_title: Option<&String>, marks: bool, line: &mut impl FnMut(&str)) {
    for (text, mark) in [(title, "*"), (sub_title, "_")] {
        let mark = if marks { mark } else { "" };
        if let Some(text) = text {
            line(&format!("{mark}{text}{mark}"));
        }
    }
}

fn texts(title: Option<&String>, sub_title: Option<&String>, text: &Text, marks: bool, line: &mut impl FnMut(&str)) {
    titles(title, sub_title, marks, line);
    for text in text.description.iter().flat_map(|text| text.lines()) {
        line(text);
    }
    if let Some(url) = text.url.as_ref().filter(|_| marks) {
        line(&format!("<{}>", text.url_alias.as_ref().unwrap_or(url)));
    }
}

/// A cell in one line.
fn cell(cell: &Cell, marks: bool) -> String {
    let mut inside = Vec::new();
    lines(&cell.data, 0, marks, &mut inside);
    let mut text = inside.join(" ");
    if marks && (cell.col_span, cell.row_span) != (1, 1) {
        let _ = write!(text, " {}×{}", cell.col_span, cell.row_span);
    }
    text
}

/// Where a button leads, if not to a text of the user's.
fn target(action: &Action) -> String {
    let data = &action.data;
    let to = match action.kind {
        ActionKind::Link => &data.url,
        ActionKind::Phone => &data.number,
        _ => return String::new(),
    };
    to.as_ref().map(|to| format!(" → {to}")).unwrap_or_default()
}
