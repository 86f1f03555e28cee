-- A version of a declared product is deprecated when the next one is approved, and is no longer answered this many days later, unless its merchant says otherwise.
INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('declared.sunset-days', TIMESTAMPTZ '2025-03-01 00:00+08', '180',
     '本市自定:新版本获批之日起旧版本标记弃用(RFC 9745),180日后停止提供(RFC 8594)');
