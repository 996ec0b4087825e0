//! Numbered migrations: each is applied once, in a transaction that also raises the store's version.

use rusqlite::{Connection, TransactionBehavior};

/// The migrations in their order. What has been released is never changed; what follows is added.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
];

/// Brings a store to the newest version.
///
/// # Errors
/// Those of the database; the store then has the version that was reached. A store that a later program wrote is refused.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let have = version(connection)?;
    if have > MIGRATIONS.len() {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISMATCH),
            Some(format!(
                "the store has version {have}, this program knows {}",
                MIGRATIONS.len()
            )),
        ));
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(have) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The version that a store has, 0 for a new one.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))
}
