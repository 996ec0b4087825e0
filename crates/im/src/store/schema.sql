CREATE TRIGGER account_deleted AFTER DELETE ON account BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(old.only), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_made AFTER INSERT ON account BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(new.only), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_set AFTER UPDATE OF only, nickname, picture, picture_url, domain ON account WHEN old.only IS NOT new.only
    OR old.nickname IS NOT new.nickname
    OR old.picture IS NOT new.picture
    OR old.picture_url IS NOT new.picture_url
    OR old.domain IS NOT new.domain BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(old.only), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(new.only), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER chat_group_deleted AFTER DELETE ON chat_group BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER chat_group_made AFTER INSERT ON chat_group BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER chat_group_set AFTER UPDATE OF id, room, hidden_until, burn_time ON chat_group WHEN old.id IS NOT new.id
    OR old.room IS NOT new.room
    OR old.hidden_until IS NOT new.hidden_until
    OR old.burn_time IS NOT new.burn_time BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_deleted AFTER DELETE ON contact BEGIN
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(old.room, old.address), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_made AFTER INSERT ON contact BEGIN
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(new.room, new.address), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_set AFTER UPDATE OF room, address, remark, state, blocked, pinned, muted, hidden_until, burn_time, marked_unread, wallet_address, wallet_key, wallet_index, bot, nickname, picture, picture_url, public_key, curve_key, domain, version, blocked_by, created ON contact WHEN old.room IS NOT new.room
    OR old.address IS NOT new.address
    OR old.remark IS NOT new.remark
    OR old.state IS NOT new.state
    OR old.blocked IS NOT new.blocked
    OR old.pinned IS NOT new.pinned
    OR old.muted IS NOT new.muted
    OR old.hidden_until IS NOT new.hidden_until
    OR old.burn_time IS NOT new.burn_time
    OR old.marked_unread IS NOT new.marked_unread
    OR old.wallet_address IS NOT new.wallet_address
    OR old.wallet_key IS NOT new.wallet_key
    OR old.wallet_index IS NOT new.wallet_index
    OR old.bot IS NOT new.bot
    OR old.nickname IS NOT new.nickname
    OR old.picture IS NOT new.picture
    OR old.picture_url IS NOT new.picture_url
    OR old.public_key IS NOT new.public_key
    OR old.curve_key IS NOT new.curve_key
    OR old.domain IS NOT new.domain
    OR old.version IS NOT new.version
    OR old.blocked_by IS NOT new.blocked_by
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(old.room, old.address), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(new.room, new.address), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_deleted AFTER DELETE ON conversation BEGIN
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(old.room, old.peer), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_made AFTER INSERT ON conversation BEGIN
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(new.room, new.peer), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_set AFTER UPDATE OF room, peer, listed, pinned_at, marked_unread, kind, created ON conversation WHEN old.room IS NOT new.room
    OR old.peer IS NOT new.peer
    OR old.listed IS NOT new.listed
    OR old.pinned_at IS NOT new.pinned_at
    OR old.marked_unread IS NOT new.marked_unread
    OR old.kind IS NOT new.kind
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(old.room, old.peer), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(new.room, new.peer), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER favourite_deleted AFTER DELETE ON favourite BEGIN
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(old.room, old.message), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER favourite_made AFTER INSERT ON favourite BEGIN
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(new.room, new.message), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER favourite_set AFTER UPDATE OF room, message, id, kind, origin, body, sender, origin_kind, created, updated ON favourite WHEN old.room IS NOT new.room
    OR old.message IS NOT new.message
    OR old.id IS NOT new.id
    OR old.kind IS NOT new.kind
    OR old.origin IS NOT new.origin
    OR old.body IS NOT new.body
    OR old.sender IS NOT new.sender
    OR old.origin_kind IS NOT new.origin_kind
    OR old.created IS NOT new.created
    OR old.updated IS NOT new.updated BEGIN
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(old.room, old.message), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(new.room, new.message), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER friend_request_deleted AFTER DELETE ON friend_request BEGIN
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(old.room, old.address, old.incoming), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER friend_request_made AFTER INSERT ON friend_request BEGIN
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(new.room, new.address, new.incoming), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER friend_request_set AFTER UPDATE OF room, address, incoming, state, remark, seen, id, content, nickname, picture, picture_url, curve_key, domain, times, source, created, updated ON friend_request WHEN old.room IS NOT new.room
    OR old.address IS NOT new.address
    OR old.incoming IS NOT new.incoming
    OR old.state IS NOT new.state
    OR old.remark IS NOT new.remark
    OR old.seen IS NOT new.seen
    OR old.id IS NOT new.id
    OR old.content IS NOT new.content
    OR old.nickname IS NOT new.nickname
    OR old.picture IS NOT new.picture
    OR old.picture_url IS NOT new.picture_url
    OR old.curve_key IS NOT new.curve_key
    OR old.domain IS NOT new.domain
    OR old.times IS NOT new.times
    OR old.source IS NOT new.source
    OR old.created IS NOT new.created
    OR old.updated IS NOT new.updated BEGIN
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(old.room, old.address, old.incoming), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(new.room, new.address, new.incoming), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_config_deleted AFTER DELETE ON group_config BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(old.group_id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_config_made AFTER INSERT ON group_config BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(new.group_id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_config_set AFTER UPDATE OF group_id, muted, pinned ON group_config WHEN old.group_id IS NOT new.group_id
    OR old.muted IS NOT new.muted
    OR old.pinned IS NOT new.pinned BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(old.group_id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(new.group_id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_member_deleted AFTER DELETE ON group_member BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(old.group_id, old.address), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_member_made AFTER INSERT ON group_member BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(new.group_id, new.address), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_member_set AFTER UPDATE OF group_id, address, remark ON group_member WHEN old.group_id IS NOT new.group_id
    OR old.address IS NOT new.address
    OR old.remark IS NOT new.remark BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(old.group_id, old.address), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(new.group_id, new.address), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
    DELETE FROM message_words WHERE rowid = old.seq;
    DELETE FROM outbox WHERE message = old.id;
END;
CREATE TRIGGER node_deleted AFTER DELETE ON node BEGIN
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER node_made AFTER INSERT ON node BEGIN
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER node_set AFTER UPDATE OF id, country, host, port, node, is_default, is_current, is_cloud, created ON node WHEN old.id IS NOT new.id
    OR old.country IS NOT new.country
    OR old.host IS NOT new.host
    OR old.port IS NOT new.port
    OR old.node IS NOT new.node
    OR old.is_default IS NOT new.is_default
    OR old.is_current IS NOT new.is_current
    OR old.is_cloud IS NOT new.is_cloud
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_deleted AFTER DELETE ON room BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_made AFTER INSERT ON room BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_notice_deleted AFTER DELETE ON room_notice BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_notice_made AFTER INSERT ON room_notice BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_notice_set AFTER UPDATE OF id, room, position, text, created ON room_notice WHEN old.id IS NOT new.id
    OR old.room IS NOT new.room
    OR old.position IS NOT new.position
    OR old.text IS NOT new.text
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_set AFTER UPDATE OF id, name, picture, picture_url, notify, hidden, lifetime, state, created ON room WHEN old.id IS NOT new.id
    OR old.name IS NOT new.name
    OR old.picture IS NOT new.picture
    OR old.picture_url IS NOT new.picture_url
    OR old.notify IS NOT new.notify
    OR old.hidden IS NOT new.hidden
    OR old.lifetime IS NOT new.lifetime
    OR old.state IS NOT new.state
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER setting_deleted AFTER DELETE ON setting BEGIN
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(old.only), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER setting_made AFTER INSERT ON setting BEGIN
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(new.only), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER setting_set AFTER UPDATE OF only, nickname, call_invitations, new_messages, show_last_online, use_mobile_data, use_wifi_data, call_ring, call_shake, message_ring, message_shake, shake_to_clear, language ON setting WHEN old.only IS NOT new.only
    OR old.nickname IS NOT new.nickname
    OR old.call_invitations IS NOT new.call_invitations
    OR old.new_messages IS NOT new.new_messages
    OR old.show_last_online IS NOT new.show_last_online
    OR old.use_mobile_data IS NOT new.use_mobile_data
    OR old.use_wifi_data IS NOT new.use_wifi_data
    OR old.call_ring IS NOT new.call_ring
    OR old.call_shake IS NOT new.call_shake
    OR old.message_ring IS NOT new.message_ring
    OR old.message_shake IS NOT new.message_shake
    OR old.shake_to_clear IS NOT new.shake_to_clear
    OR old.language IS NOT new.language BEGIN
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(old.only), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(new.only), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER version_deleted AFTER DELETE ON version WHEN old.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(old.name), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER version_made AFTER INSERT ON version WHEN new.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(new.name), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER version_set AFTER UPDATE OF name, value ON version WHEN new.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') AND (old.name IS NOT new.name
    OR old.value IS NOT new.value) BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(old.name), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(new.name), 0) ON CONFLICT DO NOTHING;
END;
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
CREATE TABLE bot_memory (
    room TEXT NOT NULL,
    address TEXT NOT NULL,
    session TEXT NOT NULL DEFAULT '{}',
    menu TEXT,
    PRIMARY KEY (room, address),
    FOREIGN KEY (room, address) REFERENCES contact (room, address) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;
CREATE TABLE changed (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (name, row)
) STRICT, WITHOUT ROWID;
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
    bot TEXT,
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
    asked INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE postponed (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (name, row)
) STRICT, WITHOUT ROWID;
CREATE TABLE ratchet (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE register (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (name, row)
) STRICT;
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
CREATE TABLE sent_letter (
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    group_id TEXT,
    message TEXT,
    letter TEXT,
    created INTEGER NOT NULL,
    PRIMARY KEY (device, counter)
) STRICT, WITHOUT ROWID;
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
    address TEXT NOT NULL,
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
CREATE INDEX outbox_of_bots ON outbox (room, recipient, seq) WHERE kind = 'ask';
CREATE INDEX parcel_by_age ON parcel (created);
CREATE INDEX parcel_by_device ON parcel (device, seq);
CREATE INDEX parcel_by_message ON parcel (message) WHERE message IS NOT NULL;
CREATE INDEX person_device_by_address ON person_device (address);
CREATE INDEX room_notice_by_room ON room_notice (room, position);
CREATE INDEX sent_letter_by_age ON sent_letter (created);
CREATE INDEX transfer_by_local ON transfer (local);
CREATE INDEX unopened_by_age ON unopened (created);
CREATE INDEX unopened_by_device ON unopened (device);
CREATE INDEX upload_by_age ON upload (created);
