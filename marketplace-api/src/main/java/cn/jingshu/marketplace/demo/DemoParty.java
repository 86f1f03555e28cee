package cn.jingshu.marketplace.demo;

import cn.jingshu.marketplace.party.OrganisationKind;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.products.identifier.Uscc;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/**
 * The organisations of the demo city, in the order they join. Names are those of the plan's offices and of invented
 * firms, each marked as a demonstration; the credit codes are made up and only their check characters are right.
 */
enum DemoParty {
    AUTHORITY("荆门市数据局", "Jingmen Data Bureau", "11", "DEM00001", OrganisationKind.AUTHORITY, "bureau", "局审核员"),
    PRICE_AUTHORITY("荆门市发展和改革委员会", "Jingmen Development and Reform Commission", "11", "DEM00002",
            OrganisationKind.PRICE_AUTHORITY, "price", "价格专员"),
    TREASURY("荆门市财政局", "Jingmen Finance Bureau", "11", "DEM00003", OrganisationKind.TREASURY, "treasury", "收入专员"),
    OPERATOR("荆门数据运营有限公司", "Jingmen Data Operations Ltd", "91", "DEM00004", OrganisationKind.OPERATOR, "operator",
            "运营专员"),
    TRANSIT_MERCHANT("漳河智行科技有限公司", "Zhanghe Smart Mobility Ltd", "91", "DEM00005", OrganisationKind.MERCHANT,
            "merchant", "产品经理"),
    TOOLS_MERCHANT("象山数据工具有限公司", "Xiangshan Data Tools Ltd", "91", "DEM00006", OrganisationKind.MERCHANT,
            "merchant2", "产品经理"),
    FINANCE_MERCHANT("竹皮河金融科技有限公司", "Zhupihe Financial Technology Ltd", "91", "DEM00007", OrganisationKind.MERCHANT,
            "merchant3", "产品经理"),
    HEALTH_MERCHANT("圣境山健康数据有限公司", "Shengjingshan Health Data Ltd", "91", "DEM00008", OrganisationKind.MERCHANT,
            "merchant4", "产品经理"),
    HOUSING_MERCHANT("纪山安居数据有限公司", "Jishan Housing Data Ltd", "91", "DEM00009", OrganisationKind.MERCHANT,
            "merchant5", "产品经理"),
    MARKET_REGULATION("荆门市市场监管局", "Jingmen Market Regulation Bureau", "11", "DEM00011", OrganisationKind.PROVIDER,
            "market-regulation", "数据专员"),
    HEALTH("荆门市卫健委", "Jingmen Health Commission", "11", "DEM00012", OrganisationKind.PROVIDER,
            "health-commission", "数据专员"),
    MEDICAL_INSURANCE("荆门市医保局", "Jingmen Medical Insurance Bureau", "11", "DEM00013", OrganisationKind.PROVIDER,
            "medical-insurance", "数据专员"),
    HOUSING("荆门市住房和城市更新局", "Jingmen Housing and Urban Renewal Bureau", "11", "DEM00014", OrganisationKind.PROVIDER,
            "housing", "数据专员"),
    NATURAL_RESOURCES("荆门市自然资源和城乡建设局", "Jingmen Natural Resources and Urban-Rural Construction Bureau", "11",
            "DEM00015", OrganisationKind.PROVIDER,
            "natural-resources", "数据专员"),
    SOCIAL_SECURITY("荆门市人社局", "Jingmen Human Resources and Social Security Bureau", "11", "DEM00016", OrganisationKind.PROVIDER,
            "social-security", "数据专员"),
    PROVIDENT_FUND("荆门住房公积金中心", "Jingmen Housing Provident Fund Centre", "12", "DEM00017", OrganisationKind.PROVIDER,
            "provident-fund", "数据专员"),
    BUS_GROUP("荆门市公交集团", "Jingmen Bus Group", "91", "DEM00018", OrganisationKind.PROVIDER, "bus-group", "数据专员"),
    SCIENCE("荆门市科技局", "Jingmen Science and Technology Bureau", "11", "DEM00019", OrganisationKind.PROVIDER,
            "science", "数据专员"),
    PUBLIC_SECURITY("荆门市公安局", "Jingmen Public Security Bureau", "11", "DEM00020", OrganisationKind.PROVIDER,
            "public-security", "数据专员"),
    JUSTICE("荆门市司法局", "Jingmen Justice Bureau", "11", "DEM00021", OrganisationKind.PROVIDER,
            "justice", "数据专员"),
    APP_STUDIO("龙泉出行应用工作室", "Longquan Travel App Studio", "92", "DEM00031", OrganisationKind.CONSUMER, "app-studio",
            "开发者"),
    BANK("荆楚演示银行荆门分行", "Jingchu Demo Bank, Jingmen Branch", "91", "DEM00032", OrganisationKind.CONSUMER, "bank",
            "接入工程师"),
    INSTITUTE("荆门交通研究所", "Jingmen Transport Research Institute", "12", "DEM00033", OrganisationKind.CONSUMER,
            "institute", "研究员"),
    INSURER("荆楚演示人寿保险荆门支公司", "Jingchu Demo Life Insurance, Jingmen Branch", "91", "DEM00034", OrganisationKind.CONSUMER,
            "insurer", "接入工程师"),
    RENTAL_PLATFORM("安居演示租房平台", "Anju Demo Rental Platform", "91", "DEM00035", OrganisationKind.CONSUMER, "rental-platform",
            "接入工程师"),
    PHARMACEUTICAL("象湖演示制药有限公司", "Xianghu Demo Pharmaceuticals Ltd", "91", "DEM00036", OrganisationKind.CONSUMER,
            "pharma", "研究员"),
    CITIZEN_SERVICE("荆门市民服务中心", "Jingmen Citizen Service Centre", "12", "DEM00037", OrganisationKind.CONSUMER,
            "citizen-service", "接入工程师");

    private static final String JINGMEN = "420800";

    private final String plainZh;
    private final String plainEn;
    private final String authority;
    private final String organisation;
    private final OrganisationKind kind;
    private final String signInName;
    private final String personName;

    DemoParty(String plainZh, String plainEn, String authority, String organisation, OrganisationKind kind,
            String signInName, String personName) {
        this.plainZh = plainZh;
        this.plainEn = plainEn;
        this.authority = authority;
        this.organisation = organisation;
        this.kind = kind;
        this.signInName = signInName;
        this.personName = personName;
    }

    UUID id() {
        return demoId("organisation", name());
    }

    UUID personId() {
        return demoId("person", name());
    }

    Uscc uscc() {
        return Uscc.complete(authority, JINGMEN, organisation);
    }

    String nameZh() {
        return plainZh + "(演示)";
    }

    String nameEn() {
        return plainEn + " (demo)";
    }

    /** The provider's name in the resource catalogue, which leaves out the city's own name before 市. */
    String catalogueName() {
        return plainZh.startsWith("荆门市") ? plainZh.substring("荆门".length()) : plainZh;
    }

    /** Whether the newcomer is told of its person by name; the others sign in the same way. */
    boolean introduced() {
        return switch (kind) {
            case AUTHORITY, PRICE_AUTHORITY, TREASURY, OPERATOR, CONSUMER -> true;
            case MERCHANT -> this == TRANSIT_MERCHANT || this == TOOLS_MERCHANT;
            case PROVIDER -> this == BUS_GROUP;
        };
    }

    OrganisationKind kind() {
        return kind;
    }

    String signInName() {
        return signInName;
    }

    String personName() {
        return personName;
    }

    /** What its person may do: all that such an organisation does in the market. */
    Set<Role> roles() {
        return switch (kind) {
            case AUTHORITY -> Set.of(Role.REGULATOR);
            case PRICE_AUTHORITY -> Set.of(Role.PRICE_OFFICER);
            case TREASURY -> Set.of(Role.TREASURY_OFFICER);
            case OPERATOR -> Set.of(Role.OPERATIONS);
            case MERCHANT -> Set.of(Role.MERCHANT_OFFICER);
            case PROVIDER -> Set.of(Role.PROVIDER_OFFICER);
            case CONSUMER -> Set.of(Role.OWNER, Role.DEVELOPER);
        };
    }

    /** The same id on every start of every demo city, so that nothing is added twice. */
    static UUID demoId(String kind, String name) {
        return UUID.nameUUIDFromBytes(("jingshu-demo/" + kind + "/" + name).getBytes(StandardCharsets.UTF_8));
    }
}
