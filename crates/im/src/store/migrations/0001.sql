-- The first form of the store. Times are milliseconds since 1970; switches are 0 and 1.

-- The one account of this device. `entropy` is that of the recovery words, which only the primary device keeps.
CREATE TABLE account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL,
    entropy BLOB,
    address TEXT NOT NULL,
    curve_key TEXT NOT NULL,
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

-- Small values with a name of their own.
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How often each kind of shared data changed.
CREATE TABLE version (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The account's settings.
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

-- The account's devices; `secret` is there for this one alone.
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

-- Network nodes.
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

-- Rooms. "1" is the default one and "2" the blank one.
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

-- What a room's notifications say instead of the message.
CREATE TABLE room_notice (
    id TEXT PRIMARY KEY,
    room TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE INDEX room_notice_by_room ON room_notice (room, position);

-- People. `state`: 0 new, 1 unknown to the network, -1 refused, 2 contact. Rooms know nothing of each other, so that who is
-- a contact in one can be asked, or blocked, in another as if nobody had ever heard of them. `bot` says how a bot is asked,
-- as JSON; people have none.
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
    bot TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (room, address)
) STRICT;
CREATE INDEX contact_by_address ON contact (address);
CREATE INDEX contact_by_room ON contact (room, state, address);

-- What is remembered of the conversation with a bot, as JSON: by the bot itself, if it answers here, and its last menu.
CREATE TABLE bot_memory (
    room TEXT NOT NULL,
    address TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT '{}',
    menu TEXT,
    PRIMARY KEY (room, address),
    FOREIGN KEY (room, address) REFERENCES contact (room, address) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;

-- Friend requests, received (`incoming` 1) and sent. `state`: 0 open, 1 accepted, 2 refused.
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
CREATE INDEX friend_request_by_room ON friend_request (room, incoming, updated);
CREATE INDEX friend_request_by_address ON friend_request (address);

-- Groups. `state`: 1 normal, 2 left, 3 dissolved, 4 being created. `secret` is the group's key if it was made here.
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
CREATE INDEX chat_group_by_room ON chat_group (room, state, created);

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

-- Members of groups. `state`: 1 in the group, 0 removed, -1 unknown.
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

-- Applications to join a group. `state`: 0 open, 1 accepted, 2 ignored.
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
CREATE INDEX group_application_by_group ON group_application (group_id, address);

-- Conversations. `peer` is the node address of the contact (`kind` 1) or the id of the group (`kind` 2). One that is not
-- `listed` was taken off the list but keeps its messages. `counter` is the version of its newest message.
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
CREATE INDEX conversation_by_time ON conversation (room, pinned_at DESC, updated DESC);
CREATE INDEX conversation_by_peer ON conversation (peer);
CREATE INDEX conversation_unread ON conversation (room) WHERE unread + marked_unread > 0;

-- Messages. `source`: 0 own, 1 somebody else's, 2 the program's. `state`: 1 unread, 3 delivered, 2 read.
-- `sent`: 0 on its way, 1 sent, 2 failed. `burn_time` runs from the reading and ends at `burn_at`.
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
CREATE INDEX message_by_time ON message (conversation, created, seq);
CREATE INDEX message_unread ON message (conversation, created, seq) WHERE source = 1 AND state <> 2;
CREATE INDEX message_burning ON message (burn_at) WHERE burn_at IS NOT NULL;
CREATE INDEX message_expiring ON message (expires_at) WHERE expires_at IS NOT NULL;

-- The words of messages, by `message.seq`. `place` says with whom and of which type
-- the message is (`p<peer> k<kind>`).
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, place, content = '', contentless_delete = 1, detail = full,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co S*'"
);
CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
    DELETE FROM message_words WHERE rowid = old.seq;
    DELETE FROM outbox WHERE message = old.id;
END;

-- Files of messages. `file` is the name of the encrypted copy in the folder `files`, `key` what it is encrypted with;
-- forwarded messages share copies. A copy that no row names is removed.
CREATE TABLE media (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    file TEXT NOT NULL,
    key BLOB NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (message, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_by_file ON media (file);

-- Favourites.
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
CREATE INDEX favourite_by_time ON favourite (room, created);

-- What waits for the network, in order. `payload` is JSON, `kind` says of what.
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
CREATE INDEX outbox_by_recipient ON outbox (recipient, seq);
CREATE INDEX outbox_of_bots ON outbox (room, recipient, seq) WHERE kind = 'ask';
CREATE INDEX outbox_by_message ON outbox (message) WHERE message IS NOT NULL;
