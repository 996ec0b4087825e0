-- What the network needs: who others are, what goes to them, and what came.

-- State of the end-to-end encryption: small blobs under names of the encryption's own.
CREATE TABLE ratchet (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- People as the network knows them, whichever rooms know them: the device list as they signed it and as it was read, and
-- the token that they gave the user for putting letters into their mailboxes. The user is one of them.
CREATE TABLE person (
    address TEXT PRIMARY KEY,
    signed BLOB NOT NULL,
    devices BLOB NOT NULL,
    version INTEGER NOT NULL,
    token BLOB,
    looked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Devices of those people. `counter` is the number of the letter that is expected from it next; `asked` the number up to which
-- it was asked for those that are missing; `told` the version of the user's own device list that it was sent.
CREATE TABLE person_device (
    device BLOB PRIMARY KEY,
    address TEXT NOT NULL REFERENCES person (address) ON DELETE CASCADE,
    counter INTEGER NOT NULL DEFAULT 1,
    asked INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX person_device_by_address ON person_device (address);

-- Envelopes that wait for a device to take them, in order. `id` is what the mailbox knows one by. Those of one message
-- count as sent when the first is taken.
CREATE TABLE parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    address TEXT NOT NULL,
    id BLOB NOT NULL,
    message TEXT,
    envelope BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX parcel_by_device ON parcel (device, seq);
CREATE INDEX parcel_by_message ON parcel (message) WHERE message IS NOT NULL;
CREATE INDEX parcel_by_age ON parcel (created);

-- Letters that were sent, by their numbers, for when they do not arrive: as they were, or the message that they are made from.
CREATE TABLE sent_letter (
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    group_id TEXT,
    message TEXT,
    letter TEXT,
    created INTEGER NOT NULL,
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX sent_letter_by_age ON sent_letter (created);

-- Letters that came before one that precedes them.
CREATE TABLE held (
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    letter TEXT NOT NULL,
    place TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_age ON held (created);

-- Envelopes of a group whose key has not come yet, and of devices that are on no list that is known.
CREATE TABLE unopened (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    address TEXT NOT NULL,
    envelope BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX unopened_by_device ON unopened (device);
CREATE INDEX unopened_by_age ON unopened (created);

-- BLAKE3 of the encrypted copy in hex: by that others ask for it.
ALTER TABLE media ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
CREATE INDEX media_by_seal ON media (sealed);

-- Files of received messages that are not here yet, or not all of them. `file` is BLAKE3 of the encrypted copy, `local` the copy that grows in the folder `files`.
CREATE TABLE transfer (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    sender TEXT NOT NULL,
    file TEXT NOT NULL,
    local TEXT NOT NULL,
    key BLOB NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (message, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfer_by_local ON transfer (local);

-- What has waited too long is given up.
CREATE INDEX outbox_by_age ON outbox (created);

-- Copies that are to be brought to a home node, for recipients who look for them while this device is away.
CREATE TABLE upload (
    file TEXT PRIMARY KEY,
    local TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_by_age ON upload (created);

-- Signed operations of groups, in an order in which each comes after those it builds on. What a group is, is a function of them.
CREATE TABLE group_operation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    id BLOB NOT NULL,
    operation BLOB NOT NULL,
    UNIQUE (group_id, id)
) STRICT;

-- Operations that cannot be put into their place yet: something before them, or their author's devices, are not known.
CREATE TABLE group_pending (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    operation BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX group_pending_by_group ON group_pending (group_id, seq);
CREATE INDEX group_pending_by_age ON group_pending (created);

-- Keys for groups that are not known yet.
CREATE TABLE early_key (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    address TEXT NOT NULL,
    device BLOB NOT NULL,
    key BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX early_key_by_group ON early_key (group_id, seq);
CREATE INDEX early_key_by_address ON early_key (address);
CREATE INDEX early_key_by_age ON early_key (created);
