package cn.jingshu.products.records;

import static cn.jingshu.products.domain.ResourceTable.Column.of;
import static cn.jingshu.products.domain.ResourceTable.Column.personal;
import static cn.jingshu.products.domain.ResourceTable.Column.subject;
import static cn.jingshu.products.domain.ResourceTable.Identifier.REAL_ESTATE_UNIT;
import static cn.jingshu.products.domain.ResourceTable.Identifier.RESIDENT_OR_ENTERPRISE;
import static cn.jingshu.products.domain.ResourceTable.Protection.PERSONAL;
import static cn.jingshu.products.domain.ResourceTable.Type.BOOLEAN;
import static cn.jingshu.products.domain.ResourceTable.Type.DATE;
import static cn.jingshu.products.domain.ResourceTable.Type.DECIMAL;
import static cn.jingshu.products.domain.ResourceTable.Type.INTEGER;
import static cn.jingshu.products.domain.ResourceTable.Type.TEXT;

import cn.jingshu.products.domain.ResourceTable;
import java.util.List;

/**
 * Houses and what is registered on them: A2.4.1 and A2.4.6 of 市住房和城市更新局, A2.5.1, A2.5.4 and A2.5.5 of
 * 市自然资源和城乡建设局, the addresses of A2.10.1 of 市公安局. Registered data are asked with a stated purpose and serve no
 * other (不动产登记暂行条例 Art. 28).
 */
public final class HousingTables {
    private HousingTables() {}

    /** 房屋信息: a house or flat. */
    public static final ResourceTable HOUSE = new ResourceTable("house", "A2.4.1", List.of(
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code, 28 characters").identifying(REAL_ESTATE_UNIT),
            of("district", TEXT, "区县代码", "code of the district"),
            of("address", TEXT, "坐落", "address"),
            of("area_m2", DECIMAL, "建筑面积", "floor area, m²"),
            of("built_year", INTEGER, "建成年份", "year built").optional(),
            of("use", TEXT, "用途:RESIDENTIAL、COMMERCIAL、OTHER", "RESIDENTIAL, COMMERCIAL or OTHER"),
            of("rentable", BOOLEAN, "是否可出租", "false: may not be let, for instance condemned")),
            List.of("unit_code"), List.of(List.of("district")));

    /** 房屋合同: a sale or lease on record. */
    public static final ResourceTable HOUSE_CONTRACT = new ResourceTable("house_contract", "A2.4.6", List.of(
            of("contract_id", TEXT, "合同编号", "id of the contract"),
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code").identifying(REAL_ESTATE_UNIT),
            of("kind", TEXT, "SALE 或 LEASE", "SALE or LEASE"),
            subject("giver", "出卖人或出租人", "seller or landlord").identifying(RESIDENT_OR_ENTERPRISE),
            subject("taker", "买受人或承租人", "buyer or tenant").identifying(RESIDENT_OR_ENTERPRISE),
            personal("signed_on", DATE, PERSONAL, "签订日期", "day signed"),
            personal("ends_on", DATE, PERSONAL, "到期日期", "last day; empty for a sale").optional(),
            personal("amount_fen", INTEGER, PERSONAL, "总价或月租(分)", "price, or rent a month, fen")),
            List.of("contract_id"), List.of(List.of("unit_code"), List.of("giver")));

    /** 不动产基本信息: who owns what share of a unit. */
    public static final ResourceTable REAL_ESTATE = new ResourceTable("real_estate", "A2.5.1", List.of(
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code").identifying(REAL_ESTATE_UNIT),
            subject("owner", "权利人", "the right holder").identifying(RESIDENT_OR_ENTERPRISE),
            personal("share", DECIMAL, PERSONAL, "份额(0 到 1)", "share, 0 to 1"),
            personal("registered_on", DATE, PERSONAL, "登记日期", "day of registration"),
            of("appraised_fen", INTEGER, "评估价值(分)", "appraised value, fen").optional()),
            List.of("unit_code", "owner"), List.of(List.of("owner")));

    /** 抵押登记: a mortgage on a unit. */
    public static final ResourceTable MORTGAGE = new ResourceTable("mortgage", "A2.5.4", List.of(
            of("mortgage_id", TEXT, "抵押登记编号", "id of the registration"),
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code").identifying(REAL_ESTATE_UNIT),
            personal("registered_on", DATE, PERSONAL, "登记日期", "day of registration"),
            personal("released_on", DATE, PERSONAL, "注销日期", "day released; empty: in force").optional(),
            personal("secured_fen", INTEGER, PERSONAL, "被担保债权(分)", "debt secured, fen"),
            of("restricts_use", BOOLEAN, "登记簿是否载明限制出租或转让的约定(民法典 406 条)",
                    "true: an agreed limit on letting or transfer is registered; empty: none is").optional()),
            List.of("mortgage_id"), List.of(List.of("unit_code")));

    /** 查封登记: a seizure of a unit. */
    public static final ResourceTable SEIZURE = new ResourceTable("seizure", "A2.5.5", List.of(
            of("seizure_id", TEXT, "查封登记编号", "id of the registration"),
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code").identifying(REAL_ESTATE_UNIT),
            personal("from_day", DATE, PERSONAL, "起始日期", "first day"),
            personal("until_day", DATE, PERSONAL, "解除日期", "day it was lifted; empty: in force").optional()),
            List.of("seizure_id"), List.of(List.of("unit_code")));

    /** 一标三实: a standard address and the unit at it; the people of the register are not part of the domain. */
    public static final ResourceTable STANDARD_ADDRESS = new ResourceTable("standard_address", "A2.10.1", List.of(
            of("address_id", TEXT, "标准地址编码", "id of the standard address"),
            of("unit_code", TEXT, "不动产单元代码", "real-estate unit code").identifying(REAL_ESTATE_UNIT).optional(),
            of("district", TEXT, "区县代码", "code of the district"),
            of("street", TEXT, "街道或乡镇", "street or town").optional(),
            of("full_text", TEXT, "标准地址全文", "the standard address in full"),
            of("normal_form", TEXT, "归一化形式", "its normal form: what the product matches by")),
            List.of("address_id"), List.of(List.of("district", "normal_form"), List.of("unit_code")));
}
