//! Mentions: a text of a group that names the user after an `@` is meant for them above all.

use rusqlite::OptionalExtension as _;

use super::conversation;
use super::message::{Draft, kind};
use crate::store::Write;
use crate::{Outcome, Session};

/// What names everybody, in whatever language, when the owner or an administrator writes it.
const ALL: &str = "all";

/// Whether a message that came names the user, by the name that they have in the group.
pub(crate) fn is_meant(session: &Session, write: &Write<'_>, conversation: i64, draft: &Draft<'_>) -> Outcome<bool> {
    if draft.source != 1 || !matches!(draft.kind, kind::TEXT | kind::QUOTE) || !draft.words.contains('@') {
        return Ok(false);
    }
    let known: Option<(String, bool)> = write
        .prepare_cached(
            "SELECT coalesce(nullif(own.nickname, ''), account.nickname), coalesce(writer.is_owner OR writer.is_admin, 0)
             FROM conversation c
             JOIN account ON account.only = 1
             LEFT JOIN group_member own ON own.group_id = c.peer AND own.address = ?2
             LEFT JOIN group_member writer ON writer.group_id = c.peer AND writer.address = ?3
             WHERE c.seq = ?1 AND c.kind = ?4",
        )?
        .query_row(
            rusqlite::params![conversation, session.user.address, draft.sender, conversation::GROUP],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(known.is_some_and(|(name, leads)| names(draft.words, &name) || (leads && names(draft.words, ALL))))
}

/// Whether a text has a name after an `@`, and no longer one that begins like it.
fn names(text: &str, name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && text.split('@').skip(1).any(|rest| {
            rest.strip_prefix(name)
                .is_some_and(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric))
        })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_counts_after_an_at_and_whole() {
        for text in ["@Anna", "Hello @Anna!", "@Bert @Anna, look", "@@Anna", "mail@Anna"] {
            assert!(names(text, "Anna"), "{text}");
        }
        for text in ["", "Anna", "@ Anna", "@Annabel", "@anna", "@Ann a"] {
            assert!(!names(text, "Anna"), "{text}");
        }
        assert!(names("好的@王小明，明天见", "王小明"));
        assert!(!names("@", "") && !names("@ ", " "));
    }
}
