-- Mailboxes for a database that several nodes may share. Times are milliseconds since 1970.
CREATE TABLE IF NOT EXISTS mailbox (
    mailbox bytea PRIMARY KEY,
    number bigint NOT NULL,
    entries bigint NOT NULL,
    bytes bigint NOT NULL,
    strangers bigint NOT NULL
);

-- acknowledged = their time, envelope empty.
CREATE TABLE IF NOT EXISTS entry (
    mailbox bytea NOT NULL,
    number bigint NOT NULL,
    id bytea NOT NULL,
    stranger boolean NOT NULL,
    arrived bigint NOT NULL,
    acknowledged bigint,
    envelope bytea NOT NULL,
    PRIMARY KEY (mailbox, number)
) PARTITION BY HASH (mailbox);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS entry_%s PARTITION OF entry FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
            part, part);
        -- What is encrypted does not get shorter.
        EXECUTE format('ALTER TABLE entry_%s ALTER COLUMN envelope SET STORAGE EXTERNAL', part);
    END LOOP;
END
$$;

CREATE UNIQUE INDEX IF NOT EXISTS entry_by_id ON entry (mailbox, id);
CREATE INDEX IF NOT EXISTS entry_waiting ON entry (arrived) WHERE acknowledged IS NULL;
CREATE INDEX IF NOT EXISTS entry_remembered ON entry (acknowledged) WHERE acknowledged IS NOT NULL;

-- Stores envelopes in the order given. For each, the number under which it lies: of a new one as it is, of one that was known
-- negative, and 0 where there was no room.
CREATE OR REPLACE FUNCTION put_entries(
    mailboxes bytea[], ids bytea[], lanes boolean[], envelopes bytea[], now bigint,
    most_entries bigint, most_bytes bigint, most_strangers bigint)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    answers bigint[] := '{}';
    fill mailbox%ROWTYPE;
    known bigint;
    size bigint;
    at bytea;
BEGIN
    -- In one order everywhere, so that no two transactions wait for each other.
    FOR at IN SELECT DISTINCT unnest(mailboxes) ORDER BY 1 LOOP
        INSERT INTO mailbox AS m (mailbox, number, entries, bytes, strangers) VALUES (at, 0, 0, 0, 0)
            ON CONFLICT (mailbox) DO UPDATE SET number = m.number;
    END LOOP;
    FOR i IN 1..coalesce(array_length(mailboxes, 1), 0) LOOP
        SELECT number INTO known FROM entry WHERE entry.mailbox = mailboxes[i] AND entry.id = ids[i];
        IF FOUND THEN
            answers := answers || -known;
            CONTINUE;
        END IF;
        size := octet_length(envelopes[i]);
        UPDATE mailbox SET number = number + 1, entries = entries + 1, bytes = bytes + size,
                strangers = strangers + lanes[i]::int
            WHERE mailbox.mailbox = mailboxes[i] AND entries < most_entries AND bytes + size <= most_bytes
                AND (NOT lanes[i] OR strangers < most_strangers)
            RETURNING * INTO fill;
        IF NOT FOUND THEN
            answers := answers || 0::bigint;
            CONTINUE;
        END IF;
        INSERT INTO entry (mailbox, number, id, stranger, arrived, envelope)
            VALUES (mailboxes[i], fill.number, ids[i], lanes[i], now, envelopes[i]);
        answers := answers || fill.number;
    END LOOP;
    RETURN answers;
END
$$;

-- Counts what went from a mailbox.
CREATE OR REPLACE FUNCTION acknowledge_entries(of bytea, upto bigint, now bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone record;
BEGIN
    PERFORM 1 FROM mailbox WHERE mailbox.mailbox = of FOR UPDATE;
    SELECT count(*) AS entries, coalesce(sum(octet_length(envelope)), 0) AS bytes,
            count(*) FILTER (WHERE stranger) AS strangers INTO gone
        FROM entry WHERE entry.mailbox = of AND number <= upto AND acknowledged IS NULL;
    UPDATE entry SET acknowledged = now, envelope = ''
        WHERE entry.mailbox = of AND number <= upto AND acknowledged IS NULL;
    UPDATE mailbox SET entries = entries - gone.entries, bytes = bytes - gone.bytes,
            strangers = strangers - gone.strangers
        WHERE mailbox.mailbox = of;
END
$$;

-- Deletes up to `most` entries that are too old, and answers how many of them nobody had fetched, and how many all were.
CREATE OR REPLACE FUNCTION expire_entries(waiting_since bigint, remembered_since bigint, most bigint,
    OUT unfetched bigint, OUT deleted bigint) LANGUAGE plpgsql AS $$
DECLARE
    at record;
    gone record;
BEGIN
    DELETE FROM entry USING (
        SELECT mailbox, number FROM entry WHERE acknowledged < remembered_since LIMIT most) AS old
        WHERE entry.mailbox = old.mailbox AND entry.number = old.number;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    unfetched := 0;
    FOR at IN SELECT mailbox, max(number) AS upto FROM (
            SELECT mailbox, number FROM entry WHERE acknowledged IS NULL AND arrived < waiting_since LIMIT most) AS old
            GROUP BY mailbox ORDER BY mailbox LOOP
        PERFORM 1 FROM mailbox WHERE mailbox.mailbox = at.mailbox FOR UPDATE;
        WITH old AS (
            DELETE FROM entry WHERE entry.mailbox = at.mailbox AND number <= at.upto AND acknowledged IS NULL
                AND arrived < waiting_since RETURNING octet_length(envelope) AS size, stranger)
            SELECT count(*) AS entries, coalesce(sum(size), 0) AS bytes, count(*) FILTER (WHERE stranger) AS strangers
            INTO gone FROM old;
        UPDATE mailbox SET entries = entries - gone.entries, bytes = bytes - gone.bytes,
                strangers = strangers - gone.strangers
            WHERE mailbox.mailbox = at.mailbox;
        unfetched := unfetched + gone.entries;
        deleted := deleted + gone.entries;
    END LOOP;
END
$$;
