-- What the devices of a user share: settings, rooms, contacts and the like, as registers whose latest write wins.

-- Rows that were touched and not stamped yet; `row` is the JSON array of the key, `made` whether the row was made.
CREATE TABLE changed (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (name, row)
) STRICT, WITHOUT ROWID;

-- The registers of a row, those of deleted rows too.
CREATE TABLE register (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (name, row)
) STRICT;

-- Rows that wait for their room to come, or for the open room to be left.
CREATE TABLE postponed (
    name TEXT NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (name, row)
) STRICT, WITHOUT ROWID;

-- Generated from `net/registers/synced.rs`.

CREATE TRIGGER account_made AFTER INSERT ON account BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(new.only), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_deleted AFTER DELETE ON account BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(old.only), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_set AFTER UPDATE OF only, nickname, picture, picture_url, domain ON account WHEN old.only IS NOT new.only
    OR old.nickname IS NOT new.nickname
    OR old.picture IS NOT new.picture
    OR old.picture_url IS NOT new.picture_url
    OR old.domain IS NOT new.domain BEGIN
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(old.only), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('account', json_array(new.only), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'account', json_array(only), 1 FROM account;

CREATE TRIGGER setting_made AFTER INSERT ON setting BEGIN
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(new.only), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER setting_deleted AFTER DELETE ON setting BEGIN
    INSERT INTO changed (name, row, made) VALUES ('setting', json_array(old.only), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'setting', json_array(only), 1 FROM setting;

CREATE TRIGGER node_made AFTER INSERT ON node BEGIN
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER node_deleted AFTER DELETE ON node BEGIN
    INSERT INTO changed (name, row, made) VALUES ('node', json_array(old.id), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'node', json_array(id), 1 FROM node;

CREATE TRIGGER room_made AFTER INSERT ON room BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_deleted AFTER DELETE ON room BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room', json_array(old.id), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'room', json_array(id), 1 FROM room;

CREATE TRIGGER room_notice_made AFTER INSERT ON room_notice BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_notice_deleted AFTER DELETE ON room_notice BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER room_notice_set AFTER UPDATE OF id, room, position, text, created ON room_notice WHEN old.id IS NOT new.id
    OR old.room IS NOT new.room
    OR old.position IS NOT new.position
    OR old.text IS NOT new.text
    OR old.created IS NOT new.created BEGIN
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('room_notice', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'room_notice', json_array(id), 1 FROM room_notice;

CREATE TRIGGER contact_made AFTER INSERT ON contact BEGIN
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(new.room, new.address), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_deleted AFTER DELETE ON contact BEGIN
    INSERT INTO changed (name, row, made) VALUES ('contact', json_array(old.room, old.address), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'contact', json_array(room, address), 1 FROM contact;

CREATE TRIGGER friend_request_made AFTER INSERT ON friend_request BEGIN
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(new.room, new.address, new.incoming), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER friend_request_deleted AFTER DELETE ON friend_request BEGIN
    INSERT INTO changed (name, row, made) VALUES ('friend_request', json_array(old.room, old.address, old.incoming), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'friend_request', json_array(room, address, incoming), 1 FROM friend_request;

CREATE TRIGGER chat_group_made AFTER INSERT ON chat_group BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(new.id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER chat_group_deleted AFTER DELETE ON chat_group BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(old.id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER chat_group_set AFTER UPDATE OF id, room, hidden_until, burn_time ON chat_group WHEN old.id IS NOT new.id
    OR old.room IS NOT new.room
    OR old.hidden_until IS NOT new.hidden_until
    OR old.burn_time IS NOT new.burn_time BEGIN
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(old.id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('chat_group', json_array(new.id), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'chat_group', json_array(id), 1 FROM chat_group;

CREATE TRIGGER group_config_made AFTER INSERT ON group_config BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(new.group_id), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_config_deleted AFTER DELETE ON group_config BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(old.group_id), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_config_set AFTER UPDATE OF group_id, muted, pinned ON group_config WHEN old.group_id IS NOT new.group_id
    OR old.muted IS NOT new.muted
    OR old.pinned IS NOT new.pinned BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(old.group_id), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('group_config', json_array(new.group_id), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'group_config', json_array(group_id), 1 FROM group_config;

CREATE TRIGGER group_member_made AFTER INSERT ON group_member BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(new.group_id, new.address), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_member_deleted AFTER DELETE ON group_member BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(old.group_id, old.address), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER group_member_set AFTER UPDATE OF group_id, address, remark ON group_member WHEN old.group_id IS NOT new.group_id
    OR old.address IS NOT new.address
    OR old.remark IS NOT new.remark BEGIN
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(old.group_id, old.address), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('group_member', json_array(new.group_id, new.address), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'group_member', json_array(group_id, address), 1 FROM group_member;

CREATE TRIGGER conversation_made AFTER INSERT ON conversation BEGIN
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(new.room, new.peer), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_deleted AFTER DELETE ON conversation BEGIN
    INSERT INTO changed (name, row, made) VALUES ('conversation', json_array(old.room, old.peer), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'conversation', json_array(room, peer), 1 FROM conversation;

CREATE TRIGGER favourite_made AFTER INSERT ON favourite BEGIN
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(new.room, new.message), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER favourite_deleted AFTER DELETE ON favourite BEGIN
    INSERT INTO changed (name, row, made) VALUES ('favourite', json_array(old.room, old.message), 0) ON CONFLICT DO NOTHING;
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
INSERT INTO changed (name, row, made) SELECT 'favourite', json_array(room, message), 1 FROM favourite;

CREATE TRIGGER version_made AFTER INSERT ON version WHEN new.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(new.name), 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER version_deleted AFTER DELETE ON version WHEN old.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(old.name), 0) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER version_set AFTER UPDATE OF name, value ON version WHEN new.name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains') AND (old.name IS NOT new.name
    OR old.value IS NOT new.value) BEGIN
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(old.name), 0) ON CONFLICT DO NOTHING;
    INSERT INTO changed (name, row, made) VALUES ('version', json_array(new.name), 0) ON CONFLICT DO NOTHING;
END;
INSERT INTO changed (name, row, made) SELECT 'version', json_array(name), 1 FROM version WHERE name IN ('contacts', 'groups', 'user', 'rooms', 'favourites', 'blacklist', 'domains');
