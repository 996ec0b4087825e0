CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
    DELETE FROM message_words WHERE rowid = old.seq;
    DELETE FROM outbox WHERE message = old.id;
END;
CREATE TABLE account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL,
    entropy BLOB NOT NULL,
    address TEXT NOT NULL,
    nickname TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    backup INTEGER NOT NULL DEFAULT 0,
    mnemonic_backup INTEGER NOT NULL DEFAULT 0,
    wallet_check TEXT NOT NULL DEFAULT '',
    fast_login INTEGER NOT NULL DEFAULT 0,
    anonymous INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE chat_group (
    id TEXT PRIMARY KEY,
    uid TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES room (id),
    name TEXT NOT NULL DEFAULT '',
    notice TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    message_version INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 4,
    hidden_until INTEGER NOT NULL DEFAULT 0,
    burn_time INTEGER NOT NULL DEFAULT 0,
    secret BLOB,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE contact (
    address TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES room (id),
    nickname TEXT NOT NULL DEFAULT '',
    remark TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    public_key TEXT NOT NULL DEFAULT '',
    curve_key TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    blocked INTEGER NOT NULL DEFAULT 0,
    blocked_by INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    muted INTEGER NOT NULL DEFAULT 0,
    hidden_until INTEGER NOT NULL DEFAULT 0,
    burn_time INTEGER NOT NULL DEFAULT 0,
    marked_unread INTEGER NOT NULL DEFAULT 0,
    wallet_address TEXT,
    wallet_key TEXT,
    wallet_index INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (room, address)
) STRICT;
CREATE TABLE conversation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL REFERENCES room (id),
    peer TEXT NOT NULL,
    kind INTEGER NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0,
    marked_unread INTEGER NOT NULL DEFAULT 0,
    pinned_at INTEGER NOT NULL DEFAULT 0,
    mentioned INTEGER NOT NULL DEFAULT 0,
    missed_call INTEGER NOT NULL DEFAULT 0,
    last_message INTEGER,
    listed INTEGER NOT NULL DEFAULT 1,
    counter INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (room, peer)
) STRICT;
CREATE TABLE device (
    machine TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    platform INTEGER NOT NULL,
    role INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    online INTEGER NOT NULL DEFAULT 0,
    in_use INTEGER NOT NULL DEFAULT 0,
    auto_login INTEGER NOT NULL DEFAULT 0,
    client_version TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    message_count INTEGER NOT NULL DEFAULT 0,
    new_data INTEGER NOT NULL DEFAULT 0,
    secret BLOB,
    last_seen INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE early_key (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    address TEXT NOT NULL,
    device BLOB NOT NULL,
    key BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE favourite (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL REFERENCES room (id),
    message TEXT NOT NULL,
    kind INTEGER NOT NULL,
    origin TEXT NOT NULL,
    body TEXT NOT NULL,
    sender TEXT NOT NULL,
    origin_kind INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (room, message)
) STRICT;
CREATE TABLE friend_request (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    room TEXT NOT NULL REFERENCES room (id),
    incoming INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL DEFAULT '',
    remark TEXT NOT NULL DEFAULT '',
    nickname TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    curve_key TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL DEFAULT 0,
    source INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (room, address, incoming)
) STRICT;
CREATE TABLE group_application (
    id TEXT PRIMARY KEY,
    group_id TEXT NOT NULL,
    address TEXT NOT NULL,
    nickname TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    curve_key TEXT NOT NULL DEFAULT '',
    incoming INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE group_config (
    group_id TEXT PRIMARY KEY,
    uid TEXT NOT NULL,
    rename_restricted INTEGER NOT NULL DEFAULT 0,
    joining_restricted INTEGER NOT NULL DEFAULT 0,
    all_muted INTEGER NOT NULL DEFAULT 0,
    qr_joining INTEGER NOT NULL DEFAULT 0,
    approval INTEGER NOT NULL DEFAULT 0,
    member_limit INTEGER NOT NULL DEFAULT 200,
    admin_limit INTEGER NOT NULL DEFAULT 3,
    members_protected INTEGER NOT NULL DEFAULT 0,
    voice_calls INTEGER NOT NULL DEFAULT 0,
    video_calls INTEGER NOT NULL DEFAULT 0,
    muted INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE group_member (
    group_id TEXT NOT NULL,
    address TEXT NOT NULL,
    is_owner INTEGER NOT NULL DEFAULT 0,
    is_admin INTEGER NOT NULL DEFAULT 0,
    nickname TEXT NOT NULL DEFAULT '',
    remark TEXT NOT NULL DEFAULT '',
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    curve_key TEXT NOT NULL DEFAULT '',
    domain TEXT NOT NULL DEFAULT '',
    state INTEGER NOT NULL DEFAULT 1,
    renamed INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (group_id, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_operation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    id BLOB NOT NULL,
    operation BLOB NOT NULL,
    UNIQUE (group_id, id)
) STRICT;
CREATE TABLE group_pending (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    operation BLOB NOT NULL UNIQUE,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE held (
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    letter TEXT NOT NULL,
    place TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;
CREATE TABLE media (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    file TEXT NOT NULL,
    key BLOB NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL, sealed TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversation (seq) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    source INTEGER NOT NULL,
    sender TEXT NOT NULL,
    body TEXT NOT NULL,
    state INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    burn_time INTEGER NOT NULL DEFAULT 0,
    burn_at INTEGER,
    expires_at INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, place, content = '', contentless_delete = 1, detail = full,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co S*'"
);
CREATE TABLE node (
    id TEXT PRIMARY KEY,
    country TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    node TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0,
    is_current INTEGER NOT NULL DEFAULT 0,
    is_cloud INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message TEXT,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE parcel (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    address TEXT NOT NULL,
    id BLOB NOT NULL,
    message TEXT,
    envelope BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE person (
    address TEXT PRIMARY KEY,
    signed BLOB NOT NULL,
    devices BLOB NOT NULL,
    version INTEGER NOT NULL,
    token BLOB,
    looked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE person_device (
    device BLOB PRIMARY KEY,
    address TEXT NOT NULL REFERENCES person (address) ON DELETE CASCADE,
    counter INTEGER NOT NULL DEFAULT 1,
    told INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE ratchet (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE room (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    picture INTEGER NOT NULL DEFAULT -1,
    picture_url TEXT NOT NULL DEFAULT '',
    notify INTEGER NOT NULL DEFAULT 1,
    hidden INTEGER NOT NULL DEFAULT 0,
    lifetime INTEGER NOT NULL DEFAULT 4,
    state INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE room_notice (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE setting (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    nickname TEXT NOT NULL DEFAULT '',
    call_invitations INTEGER NOT NULL DEFAULT 1,
    new_messages INTEGER NOT NULL DEFAULT 1,
    show_last_online INTEGER NOT NULL DEFAULT 1,
    use_mobile_data INTEGER NOT NULL DEFAULT 1,
    use_wifi_data INTEGER NOT NULL DEFAULT 1,
    call_ring INTEGER NOT NULL DEFAULT 1,
    call_shake INTEGER NOT NULL DEFAULT 1,
    message_ring INTEGER NOT NULL DEFAULT 1,
    message_shake INTEGER NOT NULL DEFAULT 1,
    shake_to_clear INTEGER NOT NULL DEFAULT 0,
    language TEXT NOT NULL DEFAULT 'en',
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE TABLE sqlite_sequence(name,seq);
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
CREATE TABLE unopened (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    envelope BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE upload (
    file TEXT PRIMARY KEY,
    local TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE version (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_group_by_room ON chat_group (room, state, created);
CREATE INDEX contact_by_address ON contact (address);
CREATE INDEX contact_by_room ON contact (room, state, address);
CREATE INDEX conversation_by_peer ON conversation (peer);
CREATE INDEX conversation_by_time ON conversation (room, pinned_at DESC, updated DESC);
CREATE INDEX conversation_unread ON conversation (room) WHERE unread + marked_unread > 0;
CREATE INDEX early_key_by_address ON early_key (address);
CREATE INDEX early_key_by_age ON early_key (created);
CREATE INDEX early_key_by_group ON early_key (group_id, seq);
CREATE INDEX favourite_by_time ON favourite (room, created);
CREATE INDEX friend_request_by_address ON friend_request (address);
CREATE INDEX friend_request_by_room ON friend_request (room, incoming, updated);
CREATE INDEX group_application_by_group ON group_application (group_id, address);
CREATE INDEX group_pending_by_age ON group_pending (created);
CREATE INDEX group_pending_by_group ON group_pending (group_id, seq);
CREATE INDEX held_by_age ON held (created);
CREATE INDEX media_by_file ON media (file);
CREATE INDEX media_by_seal ON media (sealed);
CREATE INDEX message_burning ON message (burn_at) WHERE burn_at IS NOT NULL;
CREATE INDEX message_by_time ON message (conversation, created, seq);
CREATE INDEX message_expiring ON message (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX message_unread ON message (conversation, created, seq) WHERE source = 1 AND state <> 2;
CREATE INDEX outbox_by_age ON outbox (created);
CREATE INDEX outbox_by_message ON outbox (message) WHERE message IS NOT NULL;
CREATE INDEX outbox_by_recipient ON outbox (recipient, seq);
CREATE INDEX parcel_by_age ON parcel (created);
CREATE INDEX parcel_by_device ON parcel (device, seq);
CREATE INDEX parcel_by_message ON parcel (message) WHERE message IS NOT NULL;
CREATE INDEX person_device_by_address ON person_device (address);
CREATE INDEX room_notice_by_room ON room_notice (room, position);
CREATE INDEX transfer_by_local ON transfer (local);
CREATE INDEX unopened_by_age ON unopened (created);
CREATE INDEX unopened_by_device ON unopened (device);
CREATE INDEX upload_by_age ON upload (created);
