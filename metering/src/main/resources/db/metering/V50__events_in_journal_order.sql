-- Whoever passes events on reads them in the order of each node's journal, and whoever asks about one call has its request
-- id; both find their few blocks without an index entry for every call.

-- Nodes are stored in turns, so a range of blocks holds a few runs of sequences, not one.
CREATE INDEX usage_event_journal_idx ON metering.usage_event
    USING brin (node_id, sequence int8_minmax_multi_ops) WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX usage_event_request_idx ON metering.usage_event
    USING brin (request_id text_bloom_ops) WITH (pages_per_range = 64, autosummarize = on);
