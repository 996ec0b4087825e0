//! Which columns of which tables the devices of a user share.

use rusqlite::{Connection, params_from_iter, types};
use serde_json::Value;

use crate::Outcome;

/// What becomes of a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// They are made and deleted on all devices.
    Shared,
    /// They are made on all devices, and each device deletes its own.
    Lasting,
    /// Each device has them by itself; only what stands in their columns is shared.
    Given,
}

/// A table that is shared in part.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Columns by which a row is known on every device.
    pub(super) key: &'static [&'static str],
    /// Columns that the user sets. A row that was deleted elsewhere while one of them was set here comes back.
    pub(super) chosen: &'static [&'static str],
    /// Columns that are written along, and bring no row back.
    pub(super) facts: &'static [&'static str],
    pub(super) rows: Rows,
    /// Whether there is a column `updated` of the device's own.
    pub(super) updated: bool,
    /// Which rows are shared, by the only column of their key; empty for all.
    pub(super) names: &'static [&'static str],
}

/// The tables, those first that others refer to.
pub(super) const SYNCED: &[Table] = &[
    Table {
        name: "account",
        key: &["only"],
        chosen: &["nickname", "picture", "picture_url", "domain"],
        facts: &[],
        rows: Rows::Given,
        updated: true,
        names: &[],
    },
    Table {
        name: "setting",
        key: &["only"],
        chosen: &[
            "nickname",
            "call_invitations",
            "new_messages",
            "show_last_online",
            "use_mobile_data",
            "use_wifi_data",
            "call_ring",
            "call_shake",
            "message_ring",
            "message_shake",
            "shake_to_clear",
            "language",
        ],
        facts: &[],
        rows: Rows::Given,
        updated: true,
        names: &[],
    },
    Table {
        name: "node",
        key: &["id"],
        chosen: &[
            "country",
            "host",
            "port",
            "node",
            "is_default",
            "is_current",
            "is_cloud",
        ],
        facts: &["created"],
        rows: Rows::Shared,
        updated: true,
        names: &[],
    },
    Table {
        name: "room",
        key: &["id"],
        chosen: &["name", "picture", "picture_url", "notify", "hidden", "lifetime"],
        facts: &["state", "created"],
        rows: Rows::Shared,
        updated: true,
        names: &[],
    },
    Table {
        name: "room_notice",
        key: &["id"],
        chosen: &["room", "position", "text"],
        facts: &["created"],
        rows: Rows::Shared,
        updated: true,
        names: &[],
    },
    Table {
        name: "contact",
        key: &["room", "address"],
        chosen: &[
            "remark",
            "state",
            "blocked",
            "pinned",
            "muted",
            "hidden_until",
            "burn_time",
            "marked_unread",
            "wallet_address",
            "wallet_key",
            "wallet_index",
        ],
        facts: &[
            "bot",
            "nickname",
            "picture",
            "picture_url",
            "public_key",
            "curve_key",
            "domain",
            "version",
            "blocked_by",
            "created",
        ],
        rows: Rows::Shared,
        updated: true,
        names: &[],
    },
    Table {
        name: "friend_request",
        key: &["room", "address", "incoming"],
        chosen: &["state", "remark", "seen"],
        facts: &[
            "id",
            "content",
            "nickname",
            "picture",
            "picture_url",
            "curve_key",
            "domain",
            "times",
            "source",
            "created",
            "updated",
        ],
        rows: Rows::Shared,
        updated: false,
        names: &[],
    },
    Table {
        name: "chat_group",
        key: &["id"],
        chosen: &["room", "hidden_until", "burn_time"],
        facts: &[],
        rows: Rows::Given,
        updated: true,
        names: &[],
    },
    Table {
        name: "group_config",
        key: &["group_id"],
        chosen: &["muted", "pinned"],
        facts: &[],
        rows: Rows::Given,
        updated: true,
        names: &[],
    },
    Table {
        name: "group_member",
        key: &["group_id", "address"],
        chosen: &["remark"],
        facts: &[],
        rows: Rows::Given,
        updated: true,
        names: &[],
    },
    Table {
        name: "conversation",
        key: &["room", "peer"],
        chosen: &["listed", "pinned_at", "marked_unread"],
        facts: &["kind", "created"],
        rows: Rows::Lasting,
        updated: true,
        names: &[],
    },
    Table {
        name: "favourite",
        key: &["room", "message"],
        chosen: &["id", "kind", "origin", "body", "sender", "origin_kind"],
        facts: &["created", "updated"],
        rows: Rows::Shared,
        updated: false,
        names: &[],
    },
    Table {
        name: "version",
        key: &["name"],
        chosen: &["value"],
        facts: &[],
        rows: Rows::Lasting,
        updated: false,
        names: &[
            "contacts",
            "groups",
            "user",
            "rooms",
            "favourites",
            "blacklist",
            "domains",
        ],
    },
];

/// The table of this name, if it is shared, and its place among them.
pub(super) fn table(name: &str) -> Option<(usize, &'static Table)> {
    SYNCED.iter().enumerate().find(|(_, table)| table.name == name)
}

impl Table {
    /// The columns that are shared.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.chosen.iter().chain(self.facts).copied()
    }

    /// Whether a column is shared.
    pub(super) fn has(&self, column: &str) -> bool {
        self.columns().any(|known| known == column)
    }

    /// The values of the key columns that a row is named by, `None` if that is no name of a row.
    pub(super) fn parse(&self, row: &str) -> Option<Vec<types::Value>> {
        let parts: Vec<Value> = serde_json::from_str(row).ok()?;
        let canonical = serde_json::to_string(&parts).ok()? == row;
        let named = |part: &Value| part.as_str().is_some_and(|name| self.names.contains(&name));
        if parts.len() != self.key.len() || !canonical || !(self.names.is_empty() || parts.iter().all(named)) {
            return None;
        }
        let texts_or_numbers = |part: &Value| part.is_string() || part.is_i64();
        parts
            .iter()
            .all(texts_or_numbers)
            .then(|| parts.iter().filter_map(to_sql).collect())
    }

    /// A condition that picks the row of a key, whose values are the first parameters.
    pub(super) fn is_row(&self) -> String {
        let parts = self.key.iter().enumerate();
        let parts: Vec<String> = parts.map(|(at, column)| format!("{column} = ?{}", at + 1)).collect();
        parts.join(" AND ")
    }

    /// What a row has in the columns that are shared, as JSON; `None` if there is no such row.
    pub(super) fn values(&self, connection: &Connection, key: &[types::Value]) -> Outcome<Option<Vec<Value>>> {
        let columns: Vec<&str> = self.columns().collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {}",
            columns.join(", "),
            self.name,
            self.is_row()
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(key))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let values = (0..columns.len()).map(|at| Ok(to_json(row.get(at)?)));
        Ok(Some(values.collect::<rusqlite::Result<_>>()?))
    }

    /// What the columns that are shared have in a row that says nothing of them; `None` where every row says something.
    pub(super) fn defaults(&self, connection: &Connection) -> Outcome<Vec<Option<Value>>> {
        let mut statement =
            connection.prepare_cached("SELECT dflt_value, \"notnull\" FROM pragma_table_info(?1) WHERE name = ?2")?;
        let mut defaults = Vec::new();
        for column in self.columns() {
            let (default, required): (Option<String>, bool) =
                statement.query_row([self.name, column], |row| Ok((row.get(0)?, row.get(1)?)))?;
            defaults.push(match default {
                Some(text) => literal(&text),
                None if required => None,
                None => Some(Value::Null),
            });
        }
        Ok(defaults)
    }
}

/// The value of a number or a text as SQL writes it.
fn literal(text: &str) -> Option<Value> {
    match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => Some(Value::from(text)),
        None => text.parse::<i64>().ok().map(Value::from),
    }
}

/// A value of the database as JSON; what no shared column has is null.
fn to_json(value: types::Value) -> Value {
    match value {
        types::Value::Integer(number) => Value::from(number),
        types::Value::Text(text) => Value::from(text),
        types::Value::Null | types::Value::Real(_) | types::Value::Blob(_) => Value::Null,
    }
}

/// A JSON value for the database, `None` if no column has such.
pub(super) fn to_sql(value: &Value) -> Option<types::Value> {
    match value {
        Value::Null => Some(types::Value::Null),
        Value::Number(number) => number.as_i64().map(types::Value::Integer),
        Value::String(text) => Some(types::Value::Text(text.clone())),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
