package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.billing.RevenueGauge;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Every page in every state it can be in, with made-up content. */
final class SamplePages {
    static final Instant NOW = Instant.parse("2026-11-23T04:47:05Z");
    private static final YearMonth MONTH = YearMonth.of(2026, 11);
    private static final UUID ID = UUID.fromString("01936f5e-0000-7000-8000-0000000000a1");
    private static final UUID OTHER_ID = UUID.fromString("01936f5e-0000-7000-8000-0000000000b2");

    private SamplePages() {}

    /** All views by a name such as {@code usage-empty}. The first part names the template. */
    static Map<String, Record> views() {
        Map<String, Record> views = new LinkedHashMap<>();
        views.put("home-full", new HomeView(known(new HomeView.Figures(3, 11, 57, 42, 18_204)), known(cards()), call(FirstCall.PLACEHOLDER)));
        views.put("home-empty", new HomeView(known(new HomeView.Figures(0, 0, 57, 0, 0)), known(List.of()), call(FirstCall.PLACEHOLDER)));
        views.put("home-unknown", new HomeView(unknown(), unknown(), call(FirstCall.PLACEHOLDER)));
        views.put("catalogue-full", new CatalogueView("公交", CatalogueView.Purpose.INDUSTRY, known(cards())));
        views.put("catalogue-empty", new CatalogueView("", CatalogueView.Purpose.ANY, known(List.of())));
        views.put("catalogue-nomatch", new CatalogueView("zebra", CatalogueView.Purpose.ANY, known(List.of())));
        views.put("catalogue-unknown", new CatalogueView("", CatalogueView.Purpose.ANY, unknown()));
        views.put("resources-full", new ResourcesView(new ResourcesView.Chosen("公交", "A2.8", "THING", "NO"), choices(), choices(), known(List.of(
                new ResourcesView.Row("A2.8.4", new Bilingual("车的位置", "vehicle position"), new Bilingual("市公交集团", "City Bus Group"), new Bilingual("非个人信息", "things"), new Bilingual("实时", "real time"), new Bilingual("一般数据", "general"), null, LocalDate.of(2026, 1, 1)),
                new ResourcesView.Row("A2.10.2", new Bilingual("视频数据", "video"), new Bilingual("市公安局", "Police"), new Bilingual("法律禁止提供", "blocked by law"), new Bilingual("定期", "periodic"), new Bilingual("一般数据", "general"), "PIPL Art. 26", LocalDate.of(2026, 1, 1)))), true, true));
        views.put("resources-empty", new ResourcesView(new ResourcesView.Chosen("zebra", "", "", ""), choices(), choices(), known(List.of()), false, false));
        views.put("resources-unknown", new ResourcesView(new ResourcesView.Chosen("", "", "", ""), choices(), choices(), unknown(), false, false));
        views.put("resource-full", new ResourceView("A2.10.2", new Bilingual("视频数据", "video"), "PIPL Art. 26", false,
                List.of(new ResourceView.Field(new Bilingual("提供单位", "Provider"), new Bilingual("市公安局", "Police"))),
                List.of(new ResourceView.Item("frame", new Bilingual("画面", "frame"))),
                List.of(new ResourceView.Version(2, LocalDate.of(2026, 12, 1), new Bilingual("变更", "changed"), "warning", "补充数据项", resourceChanges()),
                        new ResourceView.Version(1, LocalDate.of(2026, 1, 1), new Bilingual("新增", "added"), "done", "第一批", List.of()))));
        views.put("resource-empty", new ResourceView("A2.8.4", new Bilingual("车的位置", "vehicle position"), null, true, List.of(), List.of(), List.of()));
        views.put("resourceChanges-full", new ResourceChangesView(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 12, 1), known(List.of(
                new ResourceChangesView.Difference("A2.8.4", new Bilingual("车的位置", "vehicle position"), new Bilingual("变更", "changed"), "warning", resourceChanges()),
                new ResourceChangesView.Difference("A2.8.8", new Bilingual("充电站", "chargers"), new Bilingual("新增", "added"), "done", List.of()))), Form.EMPTY));
        views.put("resourceChanges-empty", new ResourceChangesView(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 12, 1), known(List.of()), new Form(Map.of(), Map.of("from", new Bilingual("日期", "a date")))));
        views.put("resourceChanges-unknown", new ResourceChangesView(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 12, 1), unknown(), Form.EMPTY));
        views.put("resourceReview-full", new ResourceReviewView(known(List.of(batch(ID, true, true), batch(OTHER_ID, true, false), batch(new UUID(0, 3), false, false))), Form.EMPTY));
        views.put("resourceReview-empty", new ResourceReviewView(known(List.of()), Form.EMPTY));
        views.put("resourceReview-unknown", new ResourceReviewView(unknown(), Form.EMPTY));
        views.put("sources-full", new SourcesView(known(List.of(source("leases", true), source("arrivals", false))), new SourcesView.Detail(source("leases", true), "postgresql://db.example:5432/register public.lease", "register-reader",
                new Bilingual("整体替换", "whole"), new Bilingual("按键续读", "read on by key"), 3, true, List.of(new SourcesView.Planned(NOW, new Bilingual("每日 03:30", "daily at 03:30"), "数据提供单位约定")),
                List.of(new SourcesView.Run(NOW, NOW, 2, new Bilingual("中断", "broke off"), "failed", 4_000, new Bilingual("读取中断", "it could not be read on"), ID), new SourcesView.Run(NOW, NOW, 1, new Bilingual("运行中", "running"), "note", -1, null, null)),
                List.of(new SourcesView.File("2026-11 <b>.csv", 4_000, NOW, new Bilingual("已装载", "loaded"), "done", null, ID),
                        new SourcesView.File("2026-12.csv", 12, NOW, new Bilingual("未装载", "not loaded"), "failed", new Bilingual("格式不符", "not the form"), null))),
                Form.EMPTY));
        views.put("sources-empty", new SourcesView(known(List.of()), new SourcesView.Detail(source("leases", false), "https://api.example/leases", "", new Bilingual("按键更新", "by key"), null, 0, true, List.of(), List.of(), List.of()),
                new Form(Map.of("timing", "DAILY"), Map.of("time", new Bilingual("时刻", "a time")))));
        views.put("sources-unknown", new SourcesView(unknown(), null, Form.EMPTY));
        views.put("twins-full", new TwinsView("health", new Bilingual("个人健康画像", "Health profile"), known(new TwinsView.Content(List.of(
                new TwinsView.Version(1, new Bilingual("脱敏样本", "masked sample"), "done", NOW, true, 17, "ab".repeat(32), false, new TwinsView.Risk(5, "20.0 %", "3.1 %"), List.of(
                        new TwinsView.Table("visit", 1_000, 12, 300, 40, 5, List.of(new TwinsView.Column("birth_year", new Bilingual("泛化", "made coarser"), "1 / 3"), new TwinsView.Column("ward", new Bilingual("保留", "kept"), "")),
                                List.of(new TwinsView.Bar("5", 3, 20, 1000), new TwinsView.Bar("6–40", 1, 8, 333))),
                        new TwinsView.Table("hospital", 20, 0, 0, 0, 0, List.of(), List.of())))),
                List.of(new TwinsView.Past(17, NOW, 1, new Bilingual("脱敏样本", "masked sample"), "done", 5, "ab".repeat(32), null), new TwinsView.Past(16, NOW, 1, new Bilingual("未采用", "withheld"), "failed", 0, "cd".repeat(32), new Bilingual("最小等价类过小", "the smallest class is too small"))))), samples()));
        views.put("twins-empty", new TwinsView("echo", new Bilingual("回声", "Echo"), known(new TwinsView.Content(List.of(), List.of())), new TwinsView.Samples(true, false, new UUID(8, 1), List.of(1), List.of(), new Form(Map.of("rows", "x"), Map.of("rows", new Bilingual("整数", "a number"))))));
        views.put("twins-unknown", new TwinsView("echo", new Bilingual("回声", "Echo"), unknown(), TwinsView.Samples.NONE));
        views.put("deadlines-full", new DeadlinesView(known(List.of(deadline(ID, false, 5, null), deadline(OTHER_ID, true, null, new DeadlinesView.Asked(5, "省级数据尚未回流 <b>")))),
                List.of(new DeadlinesView.TermRow(new Bilingual("更新资源目录", "Bring the catalogue up to date"), 10, 5, "《政务数据共享条例》第十七条"),
                        new DeadlinesView.TermRow(new Bilingual("核实并答复数据异议", "Verify and answer an objection"), 10, 0, "《政务数据共享条例》第二十六条")),
                List.of(new DeadlinesView.Told(ToldKind.TERM_OVERDUE, "A2.8.4", NOW)), choices(), new Form(Map.of("ground", "x"), Map.of("ground", new Bilingual("须填写", "needed"), "resource", new Bilingual("请选择", "choose")))));
        views.put("deadlines-empty", new DeadlinesView(known(List.of()), List.of(), List.of(), List.of(), Form.EMPTY));
        views.put("deadlines-unknown", new DeadlinesView(unknown(), List.of(), List.of(), List.of(), Form.EMPTY));
        views.put("policy-full", new PolicyView(known(List.of(new PolicyView.Row("term.objection", List.of(
                new PolicyView.Dated("12", LocalDate.of(2027, 1, 1), "某办法 <b>", new Bilingual("待生效", "to come"), "warning"),
                new PolicyView.Dated("10", LocalDate.of(2025, 8, 1), "某条例", new Bilingual("现行", "in force"), "done"))))),
                List.of(new PolicyView.Proposal(ID, "term.objection", "12", LocalDate.of(2027, 1, 1), "某办法 <b>", "理由", NOW,
                                new Bilingual("待审批", "waits"), "warning", null, true),
                        new PolicyView.Proposal(OTHER_ID, "rate.TREASURY", "0.25", LocalDate.of(2027, 1, 1), "某办法", "理由", NOW,
                                new Bilingual("已批准", "approved"), "done", "同意 <b>", false)),
                true, List.of(new ResourcesView.Choice("term.objection", new Bilingual("整数", "whole"))),
                new Form(Map.of("id", ID.toString()), Map.of("value", new Bilingual("不符", "unfit")))));
        views.put("resourceTables-full", new ResourceTablesView(known(List.of(
                new ResourceTablesView.Table(ID, "r_building", "A2.4.2", new Bilingual("楼栋信息 <b>", "Buildings <b>"), List.of(
                        new ResourceTablesView.Column("building_code", "TEXT", new Bilingual("原样", "as it is"), new Bilingual("内部", "internal"), true, new Bilingual("幢编号 <b>", "code <b>")),
                        new ResourceTablesView.Column("owner", "TEXT", new Bilingual("令牌", "a token"), new Bilingual("个人信息", "personal"), false, new Bilingual("权利人", "owner"))),
                        "building_code", "按标准登记 <b>", NOW, new Bilingual("待审批", "waits"), "warning", "", null, true),
                new ResourceTablesView.Table(OTHER_ID, "r_lift", "A2.4.3", new Bilingual("电梯", "Lifts"), List.of(
                        new ResourceTablesView.Column("lift_id", "TEXT", new Bilingual("原样", "as it is"), new Bilingual("公开", "public"), true, new Bilingual("编号", "id"))),
                        "lift_id", "按标准登记", NOW, new Bilingual("已批准", "approved"), "done", "2", "同意 <b>", false))),
                List.of("r_of_tomorrow <b>"), true, List.of(new ResourcesView.Choice("A2.4.2", new Bilingual("楼栋", "buildings"))), new Form(Map.of("id", ID.toString()), Map.of()),
                List.of(new DeclareView.Fault("columns[0].zh", new Bilingual("须说明", "is missing")))));
        views.put("resourceTables-empty", new ResourceTablesView(known(List.of()), List.of(), false, List.of(), Form.EMPTY, List.of()));
        views.put("resourceTables-unknown", new ResourceTablesView(unknown(), List.of(), false, List.of(), Form.EMPTY, List.of()));
        views.put("policy-public", new PolicyView(known(List.of()), List.of(), false, List.of(), Form.EMPTY));
        views.put("policy-unknown", new PolicyView(unknown(), List.of(), false, List.of(), Form.EMPTY));
        List<ResourcesView.Choice> one = List.of(new ResourcesView.Choice("x", new Bilingual("甲 <b>", "one <b>")));
        views.put("personalRequests-full", new PersonalRequestsView(true, one, one, one, 10, new PersonalRequestsView.Slip("GR-1", "ABCD", LocalDate.of(2026, 12, 14)),
                new PersonalRequestsView.Outcome("GR-1", new Bilingual("删除", "erase"), new Bilingual("已同意", "granted"), "done", LocalDate.of(2026, 12, 14),
                        "同意 <b>", NOW, true), new Form(Map.of("id", ID.toString()), Map.of("person", new Bilingual("无效", "not valid")))));
        views.put("personalRequests-window", new PersonalRequestsView(false, one, one, one, 10, null, null, Form.EMPTY));
        views.put("personalCases-full", new PersonalCasesView(known(List.of(
                new PersonalCasesView.Row(ID, "GR-1", new Bilingual("更正", "correct"), "health", "住址 <b>", new Bilingual("窗口", "paper"), NOW,
                        LocalDate.of(2026, 12, 14), new Bilingual("办理中", "waits"), "warning", null, null, true, false),
                new PersonalCasesView.Row(OTHER_ID, "GR-2", new Bilingual("删除", "erase"), "health", "删除", new Bilingual("认证", "provider"), NOW,
                        LocalDate.of(2026, 12, 14), new Bilingual("未同意", "refused"), "failed", "依法保存", NOW, false, true))),
                true, one, one, one, new PersonalRequestsView.Slip("GR-1", "ABCD", LocalDate.of(2026, 12, 14)),
                new Form(Map.of("id", ID.toString()), Map.of("evidence", new Bilingual("无效", "not valid")))));
        views.put("personalCases-empty", new PersonalCasesView(known(List.of()), false, one, List.of(), List.of(), null, Form.EMPTY));
        views.put("personalCases-unknown", new PersonalCasesView(unknown(), false, one, List.of(), List.of(), null, Form.EMPTY));
        views.put("retention-full", new RetentionView(known(List.of(
                new RetentionView.Kind(new Bilingual("理赔调查", "Claims"), new Bilingual("案件 <b>", "cases <b>"), new Bilingual("处理记录", "record"),
                        new Bilingual("结案", "closing"), "case_event, investigation", new Bilingual("3 年", "3 years"), "某条例第十二条 <b>",
                        new RetentionView.Counted(1_200, 3, 7, 2, NOW)),
                new RetentionView.Kind(new Bilingual("房屋", "Rental"), new Bilingual("凭证", "tokens"), new Bilingual("查询", "asking"),
                        new Bilingual("到期", "the end"), "verified_listing", null, null, null))),
                List.of(new RetentionView.Removal(new Bilingual("理赔调查", "Claims"), new Bilingual("案件", "cases"), "case_event", 12, true,
                        new Bilingual("期满", "over"), NOW)),
                List.of(new RetentionView.Hold(ID, new Bilingual("理赔:案件", "Claims: cases"), new Bilingual("所有记录", "all rows"), "法院 <b>", NOW, null, true),
                        new RetentionView.Hold(OTHER_ID, new Bilingual("理赔:案件", "Claims: cases"), new Bilingual("所有记录", "all rows"), "函", NOW, NOW, false)),
                true, List.of(new ResourcesView.Choice("claims/case", new Bilingual("案件", "cases"))),
                new Form(Map.of("id", ID.toString()), Map.of("document", new Bilingual("须填写", "it is needed")))));
        views.put("modelDrift-full", new ModelDriftView(known(List.of(
                new ModelDriftView.Model(new Bilingual("智慧核保 <b>", "Underwriting"), "cardiac-1 <b>", "Cleveland <i>", true, List.of(
                        new ModelDriftView.Judged("bar-0", "age", DriftOrigin.TRAINING, 297, 1_200, DriftShift.LARGE, "0.812", "0.500", LocalDate.of(2026, 11, 30)),
                        new ModelDriftView.Judged("bar-1", "male", DriftOrigin.TRAINING, 297, 1_200, DriftShift.STABLE, "0.010", "0.010", LocalDate.of(2026, 11, 30))), List.of("weight <b>")),
                new ModelDriftView.Model(new Bilingual("健康", "Health"), "SCORE2 1", "", false, List.of(), List.of("AGE"))))));
        views.put("modelDrift-empty", new ModelDriftView(known(List.of())));
        views.put("modelDrift-unknown", new ModelDriftView(unknown()));
        views.put("retention-empty", new RetentionView(known(List.of()), List.of(), List.of(), false, List.of(), Form.EMPTY));
        views.put("retention-unknown", new RetentionView(unknown(), List.of(), List.of(), false, List.of(), Form.EMPTY));
        views.put("workingDays-full", workingDays(true, new Form(Map.of("days", "x"), Map.of("days", new Bilingual("第 1 行不符合格式", "line 1 has not the form")))));
        views.put("workingDays-public", workingDays(false, Form.EMPTY));
        views.put("workingDays-empty", new WorkingDaysView(List.of(), List.of(), LocalDate.of(2026, 12, 24), 10, null, false, Form.EMPTY));
        views.put("objections-full", new ObjectionsView(known(List.of(
                new ObjectionsView.Row(ID, "YY-7", "A2.8.4", new Bilingual("车的位置", "vehicle position"), new Bilingual("数据有误", "the data are wrong"), new Bilingual("待答复", "waits"), "warning", true, NOW, LocalDate.of(2026, 12, 7), new Bilingual("还剩 10 个工作日", "10 working days left")),
                new ObjectionsView.Row(OTHER_ID, "YY-6", "transit", new Bilingual("公共交通实时数据", "Live public transport"), new Bilingual("数据未及时更新", "out of date"), new Bilingual("已撤回", "withdrawn"), "done", false, NOW, null, null)))));
        views.put("objections-empty", new ObjectionsView(known(List.of())));
        views.put("objections-unknown", new ObjectionsView(unknown()));
        views.put("objection-raiser", objection(new ObjectionView.May(true, false, false, true, false, true), Form.EMPTY));
        views.put("objection-answerer", objection(new ObjectionView.May(true, true, false, false, false, false), new Form(Map.of("answer", "x", "load", "y"), Map.of("load", new Bilingual("编号无效", "this is no id"), "verdict", new Bilingual("请选择结论", "choose"), "answer", new Bilingual("须填写", "needed")))));
        views.put("objection-bureau", objection(new ObjectionView.May(true, true, true, false, true, false), Form.EMPTY));
        views.put("objection-over", objection(new ObjectionView.May(false, false, false, false, false, false), Form.EMPTY));
        views.put("newObjection-full", new NewObjectionView("A2.8.4", new Bilingual("车的位置", "vehicle position"), List.of(), List.of(), choices(), 10, LocalDate.of(2026, 12, 7), new Bilingual("日期暂定", "provisional"),
                new Form(Map.of("id", ID.toString(), "resource", "A2.8.4", "statement", "x"), Map.of("statement", new Bilingual("太短", "too short"), "fault", new Bilingual("请选择", "choose"), "event", new Bilingual("无效", "no")))));
        views.put("newObjection-open", new NewObjectionView(null, null, choices(), choices(), choices(), 10, LocalDate.of(2026, 12, 7), null, Form.EMPTY));
        views.put("draftBatch-full", new DraftBatchView(ID, true, new Bilingual("第二批", "Second batch"), LocalDate.of(2026, 12, 1), new Bilingual("已退回", "returned"), "failed", "缺少评估 <b>", true,
                List.of(new ResourceChangesView.Difference("A2.8.4", new Bilingual("车的位置", "vehicle position"), new Bilingual("变更", "changed"), "warning", resourceChanges())), choices(),
                new Form(Map.of("titleZh", "第二批", "titleEn", "Second batch", "appliesFrom", "2026-12-01"), Map.of("appliesFrom", new Bilingual("早于今天", "before today")))));
        views.put("draftBatch-new", new DraftBatchView(ID, false, Bilingual.same(""), LocalDate.of(2026, 12, 1), null, "", "", true, List.of(), List.of(), Form.EMPTY));
        views.put("draftBatch-empty", new DraftBatchView(ID, true, Bilingual.same("x"), LocalDate.of(2026, 12, 1), new Bilingual("编制中", "draft"), "warning", "", true, List.of(), List.of(), Form.EMPTY));
        views.put("draftBatch-closed", new DraftBatchView(ID, true, Bilingual.same("x"), LocalDate.of(2026, 12, 1), new Bilingual("已发布", "published"), "done", "", false, List.of(), List.of(), Form.EMPTY));
        views.put("draftEntry-full", new DraftEntryView(ID, new Bilingual("第二批", "Second batch"), "A2.8.4", false, true, entryChoices(),
                new Form(Map.of("nameZh", "车的位置", "channel-API", "yes"), Map.of("items", new Bilingual("第 1 行", "line 1"), "channel-API", new Bilingual("至少一种", "at least one"), "provider", new Bilingual("请选择", "choose")))));
        views.put("draftEntry-new", new DraftEntryView(ID, new Bilingual("第二批", "Second batch"), "", true, false, entryChoices(), Form.EMPTY));
        views.put("loads-full", new LoadsView(known(List.of(load(ID, 42), load(OTHER_ID, null))), known(new LoadsView.Detail(load(ID, null), "file discharge.csv (CSV, GB18030)", "ab".repeat(32),
                new Bilingual("全量替换", "replaces the whole"), new Bilingual("被拒 <b>", "refused"), new Bilingual("缺少列 x", "missing x"), new Bilingual("新增 3 条,消失 1 条", "3 records came, 1 went"), new LoadsView.Readings(360, 350, 2, NOW), "80.0", true,
                new LoadsView.Freshness(NOW.minusSeconds(7_200), NOW.minusSeconds(3_600), NOW.minusSeconds(60), true, new Bilingual("31 天 <b>", "31 d"), true),
                List.of(new LoadsView.Reject("admitted_on", new Bilingual("不是日期", "it is no date"), 12, "2, 3"), new LoadsView.Reject("", new Bilingual("主键重复", "an earlier record has the same key"), 1, "9")),
                List.of(new LoadsView.Dimensioned(new Bilingual("完整性", "completeness"), "80.0"), new LoadsView.Dimensioned(new Bilingual("准确性", "accuracy"), "")),
                List.of(new LoadsView.Rule("filled ward", new Bilingual("完整性", "completeness"), 100, 20, "80.0", false), new LoadsView.Rule("onSchedule", new Bilingual("时效性", "timeliness"), 0, 0, "", true)),
                List.of(new LoadsView.Score(NOW.minusSeconds(86_400), "91.5"), new LoadsView.Score(NOW, "62.0")))),
                new Form(Map.of("length", "x", "unit", "HOURS"), Map.of("length", new Bilingual("请填写整数", "enter a whole number")))));
        views.put("loads-empty", new LoadsView(known(List.of()), known(new LoadsView.Detail(load(ID, null), "x", "", Bilingual.same("x"), null, null, null, null, "80.0", false,
                new LoadsView.Freshness(null, null, null, false, null, false), List.of(), List.of(), List.of(), List.of())), Form.EMPTY));
        views.put("loads-unknown", new LoadsView(unknown(), unknown(), Form.EMPTY));
        views.put("product-full", product(tryIt(null, Form.EMPTY)));
        views.put("product-answered", product(tryIt(answer(), Form.EMPTY)));
        views.put("product-wrong", product(tryIt(null, new Form(Map.of("in.stopId", "x".repeat(70)), Map.of("in.stopId", new Bilingual("太长了", "too long"))))));
        views.put("product-empty", new ProductView(card("echo"), List.of(), List.of(), "", List.of(), known(List.of()), List.of(), null, null, call(FirstCall.PLACEHOLDER)));
        views.put("product-unknown", new ProductView(card("echo"), List.of(), List.of(), "", List.of(), unknown(), List.of(), null, null, call(FirstCall.PLACEHOLDER)));
        views.put("openApi-full", new OpenApiView("transit", new Bilingual("公共交通实时数据", "Live public transport")));
        views.put("map-full", map(known(vehicles()), known(arrivals())));
        views.put("map-unchosen", map(known(vehicles()), null));
        views.put("map-empty", new MapView(false, Bilingual.same("feed"), List.of(), List.of(), known(List.of()), known(new MapView.StopArrivals("s1", "龙泉公园", List.of())), List.of(new Bilingual("车辆位置 <b> 低于阈值", "positions <b> below the threshold"))));
        views.put("map-unknown", map(unknown(), unknown()));
        views.put("signUp-full", new SignUpView(new Form(Map.of("organisation", "荆门市出行科技有限公司", "uscc", "914208007070707070", "name", "李雷", "signInName", "li@example.cn"), Map.of("uscc", new Bilingual("第 18 位校验码应为 X", "the 18th character should be X"), "password", new Bilingual("至少 12 个字符", "at least 12 characters"))), 12));
        views.put("signUp-empty", new SignUpView(Form.EMPTY, 12));
        views.put("signIn-full", new SignInView(new Form(Map.of("signInName", "li@example.cn"), Map.of("password", new Bilingual("邮箱或密码不对", "wrong e-mail or password"))), "/dashboard"));
        views.put("signIn-empty", new SignInView(Form.EMPTY, "/"));
        views.put("subscribe-full", new SubscribeView("transit", new Bilingual("公共交通实时数据", "Live public transport"), known(prices()), new Form(Map.of("plan", "industry", "statement", "短"), Map.of("statement", new Bilingual("至少 20 个字符", "at least 20 characters"), "plan", new Bilingual("请选择套餐", "choose a plan"))), 20));
        views.put("subscribe-empty", new SubscribeView("transit", Bilingual.same("transit"), known(List.of()), Form.EMPTY, 20));
        views.put("subscribe-unknown", new SubscribeView("transit", Bilingual.same("transit"), unknown(), Form.EMPTY, 20));
        views.put("keys-full", keys("js_live_4Fq7xN2mZc8Wd1Rt5Yb9Kp3Hs6Lv0JgAeUi2Ox", true, keyList()));
        views.put("keys-wrong", new KeysView(ID, Bilingual.same("p"), Bilingual.same("q"), DashboardView.State.SUSPENDED, null, false, OTHER_ID, keyList(), 30, planPart(List.of(), true), new Form(Map.of(), Map.of("overlapHours", new Bilingual("最多 720 小时", "at most 720 hours"), "plan", new Bilingual("请选择套餐", "choose a plan"))), call(FirstCall.PLACEHOLDER)));
        views.put("keys-empty", keys(null, true, List.of()));
        views.put("dashboard-full", new DashboardView("荆门市出行科技有限公司", MONTH, known(subscriptions()), known(128_430L)));
        views.put("dashboard-empty", new DashboardView("荆门市出行科技有限公司", MONTH, known(List.of()), known(0L)));
        views.put("dashboard-unknown", new DashboardView("荆门市出行科技有限公司", MONTH, unknown(), unknown()));
        views.put("usage-full", usage(known(usageTable())));
        views.put("usage-hours", new UsageView(LocalDate.of(2026, 11, 22), LocalDate.of(2026, 11, 22), UsageView.Step.HOUR, UsageView.By.PRODUCT, known(hours()), known(List.of()), Links.USAGE_CSV, Form.EMPTY));
        views.put("usage-empty", usage(known(new UsageView.Table(List.of(), List.of()))));
        views.put("usage-unknown", usage(unknown()));
        for (EventView.Verdict verdict : EventView.Verdict.values()) {
            views.put("event-" + verdict.name().toLowerCase(Locale.ROOT), event(verdict));
        }
        views.put("event-empty", new EventView("no such id", known(Optional.empty())));
        views.put("event-unknown", new EventView(ID.toString(), unknown()));
        views.put("statement-full", statement(known(bill(StatementView.State.CLOSED))));
        views.put("statement-open", statement(known(bill(StatementView.State.OPEN))));
        views.put("statement-empty", statement(known(new StatementView.Statement(StatementView.State.OPEN, "", null, List.of(), List.of(), 0, 0, 0, 0, 0, 0, new BigDecimal("6")))));
        views.put("statement-unknown", statement(unknown()));
        views.put("bills-full", bills(standing(), List.of(new Bilingual("账单逾期未付", "a bill is overdue")), true, Form.EMPTY));
        views.put("bills-wrong", bills(standing(), List.of(), true, new Form(Map.of("budget", "1,5"), Map.of("budget", new Bilingual("请填写金额", "enter an amount")))));
        views.put("bills-empty", new BillsView(MONTH, new BillsView.Standing(0, 0, 0, null, false, null, false), List.of(), List.of(), List.of(), false, Form.EMPTY));
        views.put("line-full", new StatementLineView(MONTH, ID, new Bilingual("公共交通实时数据", "Live public transport"), "ListVehicles", 1_200, MeterUnit.CALL, List.of(new StatementLineView.Day(LocalDate.of(2026, 11, 2), 700, 700), new StatementLineView.Day(LocalDate.of(2026, 11, 3), 501, 500)), List.of(new StatementLineView.Call(OTHER_ID, NOW, 1), new StatementLineView.Call(ID, NOW.minusSeconds(9), -1)), NOW + "_" + ID));
        views.put("line-wrong", new StatementLineView(MONTH, ID, Bilingual.same("transit"), "ListVehicles", 9, MeterUnit.CALL, List.of(new StatementLineView.Day(LocalDate.of(2026, 11, 2), 7, 7)), List.of(), ""));
        views.put("line-empty", new StatementLineView(MONTH, ID, Bilingual.same("transit"), "ListVehicles", 0, MeterUnit.CALL, List.of(), List.of(), ""));
        views.put("receivables-full", new ReceivablesView(List.of(new ReceivablesView.Owing(ID, new Bilingual("荆门市出行科技有限公司", "Jingmen Travel"), 1_284_30L, 0, DunningState.REMINDED), new ReceivablesView.Owing(OTHER_ID, new Bilingual("荆门银行", "Jingmen Bank"), 0, 5_000_00L, DunningState.SETTLED)), List.of(new ReceivablesView.Refund(ID, Bilingual.same("荆门银行"), OTHER_ID, 12_30L, "价格超过上限 <b>", NOW, false), new ReceivablesView.Refund(OTHER_ID, Bilingual.same("荆门银行"), ID, 1L, "own", NOW, true)), true, Form.EMPTY));
        views.put("receivables-empty", new ReceivablesView(List.of(), List.of(), false, Form.EMPTY));
        views.put("account-full", account(true));
        views.put("account-empty", new ConsumerAccountView(ID, Bilingual.same("荆门银行"), "91420800MA4F000007", new BillsView.Standing(0, 0, 0, null, false, null, false), List.of(), List.of(), List.of(), List.of(), false, Form.EMPTY, OTHER_ID));
        views.put("operator-full", operator(known(new OperatorView.Revenue(1_000_000_000L, 8_120_000_000L, 8_656_000_00_00L, 28_571_428, 14)), known(Optional.of(settlement(0))), known(balances(0))));
        views.put("operator-wrong", operator(known(new OperatorView.Revenue(1_000_000_000L, 9_120_000_000L, 8_656_000_000L, 28_571_428, 14)), known(Optional.of(settlement(1))), known(balances(1))));
        views.put("operator-empty", operator(known(new OperatorView.Revenue(0, 0, null, 0, 0)), known(Optional.empty()), known(List.of())));
        views.put("operator-unknown", operator(unknown(), unknown(), unknown()));
        views.put("revenue-full", new RevenueView(2026, known(gauge(865_600_000L))));
        views.put("revenue-over", new RevenueView(2026, known(gauge(65_600_000L))));
        views.put("revenue-empty", new RevenueView(2026, known(new RevenueView.Gauge(null, false, 0, null, 0, List.of(), List.of(), null, List.of(), List.of()))));
        views.put("revenue-unknown", new RevenueView(2026, unknown()));
        Form ledgerQuery = new Form(Map.of("account", "1122", "dimension", "CONSUMER"), Map.of());
        List<LedgerView.Account> ledgerAccounts = List.of(new LedgerView.Account("1122", new Bilingual("应收账款", "Receivables")), new LedgerView.Account("6001", new Bilingual("主营业务收入", "Fees")));
        List<LedgerView.LedgerBy> ledgerBy = List.of(LedgerView.LedgerBy.values());
        views.put("ledger-trial", new LedgerView(Form.EMPTY, ledgerAccounts, ledgerBy, known(new LedgerView.Trial(List.of(new LedgerView.Row("1122", new Bilingual("应收账款", "Receivables"), 1_060, 0, 1_060), new LedgerView.Row("6001", new Bilingual("主营业务收入", "Fees"), 0, 1_000, -1_000)), 1_060, 1_000)), "/books/ledger.csv", true));
        views.put("ledger-account", new LedgerView(ledgerQuery, ledgerAccounts, ledgerBy, known(new LedgerView.Statement("1122", new Bilingual("应收账款", "Receivables"), 0, List.of(new LedgerView.Line(LocalDate.of(2026, 11, 30), 17, new UUID(1, 2), Instant.parse("2026-12-01T02:00:00Z"), "服务费 <b>", "library · bank", 1_060, 0, 1_060)), 1_060, "/books/ledger?cursor=x")), "/books/ledger.csv?account=1122", false));
        views.put("ledger-dimension", new LedgerView(ledgerQuery, ledgerAccounts, ledgerBy, known(new LedgerView.ByDimension(List.of(new LedgerView.Turnover("1122", new Bilingual("应收账款", "Receivables"), "", 0, 1_060, 60, 1_000)), null)), "/books/ledger.csv?account=1122", false));
        views.put("ledger-empty", new LedgerView(new Form(Map.of("asOf", "x"), Map.of("asOf", new Bilingual("日期有误", "no day"))), List.of(), List.of(), known(new LedgerView.Trial(List.of(), 0, 0)), null, false));
        views.put("ledger-unknown", new LedgerView(Form.EMPTY, List.of(), List.of(), unknown(), null, false));
        EntriesView.Proposal byHand = new EntriesView.Proposal(new UUID(3, 1), LocalDate.of(2026, 11, 30), EntriesView.EntryWhy.COST, "机房 · 附件 记-0012", false, 200_000, List.of(new EntriesView.Line("6602", new Bilingual("管理费用", "Administration"), "library", 200_000, 0), new EntriesView.Line("1002", new Bilingual("银行存款", "Bank"), "", 0, 200_000)), EntriesView.ProposalState.OPEN, "李雷", Instant.parse("2026-12-01T02:00:00Z"), "", "", false);
        EntriesView.Proposal own = new EntriesView.Proposal(new UUID(3, 2), LocalDate.of(2026, 11, 30), EntriesView.EntryWhy.REVERSAL, "错账", true, 100, List.of(), EntriesView.ProposalState.OPEN, "李雷", Instant.parse("2026-12-01T02:00:00Z"), "", "", true);
        EntriesView.Proposal over = new EntriesView.Proposal(new UUID(3, 3), LocalDate.of(2026, 11, 30), EntriesView.EntryWhy.COST, "旧账", false, 100, List.of(), EntriesView.ProposalState.REFUSED, "李雷", Instant.parse("2026-12-01T02:00:00Z"), "韩梅梅", "重复", true);
        views.put("entries-full", new EntriesView(true, 100_000, new UUID(2, 1), new UUID(2, 2), ledgerAccounts, List.of(EntriesView.EntryWhy.values()), known(List.of(byHand, own, over)), new Form(Map.of("line-0", "1122"), Map.of("line-0", new Bilingual("借贷不平衡", "not balanced"), "on", new Bilingual("日期有误", "no day")))));
        views.put("entries-read", new EntriesView(false, 100_000, new UUID(2, 1), new UUID(2, 2), List.of(), List.of(), known(List.of(byHand)), Form.EMPTY));
        views.put("entries-empty", new EntriesView(true, 100_000, new UUID(2, 1), new UUID(2, 2), List.of(), List.of(), known(List.of()), Form.EMPTY));
        views.put("entries-unknown", new EntriesView(true, 100_000, new UUID(2, 1), new UUID(2, 2), List.of(), List.of(), unknown(), Form.EMPTY));
        CostsView.Voucher power = new CostsView.Voucher(new UUID(5, 1), CostsView.CostKind.SHARED, "", Bilingual.same(""), 120_000, 7_200, "记-0012", "档案室", "机房电费", "李雷", new UUID(5, 11), List.of());
        CostsView.Voucher work = new CostsView.Voucher(new UUID(5, 2), CostsView.CostKind.MERCHANT_SERVICE, "library", new Bilingual("数商甲", "Merchant A"), 500_000, 0, "结-7", "", "加工服务", "韩梅梅", new UUID(5, 12), List.of(
                new CostsView.Cancellation(new UUID(6, 1), EntriesView.ProposalState.REFUSED, "重复", "李雷", NOW, "韩梅梅", "凭证无误", "", true),
                new CostsView.Cancellation(new UUID(6, 2), EntriesView.ProposalState.OPEN, "重复入账", "韩梅梅", NOW, "", "", "", false)));
        CostsView.Voucher twice = new CostsView.Voucher(new UUID(5, 3), CostsView.CostKind.DIRECT_PAID, "transit", Bilingual.same(""), 100, 0, "记-0013", "档案室", "短信费", "李雷", new UUID(5, 13), List.of(
                new CostsView.Cancellation(new UUID(6, 3), EntriesView.ProposalState.BOOKED, "金额有误", "李雷", NOW, "", "", "2026-12", true)));
        CostsView.Voucher mine = new CostsView.Voucher(new UUID(5, 4), CostsView.CostKind.DIRECT_FREE, "", Bilingual.same(""), 900_000, 0, "记-0014", "档案室", "算力", "李雷", new UUID(5, 14), List.of(
                new CostsView.Cancellation(new UUID(6, 4), EntriesView.ProposalState.OPEN, "金额有误", "李雷", NOW, "", "", "", true)));
        List<CostsView.Merchant> costMerchants = List.of(new CostsView.Merchant(new UUID(5, 20), new Bilingual("数商甲", "Merchant A")));
        views.put("costs-full", new CostsView(true, 100_000, MONTH, new UUID(5, 9), costMerchants, known(List.of(power, work, twice, mine)), new Form(Map.of("amount", "x"), Map.of("amount", new Bilingual("金额须大于零", "the amount is above zero"), "merchant", new Bilingual("须选择数商", "choose the merchant")))));
        views.put("costs-read", new CostsView(false, 100_000, MONTH, new UUID(5, 9), List.of(), known(List.of(power, work, twice)), Form.EMPTY));
        views.put("costs-empty", new CostsView(true, 100_000, MONTH, new UUID(5, 9), costMerchants, known(List.of()), Form.EMPTY));
        views.put("costs-unknown", new CostsView(true, 100_000, MONTH, new UUID(5, 9), costMerchants, unknown(), Form.EMPTY));
        views.put("permitted-full", new PermittedView(true, new UUID(4, 1), known(List.of(permitted(1, PermittedView.RecordState.SIGNED, true, "韩梅梅"), permitted(2, PermittedView.RecordState.OPEN, false, ""), permitted(3, PermittedView.RecordState.REFUSED, true, "韩梅梅"))), new Form(Map.of(), Map.of("rate", new Bilingual("超过上限", "too high")))));
        views.put("permitted-read", new PermittedView(false, new UUID(4, 1), known(List.of()), Form.EMPTY));
        views.put("permitted-unknown", new PermittedView(true, new UUID(4, 1), unknown(), Form.EMPTY));
        views.put("approvals-full", new ApprovalsView(known(applications()), known(decided()), known(alerts()), known(overdue()), Form.EMPTY));
        views.put("approvals-wrong", new ApprovalsView(known(applications()), known(List.of()), known(alerts()), known(List.of()), new Form(Map.of(), Map.of("reason", new Bilingual("须填写理由", "a reason is needed")))));
        views.put("approvals-empty", new ApprovalsView(known(List.of()), known(List.of()), known(List.of()), known(List.of()), Form.EMPTY));
        views.put("approvals-unknown", new ApprovalsView(unknown(), unknown(), unknown(), unknown(), Form.EMPTY));
        views.put("pay-backs-full", new PayBacksView(new UUID(9, 1), true, true, true, known(rooms()), known(payBacks()), Form.EMPTY));
        views.put("pay-backs-wrong", new PayBacksView(new UUID(9, 1), true, true, true, known(rooms()), known(payBacks()), new Form(Map.of("amount", "x"), Map.of("amount", new Bilingual("请填写金额", "enter an amount"), "file-" + new UUID(9, 13), new Bilingual("须附凭据", "a paper is needed")))));
        views.put("pay-backs-own", new PayBacksView(new UUID(9, 1), false, false, true, known(List.of(rooms().getFirst())), known(List.of()), Form.EMPTY));
        views.put("pay-backs-empty", new PayBacksView(new UUID(9, 1), false, true, false, known(List.of()), known(List.of()), Form.EMPTY));
        views.put("pay-backs-unknown", new PayBacksView(new UUID(9, 1), false, false, false, unknown(), unknown(), Form.EMPTY));
        views.put("finance-full", new FinanceView(true, true, known(owed()), known(orders()), known(bank()), Form.EMPTY));
        views.put("finance-wrong", new FinanceView(true, false, known(owed()), known(orders()), known(bank()), new Form(Map.of(), Map.of("file", new Bilingual("文件不完整", "the file is damaged"), "orders", new Bilingual("余额不足", "less is left")))));
        views.put("finance-empty", new FinanceView(false, false, known(List.of()), known(List.of()), known(new FinanceView.Bank(0, 0, null, 0, 0, List.of(), List.of())), Form.EMPTY));
        views.put("finance-unknown", new FinanceView(false, false, unknown(), unknown(), unknown(), Form.EMPTY));
        views.put("shares-full", new SharesView(known(shares()), known(List.of(new SharesView.Earning("2026", true, 1_200, 31_234, "ab".repeat(32), true), new SharesView.Earning("2026-11", false, 600, 2_000, "cd".repeat(32), false)))));
        views.put("shares-empty", new SharesView(known(List.of()), known(List.of())));
        views.put("shares-unknown", new SharesView(unknown(), unknown()));
        views.put("declaredList-full", new DeclaredListView(List.of(
                new DeclaredListView.Item(ID, "parking", 1, 2, DeclaredKind.SQL, DeclaredState.APPROVED, NOW, NOW),
                new DeclaredListView.Item(OTHER_ID, "demand", 12, 1, DeclaredKind.MODEL, DeclaredState.DRAFT, NOW, null)), true));
        views.put("declaredList-empty", new DeclaredListView(List.of(), false));
        for (DeclaredKind kind : DeclaredKind.values()) {
            for (int step = 1; step <= 4; step++) {
                views.put("declare-" + kind.name().toLowerCase(Locale.ROOT) + "-" + step, new DeclareView(kind, step,
                        new Form(Map.of("code", "parking", "parameters-0-name", "district", "declaration", "{}"), Map.of()),
                        Map.of("code", "parking", "parameters-0-name", "district", "query", "SELECT 1", "declaration", "{}"), 2, 3, List.of("STRING", "INT64"),
                        List.of("PUBLIC", "PERSONAL"), step == 4 ? List.of(new DeclareView.Fault("operations[0].path", new Bilingual("有误", "is wrong")),
                                new DeclareView.Fault("", new Bilingual("契约无法提供", "cannot be served"))) : List.of(), step == 4));
            }
        }
        views.put("declare-right", new DeclareView(DeclaredKind.SQL, 4, Form.EMPTY, Map.of(), 0, 1, List.of(), List.of(), List.of(), true));
        views.put("declared-draft", declared(DeclaredState.DRAFT, true, false, false));
        views.put("declared-submitted", declared(DeclaredState.SUBMITTED, false, true, false));
        views.put("declared-approved", declared(DeclaredState.APPROVED, false, false, true));
        views.put("declared-empty", new DeclaredView(ID, "echo-two", 1, 1, DeclaredKind.UPSTREAM, DeclaredState.REFUSED, "ab".repeat(32), "a.v1.S", List.of(), "{}",
                0, List.of(), false, false, false, null, null, "no <b>", Form.EMPTY));
        views.put("fees-full", new FeesView(2026, 865_600_000L, LocalDate.of(2026, 10, 1), known(prices().stream().map(price -> new FeesView.Fee("transit", new Bilingual("公共交通实时数据", "Live public transport"), price)).toList()), List.of(
                new FeesView.Published(new Bilingual("公共交通实时数据", "Live public transport"), "", "", PurposeClass.INDUSTRY, new Bilingual("¥0.0035 / 次", "¥0.0035 / call"), new Bilingual("¥0.005 / 次", "¥0.005 / call"), false, LocalDate.of(2026, 9, 1), LocalDate.of(2026, 10, 1)),
                new FeesView.Published(new Bilingual("公共交通实时数据", "Live public transport"), "ListVehicles", "transit-year", PurposeClass.INDUSTRY, new Bilingual("每月基本费 ¥1,000.00,另加:¥0.002 / 次", "¥1,000.00 a month, and besides: ¥0.002 / call"), null, true, LocalDate.of(2026, 9, 1), LocalDate.of(2026, 10, 1)))));
        views.put("fees-empty", new FeesView(2026, null, LocalDate.of(2026, 10, 1), known(List.of()), List.of()));
        views.put("fees-unknown", new FeesView(2026, null, LocalDate.of(2026, 10, 1), unknown(), List.of()));
        views.put("log-full", new LogView(known(new LogView.Log("data.city.example/log",
                List.of(new LogView.Key("Ed25519", "data.city.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", NOW, null),
                        new LogView.Key("SM2", "data.city.example/log+0b1c2d3e+" + "/1NNMiB3aXRoIFNNMywgR00vVCAwMDAzLTIwMTI".repeat(3), NOW, NOW)),
                List.of(new LogView.Checkpoint(42, 1_204_331, NOW, "qLwHyOiNzMBiVQlTeFXuHPFTL2fDYcTCQxaoTnrHGvk="),
                        new LogView.Checkpoint(41, 1_204_001, NOW, "qLwHyOiNzMBiVQlTeFXuHPFTL2fDYcTCQxaoTnrHGvk="))))));
        views.put("log-empty", new LogView(known(new LogView.Log("", List.of(), List.of()))));
        views.put("log-unknown", new LogView(unknown()));
        String leaf = "jingshu leaf 1 entry\nid " + ID + "\nmonth 2026-11\nnumber 17\nbooked 2026-11-23T04:00:00Z\ncontent "
                + "ab".repeat(32) + "\nchain " + "cd".repeat(32) + "\n";
        views.put("logLine-full", new LogLineView(ID, MONTH, known(new LogLineView.Seal(LogLineView.SealState.PROVED, 12_345, leaf, 1_204L, NOW, 42L, NOW, List.of(), false))));
        views.put("logLine-sealed", new LogLineView(ID, MONTH, known(new LogLineView.Seal(LogLineView.SealState.SEALED, 12_345, leaf, 1_204L, NOW, null, null, List.of(), false))));
        views.put("logLine-empty", new LogLineView(ID, MONTH, known(new LogLineView.Seal(LogLineView.SealState.NOT_SEALED, 12_345, null, null, null, null, null, List.of(), false))));
        views.put("logLine-free", new LogLineView(ID, MONTH, known(new LogLineView.Seal(LogLineView.SealState.NOTHING_OWED, 0, null, null, null, null, null,
                List.of(new LogLineView.UsedBatch("node-6d841a2f0396", 17, 204, 1_204, 1_203L, 42L),
                        new LogLineView.UsedBatch("node-6d841a2f0396", 18, 1, -2, null, null)), true))));
        views.put("logLine-unknown", new LogLineView(ID, MONTH, unknown()));
        views.put("refusals-full", RefusalsView.ofAll());
        for (ErrorView.Kind kind : ErrorView.Kind.values()) {
            views.put("error-" + kind.name().toLowerCase(Locale.ROOT), new ErrorView(kind, "01936f5e-req"));
        }
        return views;
    }

    private static List<ResourcesView.Choice> choices() {
        return List.of(new ResourcesView.Choice("A2.8", new Bilingual("市公交集团", "City Bus Group")), new ResourcesView.Choice("THING", new Bilingual("非个人信息", "things")));
    }

    private static List<ResourceView.Change> resourceChanges() {
        return List.of(new ResourceView.Change(new Bilingual("名称", "Name in Chinese"), Bilingual.same("车的位置"), Bilingual.same("公交车辆位置 <b>")),
                new ResourceView.Change(new Bilingual("数据格式", "Format"), new Bilingual("未填报", "not stated"), Bilingual.same("JSON")));
    }

    private static ResourceReviewView.Batch batch(UUID id, boolean waiting, boolean mayDecide) {
        return new ResourceReviewView.Batch(id, new Bilingual("第二批", "Second batch"), LocalDate.of(2026, 12, 1), new Bilingual("待审核", "waits for review"), "warning",
                waiting ? "" : "荆数〔2026〕9号", 3, waiting, mayDecide, List.of(new ResourceChangesView.Difference("A2.8.4",
                        new Bilingual("车的位置", "vehicle position"), new Bilingual("变更", "changed"), "warning", resourceChanges())), waiting ? "" : Links.draftBatch(id));
    }

    private static LoadsView.Load load(UUID id, @Nullable Integer percent) {
        return new LoadsView.Load(id, "discharge", new Bilingual("出院记录数据", "discharge records"), new Bilingual("装载中", "running"), "warning", NOW, 120_000, 119_988, 12,
                percent, percent == null ? "62.0" : "");
    }

    private static SourcesView.Source source(String code, boolean late) {
        return new SourcesView.Source(code, new Bilingual("租赁备案", "leases"), "lease_contract", new Bilingual("每 6 小时", "every 6 h"), new Bilingual("定期(每日)", "periodic (daily)"),
                late ? new Bilingual("中断", "broke off") : new Bilingual("未运行", "never ran"), late ? "failed" : "note", late, late, late ? NOW : null, late ? NOW : null,
                late ? new Bilingual("读取中断", "it could not be read on") : null, late);
    }

    /** The view called {@code name}. */
    static Record view(String name) {
        Record view = views().get(name);
        if (view == null) {
            throw new IllegalArgumentException("no view " + name);
        }
        return view;
    }

    /** Renders a view with the page that fits it. */
    static String render(Pages pages, Page page, Record view) {
        return switch (view) {
            case HomeView v -> pages.home(page, v);
            case CatalogueView v -> pages.catalogue(page, v);
            case ResourcesView v -> pages.resources(page, v);
            case ResourceView v -> pages.resource(page, v);
            case ResourceChangesView v -> pages.resourceChanges(page, v);
            case ResourceReviewView v -> pages.resourceReview(page, v);
            case DeadlinesView v -> pages.deadlines(page, v);
            case PolicyView v -> pages.policy(page, v);
            case ResourceTablesView v -> pages.resourceTables(page, v);
            case PersonalRequestsView v -> pages.personalRequests(page, v);
            case PersonalCasesView v -> pages.personalCases(page, v);
            case ModelDriftView v -> pages.modelDrift(page, v);
            case RetentionView v -> pages.retention(page, v);
            case WorkingDaysView v -> pages.workingDays(page, v);
            case ObjectionsView v -> pages.objections(page, v);
            case ObjectionView v -> pages.objection(page, v);
            case NewObjectionView v -> pages.newObjection(page, v);
            case DraftBatchView v -> pages.draftBatch(page, v);
            case DraftEntryView v -> pages.draftEntry(page, v);
            case LoadsView v -> pages.loads(page, v);
            case SourcesView v -> pages.sources(page, v);
            case TwinsView v -> pages.twins(page, v);
            case ProductView v -> pages.product(page, v);
            case OpenApiView v -> pages.openApi(page, v);
            case MapView v -> pages.map(page, v);
            case SignUpView v -> pages.signUp(page, v);
            case SignInView v -> pages.signIn(page, v);
            case SubscribeView v -> pages.subscribe(page, v);
            case KeysView v -> pages.keys(page, v);
            case DashboardView v -> pages.dashboard(page, v);
            case UsageView v -> pages.usage(page, v);
            case EventView v -> pages.event(page, v);
            case StatementView v -> pages.statement(page, v);
            case BillsView v -> pages.bills(page, v);
            case StatementLineView v -> pages.statementLine(page, v);
            case ReceivablesView v -> pages.receivables(page, v);
            case ConsumerAccountView v -> pages.consumerAccount(page, v);
            case OperatorView v -> pages.operator(page, v);
            case RevenueView v -> pages.revenue(page, v);
            case ApprovalsView v -> pages.approvals(page, v);
            case LedgerView v -> pages.ledger(page, v);
            case EntriesView v -> pages.entries(page, v);
            case CostsView v -> pages.costs(page, v);
            case PermittedView v -> pages.permitted(page, v);
            case FinanceView v -> pages.finance(page, v);
            case PayBacksView v -> pages.payBacks(page, v);
            case SharesView v -> pages.shares(page, v);
            case DeclaredListView v -> pages.declaredList(page, v);
            case DeclaredView v -> pages.declared(page, v);
            case DeclareView v -> pages.declare(page, v);
            case FeesView v -> pages.fees(page, v);
            case LogView v -> pages.log(page, v);
            case LogLineView v -> pages.logLine(page, v);
            case RefusalsView v -> pages.refusals(page, v);
            case ErrorView v -> pages.error(page, v);
            default -> throw new IllegalArgumentException("no page for " + view.getClass());
        };
    }

    /** A page as a signed-in person with every area sees it. */
    static Page page(PortalTexts texts, Assets assets, String path) {
        return new Page(
                texts,
                assets,
                path,
                "month=2026-11",
                new SignedIn("李雷", "荆门市出行科技有限公司", EnumSet.allOf(SignedIn.Area.class)),
                "csrf-token-value",
                true,
                List.of(new Notice(Notice.Kind.DONE, new Bilingual("已保存。", "Saved."))));
    }

    /** A page as a stranger sees it. */
    static Page publicPage(PortalTexts texts, Assets assets, String path) {
        return new Page(texts, assets, path, "", null, "csrf-token-value", true, List.of());
    }

    private static <T> Reading<T> known(T value) {
        return Reading.known(value, NOW);
    }

    private static <T> Reading<T> unknown() {
        return Reading.unknown("01936f5e-req");
    }

    private static FirstCall call(String key) {
        return new FirstCall("http://localhost:8080", "localhost:9090", "/v1/echo", "jingshu.echo.v1.EchoService/Echo", key);
    }

    private static ProductCard card(String code) {
        return cards().stream().filter(card -> card.code().equals(code)).findFirst().orElseThrow();
    }

    private static List<ProductCard> cards() {
        return List.of(
                new ProductCard("transit", new Bilingual("公共交通实时数据", "Live public transport"), new Bilingual("公交车的位置、速度、到站时间与实时轨迹。", "Positions, speeds, arrivals and tracks of the city's buses."), new Bilingual("市公交集团", "City Bus Group"), ProductCard.State.PUBLISHED, "A3.6", false, true, new BigDecimal("0.350000"), MeterUnit.CALL, List.of("REST", "gRPC", "SSE", "GTFS-RT"), false),
                new ProductCard("echo", new Bilingual("连通性检查", "Connectivity check"), new Bilingual("固定的 202 字节应答,用于检查密钥、网络与计量是否畅通。", "A fixed 202-byte answer that shows that key, network and meter work."), new Bilingual("市数据局", "City Data Bureau"), ProductCard.State.PUBLISHED, "", false, true, null, MeterUnit.CALL, List.of("REST", "gRPC"), false),
                new ProductCard("underwriting", new Bilingual("智慧核保", "Smart underwriting"), new Bilingual("识别高风险投保客户,返回风险等级与原因。", "A risk band with reasons for an applicant."), new Bilingual("市卫健委", "City Health Commission"), ProductCard.State.IN_REGISTRATION, "A3.1", true, false, null, MeterUnit.HIT, List.of(), false),
                new ProductCard("rental", new Bilingual("真实房屋租赁", "Genuine rental"), new Bilingual("核验房源是否真实。", "Says whether a listing is genuine."), new Bilingual("市住房和城市更新局", "Housing Bureau"), ProductCard.State.SUSPENDED, "A3.7", true, true, new BigDecimal("120"), MeterUnit.HIT, List.of("REST"), true));
    }

    private static List<ProductView.Price> prices() {
        LocalDate since = LocalDate.of(2026, 10, 1);
        return List.of(
                new ProductView.Price("welfare", new Bilingual("公益套餐", "Public interest"), PurposeClass.PUBLIC_INTEREST, null, null, MeterUnit.CALL, 1_000_000L, 600, since, null),
                new ProductView.Price("industry", new Bilingual("产业按次", "Industry, per call"), PurposeClass.INDUSTRY, new BigDecimal("0.350000"), new BigDecimal("0.500000"), MeterUnit.CALL, null, 3_000, since, new Bilingual("荆数价〔2026〕3号", "Jing Data Price 2026 no. 3")));
    }

    private static ProductView product(ProductView.TryIt tryIt) {
        Bilingual bus = new Bilingual("市公交集团", "City Bus Group");
        return new ProductView(
                card("transit"),
                List.of(new Bilingual("车辆位置 <低于> 阈值。", "Positions are <below> their threshold.")),
                List.of(new ProductView.Outgoing(2, Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2027-04-30T00:00:00Z")),
                        new ProductView.Outgoing(1, Instant.parse("2026-05-01T00:00:00Z"), null)),
                "420800-2026-P-000006",
                List.of(
                        new ProductView.Resource("A2.8.4", new Bilingual("车的位置", "vehicle position"), bus, ProductView.Update.REAL_TIME, new Bilingual("不得推断出驾驶员", "the driver must not be derivable"), false),
                        new ProductView.Resource("A2.8.6", new Bilingual("到站时间", "arrival time"), bus, ProductView.Update.REAL_TIME, null, false),
                        new ProductView.Resource("A2.10.2", new Bilingual("视频数据", "video"), new Bilingual("市公安局", "Public Security Bureau"), ProductView.Update.PERIODIC, new Bilingual("个人信息保护法第26条:仅限维护公共安全", "PIPL Art. 26: public security only"), true)),
                known(prices()),
                List.of(
                        new ProductView.OperationDoc("ListVehicles", new Bilingual("列出车辆的实时位置", "Lists live vehicle positions"), "GET", "/v1/transit/vehicles", "jingshu.transit.v1.TransitService/ListVehicles", MeterUnit.CALL, false, false, true, new ProductView.WithoutAnswer(0, 1, 0), List.of(field("routeId", "string", "", false)), List.of(field("vehicles[].position.latitude", "double", "deg", false), field("vehicles[].speed", "double", "m/s", false))),
                        new ProductView.OperationDoc("StreamVehicles", new Bilingual("持续推送车辆位置", "Streams vehicle positions"), "GET", "/v1/transit/vehicles:stream", "jingshu.transit.v1.TransitService/StreamVehicles", MeterUnit.MINUTE, true, true, false, ProductView.WithoutAnswer.NOTHING, List.of(), List.of(field("id", "string", "", true)))),
                Links.MAP,
                tryIt,
                call(FirstCall.PLACEHOLDER));
    }

    private static ProductView.FieldDoc field(String path, String type, String unit, boolean required) {
        return new ProductView.FieldDoc(path, type, unit, ProductView.Sensitivity.PUBLIC, new Bilingual("含义", "meaning of " + path), List.of("A2.8.4"), required, required);
    }

    private static ProductView.TryIt tryIt(ProductView.@Nullable TryAnswer answer, Form form) {
        return new ProductView.TryIt(
                "ListArrivals",
                List.of(new ProductView.Choice("ListArrivals", new Bilingual("到站时间", "Arrivals")), new ProductView.Choice("ListVehicles", new Bilingual("车辆位置", "Vehicles"))),
                List.of(
                        new ProductView.Input("stopId", ProductView.Input.Kind.TEXT, new Bilingual("站台编号", "id of the stop"), "", true, List.of(), null, null, 64),
                        new ProductView.Input("limit", ProductView.Input.Kind.NUMBER, new Bilingual("最多返回几条", "how many at most"), "", false, List.of(), 1.0, 100.0, null),
                        new ProductView.Input("includeStale", ProductView.Input.Kind.YES_NO, new Bilingual("是否包含过期位置", "with stale positions"), "", false, List.of(), null, null, null),
                        new ProductView.Input("datum", ProductView.Input.Kind.CHOICE, new Bilingual("坐标系", "coordinate system"), "", false, List.of(new ProductView.Choice("WGS84", Bilingual.same("WGS-84")), new ProductView.Choice("GCJ02", Bilingual.same("GCJ-02"))), null, null, null)),
                answer == null ? "" : "js_test_…9fK2",
                form,
                answer);
    }

    private static ProductView.TryAnswer answer() {
        return new ProductView.TryAnswer(200, "GET /v1/transit/stops/s1/arrivals?limit=3", List.of(new ProductView.Header("X-Request-Id", "01936f5e-req"), new ProductView.Header("RateLimit", "\"minute\";r=59;t=41")), "{\n  \"arrivals\": [\n    {\"route\": \"1\", \"headsign\": \"火车站\", \"delaySeconds\": 42}\n  ]\n}", 812);
    }

    private static MapView map(Reading<List<MapView.Vehicle>> vehicles, @Nullable Reading<MapView.StopArrivals> arrivals) {
        return new MapView(true, new Bilingual("荆门演示公交网", "Demo bus network of Jingmen"), List.of(new MapView.Route("r1", "1路", "火车站 – 龙泉公园"), new MapView.Route("r5", "5路", "东宝山 – 漳河新区")), List.of(new MapView.Stop("s1", "龙泉公园"), new MapView.Stop("s2", "火车站")), vehicles, arrivals, List.of());
    }

    private static List<MapView.Vehicle> vehicles() {
        return List.of(
                new MapView.Vehicle("鄂H01234D", "1路", "龙泉公园", 27.4, NOW.minusSeconds(6), false),
                new MapView.Vehicle("鄂H05678D", "5路", null, null, NOW.minusSeconds(420), true));
    }

    private static MapView.StopArrivals arrivals() {
        return new MapView.StopArrivals("s1", "龙泉公园", List.of(
                new MapView.Arrival("1路", "火车站", NOW.plusSeconds(60), NOW.plusSeconds(200), 140),
                new MapView.Arrival("5路", "漳河新区", NOW.plusSeconds(400), NOW.plusSeconds(300), -100),
                new MapView.Arrival("5路", "漳河新区", NOW.plusSeconds(500), NOW.plusSeconds(510), 10),
                new MapView.Arrival("12路", "东宝山", NOW.plusSeconds(900), null, null),
                new MapView.Arrival("13路", "东宝山", null, null, null)));
    }

    private static KeysView.PlanPart planPart(List<ProductView.Price> others, boolean judged) {
        Bilingual basic = new Bilingual("产业按次", "Industry, per call");
        Bilingual large = new Bilingual("产业大量", "Industry, many calls");
        return new KeysView.PlanPart(others, List.of(new KeysView.Change(large, basic, KeysView.ChangeState.REFUSED, NOW, "理由 <b>不足</b>"),
                new KeysView.Change(basic, large, KeysView.ChangeState.MADE, NOW, "")), OTHER_ID, judged);
    }

    private static KeysView keys(@Nullable String issued, boolean mayIssue, List<KeysView.Key> keys) {
        return new KeysView(ID, new Bilingual("公共交通实时数据", "Live public transport"), new Bilingual("产业按次", "Industry, per call"), DashboardView.State.ACTIVE, issued, mayIssue, OTHER_ID, keys, 30, planPart(prices(), false), Form.EMPTY, call(issued == null ? FirstCall.PLACEHOLDER : issued));
    }

    private static List<KeysView.Key> keyList() {
        Instant made = NOW.minus(Duration.ofDays(20));
        List<KeysView.Key> keys = new ArrayList<>();
        int number = 0;
        for (KeysView.State state : KeysView.State.values()) {
            keys.add(new KeysView.Key(new UUID(7, number), "js_live_4Fq…i2O" + number, number == 3, state, made, state == KeysView.State.LIVE ? null : NOW.plus(Duration.ofHours(20))));
            number++;
        }
        return keys;
    }

    private static List<DashboardView.Subscription> subscriptions() {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        return List.of(
                new DashboardView.Subscription(ID, "transit", transit, new Bilingual("公益套餐", "Public interest"), PurposeClass.PUBLIC_INTEREST, DashboardView.State.ACTIVE, known(new DashboardView.Used(841_200, 1_730)), 1_000_000L, MeterUnit.CALL, 2, null),
                new DashboardView.Subscription(OTHER_ID, "transit", transit, new Bilingual("产业按次", "Industry"), PurposeClass.INDUSTRY, DashboardView.State.AWAITING_APPROVAL, known(new DashboardView.Used(0, 0)), null, MeterUnit.CALL, 0, null),
                new DashboardView.Subscription(new UUID(1, 2), "rental", new Bilingual("真实房屋租赁", "Genuine rental"), new Bilingual("产业", "Industry"), PurposeClass.INDUSTRY, DashboardView.State.REFUSED, unknown(), 100L, MeterUnit.HIT, 0, new Bilingual("用途说明不足", "the purpose is not clear")),
                new DashboardView.Subscription(new UUID(1, 3), "echo", new Bilingual("连通性检查", "Connectivity check"), new Bilingual("公益", "Free"), PurposeClass.PUBLIC_INTEREST, DashboardView.State.SUSPENDED, known(new DashboardView.Used(3, 0)), 100L, MeterUnit.CALL, 1, null),
                new DashboardView.Subscription(new UUID(1, 4), "echo", new Bilingual("连通性检查", "Connectivity check"), new Bilingual("公益", "Free"), PurposeClass.PUBLIC_INTEREST, DashboardView.State.ENDED, known(new DashboardView.Used(3, 0)), 100L, MeterUnit.CALL, 0, null));
    }

    private static UsageView usage(Reading<UsageView.Table> table) {
        return new UsageView(LocalDate.of(2026, 11, 10), LocalDate.of(2026, 11, 23), UsageView.Step.DAY, UsageView.By.OUTCOME, table, known(List.of(new UsageView.Recent(OTHER_ID, NOW, Bilingual.same("transit"), "ListVehicles", Outcome.ANSWERED, 200, 1, MeterUnit.CALL, true, "REST"))), Links.USAGE_CSV + "?from=2026-11-10&to=2026-11-23", Form.EMPTY);
    }

    private static UsageView.Table usageTable() {
        List<UsageView.Row> rows = new ArrayList<>();
        Instant first = LocalDate.of(2026, 11, 10).atStartOfDay(Format.SHANGHAI).toInstant();
        for (int day = 0; day < 14; day++) {
            long answered = 41_000 + 9_000L * ((day * 7) % 5) - (day % 7 > 4 ? 20_000 : 0);
            Long failed = day == 8 ? null : Long.valueOf(day % 3);
            rows.add(new UsageView.Row(first.plus(Duration.ofDays(day)), Arrays.asList(day == 8 ? null : Long.valueOf(answered), answered / 40, failed)));
        }
        return new UsageView.Table(List.of(new Bilingual("成功应答", "Answered"), new Bilingual("未变化(304)", "Not modified (304)"), new Bilingual("内部错误", "Failed")), rows, 1_204, NOW);
    }

    private static UsageView.Table hours() {
        Instant first = LocalDate.of(2026, 11, 22).atStartOfDay(Format.SHANGHAI).toInstant();
        return new UsageView.Table(List.of(new Bilingual("公共交通实时数据", "Live public transport")), List.of(new UsageView.Row(first, List.of(12L)), new UsageView.Row(first.plusSeconds(3600), List.of(0L))));
    }

    private static EventView event(EventView.Verdict verdict) {
        List<EventView.Station> way = List.of(
                new EventView.Station(EventView.Step.RECORDED, EventView.Passed.YES, NOW, ""),
                new EventView.Station(EventView.Step.COUNTED, EventView.Passed.YES, NOW.plusMillis(400), "2026-11-23 12:00"),
                new EventView.Station(EventView.Step.RATED, EventView.Passed.WAITING, null, ""),
                new EventView.Station(EventView.Step.CHARGED, EventView.Passed.WAITING, null, ""),
                new EventView.Station(EventView.Step.POSTED, EventView.Passed.NEVER, null, ""));
        EventView.Voided voided = switch (verdict) {
            case VOID -> new EventView.Voided(EventView.VoidStatus.APPROVED, "重复计量 <b>", NOW, NOW.plusSeconds(60));
            case TO_BE_BILLED -> new EventView.Voided(EventView.VoidStatus.REQUESTED, "counted twice", NOW, null);
            default -> null;
        };
        return new EventView(ID.toString(), known(Optional.of(new EventView.Answer(ID, verdict, NOW, new Bilingual("公共交通实时数据", "Live public transport"), "ListVehicles", "REST", Outcome.ANSWERED, 200, MeterUnit.CALL, 1, "01936f5e-req", PurposeClass.INDUSTRY, verdict == EventView.Verdict.FREE_PURPOSE ? null : new BigDecimal("0.350000"), ID.toString(), verdict == EventView.Verdict.FREE_PURPOSE ? null : new BigDecimal("0.500000"), OTHER_ID.toString(), MONTH, voided, way))));
    }

    private static StatementView statement(Reading<StatementView.Statement> statement) {
        return new StatementView(MONTH, List.of(MONTH, MONTH.minusMonths(1)), "荆门市出行科技有限公司", "91420800MA4F000007", statement);
    }

    private static StatementView.Statement bill(StatementView.State state) {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        return new StatementView.Statement(
                state,
                state == StatementView.State.CLOSED ? "91420800MA4F000007-2026-0011" : "",
                state == StatementView.State.CLOSED ? LocalDate.of(2026, 12, 17) : null,
                List.of(
                        new StatementView.Line(OTHER_ID, transit, "ListVehicles", null, PurposeClass.INDUSTRY, 1_204_811, MeterUnit.CALL, new BigDecimal("0.350000"), "2026-10-01/1", ID.toString(), 421_684, null),
                        new StatementView.Line(ID, transit, "ListVehicles", MONTH.minusMonths(1), PurposeClass.INDUSTRY, -20, MeterUnit.CALL, new BigDecimal("0.350000"), "2026-10-01/1", ID.toString(), -7, null),
                        new StatementView.Line(OTHER_ID, transit, "ListArrivals", null, PurposeClass.PUBLIC_INTEREST, 88_120, MeterUnit.CALL, null, "", "", 0, 30_842L)),
                List.of(
                        new StatementView.Move(MoveKind.RECEIPT, LocalDate.of(2026, 11, 12), "B-20261112-7", -50_000),
                        new StatementView.Move(MoveKind.CHARGES, LocalDate.of(2026, 11, 30), "2026-11", 421_677)),
                50_000,
                421_677,
                397_809,
                23_868,
                421_677,
                30_842,
                new BigDecimal("6"));
    }

    private static BillsView.Standing standing() {
        return new BillsView.Standing(421_677, 0, 81_250, 78_323L, false, 100_000L, true);
    }

    private static BillsView bills(BillsView.Standing standing, List<Bilingual> stops, boolean mayBudget, Form form) {
        List<BillsView.Bill> list = new ArrayList<>();
        List<BillsView.Told> told = new ArrayList<>();
        for (DunningState state : DunningState.values()) {
            list.add(new BillsView.Bill(MONTH.minusMonths(list.size()), "91420800MA4F000007-2026-000" + list.size(), 421_677, LocalDate.of(2026, 12, 17), state == DunningState.SETTLED ? 0 : 421_677, state));
        }
        for (ToldKind kind : ToldKind.values()) {
            told.add(new BillsView.Told(kind, "91420800MA4F000007-2026-0001", kind == ToldKind.REINSTATED ? null : 421_677L, NOW));
        }
        return new BillsView(MONTH, standing, stops, list, told, mayBudget, form);
    }

    private static ConsumerAccountView account(boolean mayAct) {
        return new ConsumerAccountView(ID, new Bilingual("荆门市出行科技有限公司", "Jingmen Travel"), "91420800MA4F000007", standing(),
                List.of(new Bilingual("账单逾期未付", "a bill is overdue")),
                List.of(new ConsumerAccountView.Bill(ID, MONTH, "91420800MA4F000007-2026-0011", 421_677, LocalDate.of(2026, 12, 17), 371_677, DunningState.FINAL_NOTICE, List.of("26420000000000000123", "-26420000000000000124"))),
                List.of(new ConsumerAccountView.Move(2, MoveKind.CHARGES, LocalDate.of(2026, 11, 30), "2026-11", 421_677, 0), new ConsumerAccountView.Move(1, MoveKind.RECEIPT, LocalDate.of(2026, 11, 12), "B-1", -50_000, 10_000)),
                List.of(new ConsumerAccountView.Note("91420800MA4F000007-2026-C0001", LocalDate.of(2026, 11, 30), 7, "用量更正")),
                mayAct, Form.EMPTY, OTHER_ID);
    }

    private static RevenueView.Gauge gauge(long permitted) {
        List<RevenueView.Month> months = List.of(
                new RevenueView.Month(YearMonth.of(2026, 10), 40_000_000L, 40_000_000L, true),
                new RevenueView.Month(YearMonth.of(2026, 11), 32_000_000L, 72_000_000L, false));
        return new RevenueView.Gauge(permitted, false, 72_000_000L, permitted - 72_000_000L, 108_000_000L, months,
                List.of(new RevenueView.Warned(80, YearMonth.of(2026, 11), false), new RevenueView.Warned(90, null, true), new RevenueView.Warned(100, null, false)),
                new RevenueView.Test("+12.30 %", RevenueGauge.Consequence.ADJUST_CEILINGS, false, false),
                List.of(new RevenueView.Product(new Bilingual("公共交通实时数据", "Live public transport"), 28_571_428, 72_000_000L)),
                List.of(new RevenueView.Cycle(2026, 2028, permitted, 72_000_000L, 6_400_000L, true, 2_000_000L)));
    }

    private static OperatorView operator(Reading<OperatorView.Revenue> revenue, Reading<Optional<OperatorView.Settlement>> settlement, Reading<List<OperatorView.Balance>> balances) {
        return new OperatorView(MONTH, List.of(MONTH, MONTH.minusMonths(1)), OperatorView.Close.CLOSED, revenue, settlement, balances);
    }

    /** POLICY §10.2's example: 10.6 million yuan owed; {@code off} fen go missing. */
    static OperatorView.Settlement settlement(long off) {
        return new OperatorView.Settlement(false, 1_060_000_000L, List.of(
                share(OperatorView.Part.VAT, "税务机关", "tax office", 60_000_000L),
                share(OperatorView.Part.MERCHANT_SERVICE, "数商", "merchants", 250_000_000L),
                share(OperatorView.Part.COSTS, "成本与费用", "costs", 550_000_000L),
                share(OperatorView.Part.SURCHARGES, "税务机关", "tax office", 6_000_000L),
                share(OperatorView.Part.INCOME_TAX, "税务机关", "tax office", 48_500_000L),
                share(OperatorView.Part.TREASURY, "市财政局", "city treasury", 43_650_000L),
                share(OperatorView.Part.OPERATOR, "运营机构", "operator", 71_295_000L),
                share(OperatorView.Part.MERCHANT, "数商", "merchants", 30_555_000L - off)));
    }

    private static OperatorView.Share share(OperatorView.Part part, String zh, String en, long fen) {
        return new OperatorView.Share(part, new Bilingual(zh, en), fen);
    }

    private static List<OperatorView.Balance> balances(long off) {
        return List.of(
                new OperatorView.Balance("1122", new Bilingual("应收账款", "Receivables"), 1_060_000_000L, 0),
                new OperatorView.Balance("2221", new Bilingual("应交税费", "Taxes payable"), 0, 60_000_000L),
                new OperatorView.Balance("6001", new Bilingual("主营业务收入", "Revenue"), 0, 1_000_000_000L - off));
    }

    private static List<ApprovalsView.Application> applications() {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        Bilingual plan = new Bilingual("产业按次", "Industry, per call");
        return List.of(
                new ApprovalsView.Application(ID, "荆门市出行科技有限公司", "91420800MA4F000007", "李雷", transit, null, plan, PurposeClass.INDUSTRY, "在“荆门出行”应用中显示公交到站时间。\n面向本市乘客,每日约 3 万次查询。", NOW, LocalDate.of(2026, 12, 7), new Bilingual("还剩 3 个工作日", "3 working days left"), false),
                new ApprovalsView.Application(OTHER_ID, "市民服务中心", "12420800MB0000000X", "韩梅梅", transit, plan, new Bilingual("公益大量", "Public interest, many calls"), PurposeClass.PUBLIC_INTEREST, "站台电子屏显示。", NOW, null, null, true));
    }

    private static List<ApprovalsView.Overdue> overdue() {
        return List.of(new ApprovalsView.Overdue(new Bilingual("更新资源目录", "Bring the catalogue up to date"), "A2.8.4", new Bilingual("车的位置", "vehicle position"),
                LocalDate.of(2026, 11, 20), new Bilingual("已逾期 1 个工作日", "overdue by 1 working day")));
    }

    private static DeadlinesView.Row deadline(UUID id, boolean overdue, @Nullable Integer most, DeadlinesView.@Nullable Asked asked) {
        return new DeadlinesView.Row("CATALOGUE_UPDATE", id, new Bilingual("更新资源目录", "Bring the catalogue up to date"), "A2.8.4",
                new Bilingual("车的位置", "vehicle position"), new Bilingual("市公交集团", "City Bus Group"), LocalDate.of(2026, 11, 2), LocalDate.of(2026, 11, 16),
                new Bilingual("还剩 3 个工作日", "3 working days left"), overdue, new Bilingual("可申请延期一次", "may be extended once"),
                overdue ? "" : Links.resource("A2.8.4"), most, asked);
    }

    private static WorkingDaysView workingDays(boolean bureau, Form form) {
        List<WorkingDaysView.Day> days = List.of(new WorkingDaysView.Day(LocalDate.of(2026, 10, 1), new Bilingual("放假", "off"), new Bilingual("国庆节", "National Day")));
        return new WorkingDaysView(
                List.of(new WorkingDaysView.Year(2027, new Bilingual("通知尚未登记", "no notice recorded"), "warning", 250, List.of()),
                        new WorkingDaysView.Year(2026, new Bilingual("按国务院办公厅放假通知", "by the State Council's notice"), "done", 248, days)),
                List.of(new WorkingDaysView.Notice(ID, 2027, "国务院办公厅关于2027年部分节假日安排的通知", LocalDate.of(2026, 11, 5), "国务院公报", false, bureau, days),
                        new WorkingDaysView.Notice(OTHER_ID, 2026, "国务院办公厅关于2026年部分节假日安排的通知", LocalDate.of(2025, 11, 4), "新华社", true, false, days)),
                LocalDate.of(2026, 12, 24), 10, new WorkingDaysView.Reckoned(LocalDate.of(2027, 1, 8), new Bilingual("2027 年放假通知尚未登记", "provisional")), bureau, form);
    }

    private static ObjectionView objection(ObjectionView.May may, Form form) {
        return new ObjectionView(ID, "YY-7", "A2.8.4", Links.resource("A2.8.4"), new Bilingual("车的位置", "vehicle position"), new Bilingual("数据有误", "the data are wrong"),
                new Bilingual("待答复", "waits for the answer"), "warning", Bilingual.same("龙泉出行应用工作室"), Bilingual.same("市公交集团"), NOW, OTHER_ID, true,
                LocalDate.of(2026, 12, 7), new Bilingual("还剩 10 个工作日", "10 working days left"), List.of(new ObjectionView.Load(OTHER_ID, "stops", "A2.8.2")), true,
                OTHER_ID, OTHER_ID, List.of(new ObjectionView.Said(new Bilingual("异议人", "Who raised it"), new Bilingual("提出异议", "raised it"), NOW, "站点位置偏移约 200 米 <b>")),
                OTHER_ID, may, form);
    }

    private static DraftEntryView.Choices entryChoices() {
        return new DraftEntryView.Choices(choices(), choices(), choices(), List.of(new ResourcesView.Choice("API", new Bilingual("接口", "interface")),
                new ResourcesView.Choice("FILE", new Bilingual("文件", "file"))), choices(), choices(), choices());
    }

    private static List<ApprovalsView.Alert> alerts() {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        Bilingual beyond = new Bilingual("调用超出授权范围", "outside the authorised scope");
        return List.of(
                new ApprovalsView.Alert("某公司", transit, "ListVehicles", "OVER_SCOPE", beyond, 12_345, NOW, ApprovalsView.AlertStatus.OPEN),
                new ApprovalsView.Alert("荆门大学", transit, "ListRoutes", "WRONG_PURPOSE", beyond, 1, NOW, ApprovalsView.AlertStatus.VERIFIED));
    }

    private static List<ApprovalsView.Decided> decided() {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        return List.of(
                new ApprovalsView.Decided(new UUID(3, 1), "荆门大学", transit, PurposeClass.PUBLIC_INTEREST, ApprovalsView.Decision.APPROVED, "用途明确", "王芳", NOW),
                new ApprovalsView.Decided(new UUID(3, 2), "某公司", transit, PurposeClass.INDUSTRY, ApprovalsView.Decision.REFUSED, "用途不明", "王芳", NOW));
    }


    private static TwinsView.Samples samples() {
        List<TwinsView.Sample> all = new java.util.ArrayList<>();
        for (TwinsView.SampleState state : TwinsView.SampleState.values()) {
            for (boolean own : new boolean[] {true, false}) {
                all.add(new TwinsView.Sample(new UUID(8, 2 + all.size()), 1, 1_000, 5, own, "联调", NOW, state, state == TwinsView.SampleState.OPEN ? "" : "评估 7 号", own));
            }
        }
        return new TwinsView.Samples(true, true, new UUID(8, 1), List.of(2, 1), all, new Form(Map.of("rows", "9"), Map.of("reason-" + new UUID(8, 3), new Bilingual("须填写", "it is needed"))));
    }

    private static List<PayBacksView.Room> rooms() {
        return List.of(new PayBacksView.Room(new UUID(9, 2), new Bilingual("演示银行", "Demo Bank"), "演示银行", 500_000, null),
                new PayBacksView.Room(new UUID(9, 3), new Bilingual("研究所", "Institute"), "研究所", 0, new Bilingual("订阅尚未全部终止", "it still subscribes")));
    }

    private static List<PayBacksView.PayBack> payBacks() {
        Bilingual other = new Bilingual("须由另一人办理", "another person does it");
        List<PayBacksView.PayBack> all = new java.util.ArrayList<>();
        for (PayBacksView.PayBackState state : PayBacksView.PayBackState.values()) {
            for (Bilingual fault : new Bilingual[] {null, other}) {
                all.add(new PayBacksView.PayBack(new UUID(9, 11 + all.size()), "JS0123456789AB", new Bilingual("演示银行", "Demo Bank"), 123_456, "演示银行 · 荆楚银行 · ****0009",
                        "退出市场", state, NOW, state == PayBacksView.PayBackState.REQUESTED ? NOW : null, state.css().equals("warning") ? null : NOW, state.css().equals("failed") ? "银行拒付" : "", fault, fault, fault,
                        List.of(new PayBacksView.Paper("ab".repeat(32), "回单.pdf", 4_321))));
            }
        }
        return all;
    }

    private static List<FinanceView.Owed> owed() {
        Bilingual bus = new Bilingual("市公交集团", "Bus group");
        return List.of(
                new FinanceView.Owed(ID, FinanceView.PaidFor.REMITTANCE, "2026", "A2.8", bus, 43_650_000L, 40_000_000L, 40_000_000L),
                new FinanceView.Owed(OTHER_ID, FinanceView.PaidFor.MERCHANT_COST, "2026-12", OTHER_ID.toString(), Bilingual.same("数商甲"), 200, 200, 0));
    }

    private static List<FinanceView.Order> orders() {
        List<FinanceView.Order> orders = new ArrayList<>();
        for (FinanceView.OrderState state : FinanceView.OrderState.values()) {
            for (boolean own : List.of(true, false)) {
                orders.add(new FinanceView.Order(new UUID(5, orders.size()), "JS0123456789AB", FinanceView.PaidFor.REMITTANCE, "2026",
                        new Bilingual("市公交集团", "Bus group"), 40_000_000L, "荆门市财政局 · 荆楚银行 · 62000001", state, state.css().equals("failed") ? "退汇" : "", own));
            }
        }
        return orders;
    }

    private static FinanceView.Bank bank() {
        List<FinanceView.Line> lines = new ArrayList<>();
        for (FinanceView.Differing why : FinanceView.Differing.values()) {
            lines.add(new FinanceView.Line(new UUID(6, lines.size()), LocalDate.of(2027, 1, 6), lines.size() % 2 == 0 ? FinanceView.Way.IN : FinanceView.Way.OUT, 159, "供电公司 999", "电费", why));
        }
        return new FinanceView.Bank(42, 37, LocalDate.of(2027, 1, 31), 5_000_000L, 4_999_841L, lines,
                List.of(new FinanceView.File("jan.csv", LocalDate.of(2027, 1, 1), LocalDate.of(2027, 1, 31), 42, "ab".repeat(32))));
    }

    private static DeclaredView declared(DeclaredState state, boolean writes, boolean decides, boolean retires) {
        return new DeclaredView(ID, "demand", 2, 1, DeclaredKind.MODEL, state, "ab".repeat(32), "jingshu.declared.demand.v2.DemandService",
                List.of(new DeclaredView.Grant("A2.4.1", "EstimateResponse.probability, house.area_m2")), "{\"code\": \"demand\"}", 1_204,
                writes ? List.of(new DeclareView.Fault("artefact", new Bilingual("缺少模型文件", "the file is missing"))) : List.of(), writes, decides, retires,
                retires ? NOW : null, retires ? NOW.plusSeconds(86_400) : null, retires ? "登记审核纪要" : null,
                decides ? new Form(Map.of(), Map.of("ground", new Bilingual("须填写依据", "a citation is needed"))) : Form.EMPTY);
    }

    private static PermittedView.Reckoned permitted(long number, PermittedView.RecordState state, boolean own, String decidedBy) {
        return new PermittedView.Reckoned(new UUID(4, number), 2026, "2026–2028", List.of(new PermittedView.Item(PermittedView.CostItem.PLATFORM, 1_000_000), new PermittedView.Item(PermittedView.CostItem.SUBSIDIES, -10_000)),
                990_000, "7.8 %", 77_220, 5_000, own, 1_000, own ? "分两年" : "", 1_071_220, own ? 1_071_220 : 1, own, "2025", "1.8 %", "6 %", "7.8 %", own, "调查报告",
                state, "李雷", Instant.parse("2026-01-05T02:00:00Z"), decidedBy, Instant.parse("2026-01-06T02:00:00Z"), "批复", own);
    }

    private static List<SharesView.Share> shares() {
        Bilingual transit = new Bilingual("公共交通实时数据", "Live public transport");
        return List.of(
                new SharesView.Share(ID, transit, MONTH, SharesView.SharedBy.PARTIES, SharesView.ShareState.APPROVED, "测算报告〔2026〕3号", "批复〔2026〕2号",
                        new SharesView.Score("28.57 %", "14.28 %", "57.14 %", "0.000000"),
                        List.of(new SharesView.Part(Bilingual.same("运营机构"), "45.00 %", "9/20", "50"), new SharesView.Part(Bilingual.same("数商甲"), "55.00 %", "11/20", "70 ± 1.5")), "ab".repeat(32), true),
                new SharesView.Share(OTHER_ID, transit, MONTH, SharesView.SharedBy.PROVIDERS, SharesView.ShareState.OPEN, "协议", "", null,
                        List.of(new SharesView.Part(Bilingual.same("市公交集团"), "100.00 %", "1/1", "")), "cd".repeat(32), false));
    }
}
