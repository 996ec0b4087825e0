-- Envelopes that wait, and what is remembered of those that were acknowledged (acknowledged = their time, envelope empty).
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox BLOB NOT NULL,
    id BLOB NOT NULL,
    stranger INTEGER NOT NULL,
    size INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    acknowledged INTEGER,
    envelope BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS entry_by_id ON entry (mailbox, id);
CREATE INDEX IF NOT EXISTS entry_waiting ON entry (mailbox, number, size, stranger) WHERE acknowledged IS NULL;
CREATE INDEX IF NOT EXISTS entry_remembered ON entry (acknowledged) WHERE acknowledged IS NOT NULL;
