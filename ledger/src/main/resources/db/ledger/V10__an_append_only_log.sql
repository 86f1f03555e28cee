-- What was booked and what was metered becomes a leaf of one log that only grows, so that a line can be proved to whoever holds a
-- signed checkpoint, and a past that was rewritten cannot be hidden. The database keeps the log without gaps, unchanged, and hashed as it says.

CREATE TABLE ledger.log_leaf (
    leaf_index bigint      NOT NULL,
    kind       text        NOT NULL,
    chain      text        NOT NULL,
    number     bigint      NOT NULL,
    content    text        NOT NULL,
    sealed_at  timestamptz NOT NULL,
    level      smallint    NOT NULL DEFAULT 0,
    CONSTRAINT log_leaf_pk PRIMARY KEY (leaf_index),
    CONSTRAINT log_leaf_sealed_once UNIQUE (kind, chain, number),
    CONSTRAINT log_leaf_kind_known CHECK (kind IN ('ENTRY', 'USAGE_BATCH')),
    CONSTRAINT log_leaf_number_from_one CHECK (number >= 1),
    CONSTRAINT log_leaf_level_is_zero CHECK (level = 0)
);

COMMENT ON TABLE ledger.log_leaf IS
    'Leaves of the append-only log from 0 without a gap: each booked entry (chain: its month) and each shipped usage batch (chain: its node), in the order of their chain.';
COMMENT ON COLUMN ledger.log_leaf.content IS 'What was hashed, in UTF-8 behind a zero byte (RFC 9162, section 2.1.1).';

CREATE TABLE ledger.log_node (
    level      smallint NOT NULL,
    node_index bigint   NOT NULL,
    sha256     bytea    NOT NULL,
    sm3        bytea    NOT NULL,
    CONSTRAINT log_node_pk PRIMARY KEY (level, node_index),
    CONSTRAINT log_node_place CHECK (level >= 0 AND node_index >= 0),
    CONSTRAINT log_node_hashes CHECK (octet_length(sha256) = 32 AND octet_length(sm3) = 32)
);

COMMENT ON TABLE ledger.log_node IS
    'Hashes of the whole subtrees of the log: (level, i) covers the 2^level leaves from i * 2^level on; level 0 are the leaves.';

-- A leaf without its hash must not survive its transaction.
ALTER TABLE ledger.log_leaf ADD CONSTRAINT log_leaf_is_hashed FOREIGN KEY (level, leaf_index)
    REFERENCES ledger.log_node (level, node_index) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE ledger.log_key_set (
    number     bigint      NOT NULL,
    valid_from timestamptz NOT NULL,
    note       text        NOT NULL,
    CONSTRAINT log_key_set_pk PRIMARY KEY (number),
    CONSTRAINT log_key_set_says_its_number CHECK (position(E'\nset ' || number || E'\n' IN note) > 0)
);

COMMENT ON TABLE ledger.log_key_set IS
    'The public keys that sign checkpoints from valid_from on; the note is signed by them and by those of the set before.';

CREATE TABLE ledger.log_checkpoint (
    number      bigint      NOT NULL,
    size        bigint      NOT NULL,
    sha256_root bytea       NOT NULL,
    sm3_root    bytea       NOT NULL,
    key_set     bigint      NOT NULL,
    signed_at   timestamptz NOT NULL,
    note        text        NOT NULL,
    CONSTRAINT log_checkpoint_pk PRIMARY KEY (number),
    CONSTRAINT log_checkpoint_key_set_fk FOREIGN KEY (key_set) REFERENCES ledger.log_key_set (number),
    CONSTRAINT log_checkpoint_says_its_root CHECK (
        position(E'\n' || size || E'\n' || encode(sha256_root, 'base64') || E'\nsm3 ' || encode(sm3_root, 'base64') || E'\n' IN note) > 0)
);
CREATE INDEX log_checkpoint_by_size ON ledger.log_checkpoint (size);

COMMENT ON TABLE ledger.log_checkpoint IS 'Signed notes of what the log was, from 1 without a gap; each covers all leaves of the one before.';

CREATE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE ON ledger.log_leaf
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_leaf_never_truncated BEFORE TRUNCATE ON ledger.log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_node_append_only BEFORE UPDATE OR DELETE ON ledger.log_node
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_node_never_truncated BEFORE TRUNCATE ON ledger.log_node
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_key_set_append_only BEFORE UPDATE OR DELETE ON ledger.log_key_set
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_key_set_never_truncated BEFORE TRUNCATE ON ledger.log_key_set
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger.log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER log_checkpoint_never_truncated BEFORE TRUNCATE ON ledger.log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Leaves follow the last one, and each chain goes on where it was: nothing is left out, nothing comes twice.
CREATE FUNCTION ledger.check_log_leaves() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    added record;
    wrong record;
BEGIN
    SELECT min(n.leaf_index) AS first, max(n.leaf_index) AS last, count(*) AS leaves INTO added FROM new_leaves n;
    IF added.leaves = 0 THEN
        RETURN NULL;
    END IF;
    -- Indexes are unique by constraint, so these ends and this count leave no gap.
    IF added.first <> coalesce((SELECT max(l.leaf_index) + 1 FROM ledger.log_leaf l WHERE l.leaf_index < added.first), 0)
       OR added.last <> added.first + added.leaves - 1 THEN
        RAISE EXCEPTION 'log: leaves % to % do not follow the last one', added.first, added.last USING ERRCODE = 'JL006';
    END IF;
    SELECT c.kind, c.chain, c.number INTO wrong
      FROM (SELECT n.kind, n.chain, n.number,
                   row_number() OVER (PARTITION BY n.kind, n.chain ORDER BY n.leaf_index)
                   + first_value(n.before) OVER (PARTITION BY n.kind, n.chain ORDER BY n.leaf_index) AS expected
              FROM (SELECT n.leaf_index, n.kind, n.chain, n.number, b.before
                      FROM new_leaves n
                      JOIN (SELECT k.kind, k.chain,
                                   coalesce((SELECT l.number FROM ledger.log_leaf l
                                              WHERE l.kind = k.kind AND l.chain = k.chain AND l.number < k.first
                                              ORDER BY l.number DESC LIMIT 1), 0) AS before
                              FROM (SELECT m.kind, m.chain, min(m.number) AS first
                                      FROM new_leaves m GROUP BY m.kind, m.chain) k) b
                        ON b.kind = n.kind AND b.chain = n.chain) n) c
     WHERE c.number <> c.expected
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'log: % % of % does not follow its chain', wrong.kind, wrong.number, wrong.chain USING ERRCODE = 'JL006';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER log_leaf_follows AFTER INSERT ON ledger.log_leaf
    REFERENCING NEW TABLE AS new_leaves FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_log_leaves();

-- A node is the hash of what is below it. PostgreSQL knows SHA-256; SM3 is checked by who reads (LogCheck).
CREATE FUNCTION ledger.check_log_nodes() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    SELECT n.level, n.node_index INTO wrong
      FROM new_nodes n
      LEFT JOIN ledger.log_leaf f ON n.level = 0 AND f.leaf_index = n.node_index
      LEFT JOIN ledger.log_node l ON n.level > 0 AND l.level = n.level - 1 AND l.node_index = 2 * n.node_index
      LEFT JOIN ledger.log_node r ON n.level > 0 AND r.level = n.level - 1 AND r.node_index = 2 * n.node_index + 1
     WHERE n.sha256 IS DISTINCT FROM CASE n.level
               WHEN 0 THEN sha256('\x00'::bytea || convert_to(f.content, 'UTF8'))
               ELSE sha256('\x01'::bytea || l.sha256 || r.sha256) END
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'log: node %/% is not the hash of what is below it', wrong.level, wrong.node_index USING ERRCODE = 'JL007';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER log_node_hashes_what_is_below AFTER INSERT ON ledger.log_node
    REFERENCING NEW TABLE AS new_nodes FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_log_nodes();

CREATE FUNCTION ledger.check_log_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT c.number, c.size, c.signed_at, c.key_set INTO last FROM ledger.log_checkpoint c ORDER BY c.number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.size < coalesce(last.size, 0) OR NEW.signed_at < last.signed_at
       OR NEW.key_set < last.key_set THEN
        RAISE EXCEPTION 'log: checkpoint % over % leaves does not follow the last one', NEW.number, NEW.size
            USING ERRCODE = 'JL008';
    END IF;
    IF NEW.size > 0 AND NOT EXISTS (SELECT 1 FROM ledger.log_leaf l WHERE l.leaf_index = NEW.size - 1) THEN
        RAISE EXCEPTION 'log: checkpoint % over % leaves, which are not all there', NEW.number, NEW.size
            USING ERRCODE = 'JL008';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER log_checkpoint_follows BEFORE INSERT ON ledger.log_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger.check_log_checkpoint();

CREATE FUNCTION ledger.check_log_key_set() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT k.number, k.valid_from INTO last FROM ledger.log_key_set k ORDER BY k.number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1 OR NEW.valid_from < last.valid_from THEN
        RAISE EXCEPTION 'log: set of keys % does not follow the last one', NEW.number USING ERRCODE = 'JL008';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER log_key_set_follows BEFORE INSERT ON ledger.log_key_set
    FOR EACH ROW EXECUTE FUNCTION ledger.check_log_key_set();
