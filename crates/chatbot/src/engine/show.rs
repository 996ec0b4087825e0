//! Answers as lines of text: what stories expect, and what the terminal shows.

use std::fmt::Write as _;

use super::step::Answer;
use crate::protocol::{Action, ActionKind, Cell, Component, Text};

/// An answer as text, a line for each thing that can be seen.
#[must_use]
pub fn show(answer: &Answer) -> String {
    let mut all = Vec::new();
    for bubble in &answer.bubbles {
        lines(bubble, 0, &mut all);
    }
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

/// The lines of a component, further in by so many levels.
pub fn lines(component: &Component, level: usize, all: &mut Vec<String>) {
    let indent = "  ".repeat(level);
    let mut line = |text: &str| all.push(format!("{indent}{text}"));
    match component {
        Component::Text(part) => texts(part.title.as_ref(), part.sub_title.as_ref(), &part.data, &mut line),
        Component::Image(part) => {
            let alt = part.data.alt.as_deref().unwrap_or("picture");
            line(&format!("({alt}) {}", part.data.image_url));
            texts(part.title.as_ref(), part.sub_title.as_ref(), &part.data.text, &mut line);
        }
        Component::Button(part) => {
            let title = part.title.as_deref().or(part.sub_title.as_deref()).unwrap_or("picture");
            line(&format!("[{title}]{}", target(&part.data.action)));
        }
        Component::Template(part) => {
            titles(part.title.as_ref(), part.sub_title.as_ref(), &mut line);
            if let Some(cover) = &part.data.cover {
                lines(cover, level, all);
            }
            for table in [&part.data.content_table, &part.data.foot_table].into_iter().flatten() {
                for row in table {
                    all.push(format!(
                        "{indent}| {}",
                        row.iter().map(cell).collect::<Vec<_>>().join(" | ")
                    ));
                }
            }
        }
        Component::Carousel(part) => {
            titles(part.title.as_ref(), part.sub_title.as_ref(), &mut line);
            for (number, card) in part.data.cards.iter().enumerate() {
                all.push(format!("{indent}{}.", number + 1));
                lines(card, level + 1, all);
            }
        }
        Component::Flex(part) => line(part.data.alt_text.as_deref().unwrap_or("(a card that cannot be shown)")),
        Component::Unknown(_) => line(&format!("({} cannot be shown)", component.kind())),
    }
}

fn titles(title: Option<&String>, sub_title: Option<&String>, line: &mut impl FnMut(&str)) {
    if let Some(title) = title {
        line(&format!("*{title}*"));
    }
    if let Some(sub_title) = sub_title {
        line(&format!("_{sub_title}_"));
    }
}

fn texts(title: Option<&String>, sub_title: Option<&String>, text: &Text, line: &mut impl FnMut(&str)) {
    titles(title, sub_title, line);
    for text in text.description.iter().flat_map(|text| text.lines()) {
        line(text);
    }
    if let Some(url) = &text.url {
        line(&format!("<{}>", text.url_alias.as_ref().unwrap_or(url)));
    }
}

/// A cell in one line.
fn cell(cell: &Cell) -> String {
    let mut inside = Vec::new();
    lines(&cell.data, 0, &mut inside);
    let mut text = inside.join(" ");
    if (cell.col_span, cell.row_span) != (1, 1) {
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
