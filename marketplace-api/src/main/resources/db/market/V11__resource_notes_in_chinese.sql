-- What is to be observed when a resource is used, in Chinese as well: the catalogue is read in both languages.

ALTER TABLE market.data_resource ADD COLUMN note_zh text; -- null: nothing particular to observe

UPDATE market.data_resource r
   SET note_zh = t.zh
  FROM (VALUES
    ('health', '健康信息:敏感个人信息'),
    ('health + payment', '健康与支付信息:敏感个人信息'),
    ('query purpose must be stated; no other use (不动产登记暂行条例 Art. 28)', '须说明查询目的,不得用于其他目的(《不动产登记暂行条例》第二十八条)'),
    ('financial account data: treat as sensitive', '金融账户信息:按敏感个人信息对待'),
    ('driver must not be derivable', '不得推断出驾驶员'),
    ('driver must not be derivable; passenger data never', '不得推断出驾驶员;不含任何乘客信息'),
    ('adverse information; correct, dated, lawful publication only', '不利信息:须准确、注明日期、依法公开'),
    ('name of a natural person in it', '含自然人姓名'),
    ('natural-person shareholders', '含自然人股东'),
    ('publication choice of the enterprise', '是否公开由企业选择'),
    ('show listing and removal dates; do not serve after removal', '注明列入与移出日期;移出后不再提供'),
    ('show listing and removal dates; removal must propagate', '注明列入与移出日期;移出须同步'),
    ('property of a person', '个人财产信息'),
    ('contract parties and price', '含合同双方与价格'),
    ('confidential (社会保险法 Art. 81); income proxy', '保密(《社会保险法》第八十一条);可推知收入'),
    ('confidential (社会保险法 Art. 81)', '保密(《社会保险法》第八十一条)'),
    ('standard address, actual population, houses, units; address match only', '标准地址、实有人口、房屋、单位:仅限地址比对'),
    ('public-place images only for public security (个人信息保护法 Art. 26): hard block', '公共场所图像只能用于维护公共安全(《个人信息保护法》第二十六条):一律不提供'),
    ('public-security offence records are SEALED since 2026-01-01 (治安管理处罚法 Art. 136, 138): hard block', '违反治安管理的记录自2026年1月1日起封存(《治安管理处罚法》第一百三十六条、第一百三十八条):一律不提供')
  ) AS t (en, zh)
 WHERE r.note = t.en;
