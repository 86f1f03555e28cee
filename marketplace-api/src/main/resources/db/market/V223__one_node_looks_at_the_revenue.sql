-- Reckoning a year's revenue reads all of its usage: one node at a time does so, and the others take over what it found.

CREATE TABLE market.revenue_look (
    only_row     boolean     NOT NULL DEFAULT true,
    leased_until timestamptz,                         -- by the database's clock; null: no node looks
    looked_at    timestamptz,                         -- by the database's clock; null: no look has ended yet
    year         integer,                             -- the running one at that look
    portion      numeric,                             -- of the year's permitted revenue, as of that look; null: none was signed
    CONSTRAINT revenue_look_pk PRIMARY KEY (only_row),
    CONSTRAINT revenue_look_single CHECK (only_row),
    CONSTRAINT revenue_look_portion_of_a_year CHECK (portion IS NULL OR year IS NOT NULL)
);
INSERT INTO market.revenue_look DEFAULT VALUES;
