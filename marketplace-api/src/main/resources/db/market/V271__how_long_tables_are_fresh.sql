-- What was loaded of a resource is fresh for the update cycle its catalogue entry states and some grace beyond; answers from what is stale say so and cost
-- nothing. Where the entry says 定期 or 实时 alone, these numbers of the city stand in: no rule of law with a number was found.
INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES
    ('freshness.periodic-days', TIMESTAMPTZ '2025-08-01 00:00+08', '31',
     '本市自定:目录只写“定期”的资源,按至迟每月更新计(参照《政务数据共享条例》第十三条,目录应当载明更新频率;未见规定具体期限)'),
    ('freshness.real-time-hours', TIMESTAMPTZ '2025-08-01 00:00+08', '24',
     '本市自定:目录写“实时”而以装载方式提供的资源,按至迟每日更新计'),
    ('freshness.grace-percent', TIMESTAMPTZ '2025-08-01 00:00+08', '50',
     '本市自定:超过更新周期后再宽限周期的百分之五十,一次交付略有推迟不致已付费的数据全部转为免费'),
    ('freshness.grace-most-days', TIMESTAMPTZ '2025-08-01 00:00+08', '15',
     '本市自定:宽限最多15天,长于最长的法定连续假期;周期以季、年计的资源不因此成倍延长');
