-- A table of the data domain is declared by an officer of the resource's provider and approved by the bureau; then it can be loaded, and read by what
-- is granted of it. A later revision may add columns. What was decided stays.
CREATE TABLE market.resource_table (
    id          uuid        NOT NULL,
    name        text        NOT NULL,
    resource_id text        NOT NULL,
    definition  jsonb       NOT NULL,                 -- as products.declared.TableDeclaration writes it
    declared_by uuid        NOT NULL,
    declared_at timestamptz NOT NULL,
    approved    boolean,                              -- null: not decided
    revision    integer,                              -- counts the approved declarations of one name; null: it is none
    decided_by  uuid,
    decided_at  timestamptz,
    decision    text,                                 -- what the approval rests on, or why it was refused
    CONSTRAINT resource_table_pk PRIMARY KEY (id),
    CONSTRAINT resource_table_revision_unique UNIQUE (name, revision),
    CONSTRAINT resource_table_resource_fk FOREIGN KEY (resource_id) REFERENCES market.data_resource (id),
    CONSTRAINT resource_table_declared_by_fk FOREIGN KEY (declared_by) REFERENCES market.person (id),
    CONSTRAINT resource_table_decided_by_fk FOREIGN KEY (decided_by) REFERENCES market.person (id),
    CONSTRAINT resource_table_name_form CHECK (name ~ '^r_[a-z][a-z0-9_]{1,39}$'),
    CONSTRAINT resource_table_revised CHECK ((approved IS TRUE) = (revision IS NOT NULL) AND revision > 0),
    CONSTRAINT resource_table_decision_whole CHECK ((approved IS NULL) = (decided_by IS NULL) AND (approved IS NULL) = (decided_at IS NULL)
        AND (approved IS NULL) = (decision IS NULL)),
    CONSTRAINT resource_table_decided_by_another CHECK (decided_by <> declared_by)
);
CREATE INDEX resource_table_by_resource ON market.resource_table (resource_id, declared_at);
CREATE TRIGGER resource_table_kept BEFORE DELETE OR TRUNCATE ON market.resource_table
    FOR EACH STATEMENT EXECUTE FUNCTION market.refuse_rewriting();
CREATE TRIGGER resource_table_decided_once BEFORE UPDATE ON market.resource_table
    FOR EACH ROW WHEN (OLD.approved IS NOT NULL
        OR ROW(NEW.id, NEW.name, NEW.resource_id, NEW.definition, NEW.declared_by, NEW.declared_at)
        IS DISTINCT FROM ROW(OLD.id, OLD.name, OLD.resource_id, OLD.definition, OLD.declared_by, OLD.declared_at))
    EXECUTE FUNCTION market.refuse_rewriting();

-- One resource has a name: two of different resources are never approved under it.
CREATE FUNCTION market.keep_table_with_its_resource() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved AND EXISTS (SELECT 1 FROM market.resource_table t
                                 WHERE t.name = NEW.name AND t.approved AND t.resource_id <> NEW.resource_id) THEN
        RAISE EXCEPTION 'table % belongs to another resource', NEW.name
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'resource_table_of_one_resource';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER resource_table_of_one_resource BEFORE UPDATE ON market.resource_table
    FOR EACH ROW EXECUTE FUNCTION market.keep_table_with_its_resource();
