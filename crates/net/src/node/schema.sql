-- What the node keeps beside mailboxes and the bytes of files.

-- The newest device list of each user.
CREATE TABLE IF NOT EXISTS listing (
    user BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    devices BLOB NOT NULL,
    body BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;

-- Devices that carried a list that names them: since then they have a mailbox. Hashes of tokens stand one after the other.
CREATE TABLE IF NOT EXISTS device (
    device BLOB PRIMARY KEY,
    user BLOB NOT NULL REFERENCES listing (user),
    tokens BLOB NOT NULL DEFAULT x'',
    fallback BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS device_by_user ON device (user);

CREATE TABLE IF NOT EXISTS prekey (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL REFERENCES device (device) ON DELETE CASCADE,
    key BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS prekey_by_device ON prekey (device, key);

-- kind: 0 a user, 1 a group. registrant: the user whose device registered it.
CREATE TABLE IF NOT EXISTS name (
    name TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    owner BLOB NOT NULL,
    serial INTEGER NOT NULL,
    signature BLOB NOT NULL,
    registrant BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS name_by_owner ON name (kind, owner);
CREATE INDEX IF NOT EXISTS name_by_registrant ON name (registrant);

CREATE TABLE IF NOT EXISTS backup (
    key BLOB PRIMARY KEY,
    user BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    blob BLOB NOT NULL
) STRICT;

-- Whole files, who keeps them since when, and files of which a part is here.
CREATE TABLE IF NOT EXISTS file (
    hash BLOB PRIMARY KEY,
    size INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS keeper (
    hash BLOB NOT NULL REFERENCES file (hash),
    user BLOB NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (hash, user)
) STRICT;
CREATE INDEX IF NOT EXISTS keeper_by_user ON keeper (user);
CREATE INDEX IF NOT EXISTS keeper_by_age ON keeper (since);
CREATE TABLE IF NOT EXISTS upload (
    hash BLOB NOT NULL,
    user BLOB NOT NULL,
    size INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (hash, user)
) STRICT;
CREATE INDEX IF NOT EXISTS upload_by_user ON upload (user);
