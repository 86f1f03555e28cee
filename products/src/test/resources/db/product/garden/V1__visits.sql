-- Who came to look at a tree, so that the tests have a state of their own.
CREATE TABLE visit (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT visit_pk PRIMARY KEY,
    tree       text        NOT NULL,
    visited_at timestamptz NOT NULL,
    CONSTRAINT visit_once UNIQUE (tree, visited_at)
);
