package cn.jingshu.marketplace.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.marketplace.catalogue.CatalogueBatches.Fault;
import cn.jingshu.marketplace.catalogue.CatalogueBatches.Outcome;
import cn.jingshu.marketplace.catalogue.ResourceCatalogue.Happened;
import cn.jingshu.marketplace.governance.Change;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.MarketDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The catalogue is changed in batches that two people sign, and what was listed on any day stays known. */
class CatalogueBatchesIT {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 30);
    private static final UUID BUREAU = UUID.fromString("01936f5e-0000-7000-8000-000000000001");
    private static final UUID BUREAU_2 = UUID.fromString("01936f5e-0000-7000-8000-000000000002");
    private static final UUID BUS = UUID.fromString("01936f5e-0000-7000-8000-000000000003");
    private static final UUID BUREAU_ORGANISATION = UUID.fromString("01936f5e-0000-7000-8000-0000000000a1");
    private static final UUID BUS_ORGANISATION = UUID.fromString("01936f5e-0000-7000-8000-0000000000a2");

    private final DataSource dataSource = MarketDatabase.create();
    private final Database database = new Database(dataSource);
    private final AtomicReference<Instant> now = new AtomicReference<>(TODAY.atTime(4, 0).toInstant(ZoneOffset.UTC));
    private final InstantSource source = now::get;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final CatalogueBatches batches = new CatalogueBatches(database, clock);
    private final ResourceCatalogue catalogue = new ResourceCatalogue(database, clock);
    private final LawRecords laws = new LawRecords(database, clock);

    CatalogueBatchesIT() {
        organisation(BUREAU_ORGANISATION, "11420800DEM000014E", "数据局", "AUTHORITY");
        organisation(BUS_ORGANISATION, "91420800DEM0001855", "公交", "PROVIDER");
        person(BUREAU, BUREAU_ORGANISATION, "one", "REGULATOR");
        person(BUREAU_2, BUREAU_ORGANISATION, "two", "REGULATOR");
        person(BUS, BUS_ORGANISATION, "bus", "PROVIDER_OFFICER");
        MarketDatabase.execute(dataSource,
                "UPDATE market.data_provider SET organisation_id = '" + BUS_ORGANISATION + "' WHERE code = 'A2.8'");
    }

    private void organisation(UUID id, String uscc, String name, String kind) {
        MarketDatabase.execute(dataSource, "INSERT INTO market.organisation (id, uscc, name_zh, name_en, kinds, status, synthetic, joined_at)"
                + " VALUES ('" + id + "', '" + uscc + "', '" + name + "', '" + name + "', ARRAY['" + kind + "'], 'ACTIVE', true, now())");
    }

    private void person(UUID id, UUID organisation, String name, String role) {
        MarketDatabase.execute(dataSource, "INSERT INTO market.person (id, organisation_id, sign_in_name, display_name, password_hash, roles, created_at)"
                + " VALUES ('" + id + "', '" + organisation + "', '" + name + "', '" + name + "', '$argon2id$none', ARRAY['" + role + "'], now())");
    }

    static ResourceEntry bus(String id, String nameZh) {
        return new ResourceEntry(id, "A2.8", nameZh, "vehicle position", List.of(new ResourceEntry.Item("lon", "经度", "longitude")),
                "JSON", DataResource.UpdateCycle.REAL_TIME, "每10秒", ResourceEntry.Sharing.CONDITIONAL, null,
                Set.of(ResourceEntry.Channel.API), "不得推断出驾驶员", "driver must not be derivable", "交通运输", ResourceEntry.Grade.GENERAL,
                "GB/T 43697-2024", ResourceEntry.Origin.LOCAL, DataResource.Kind.THING, null, null, "评估〔2026〕3号,负责人已审批");
    }

    private UUID drafted(LocalDate from, UUID by) {
        UUID id = UUID.randomUUID();
        assertThat(batches.draft(id, "第二批", "Second batch", from, by)).isEqualTo(new Outcome.Done(false));
        return id;
    }

    private static void done(Outcome outcome) {
        assertThat(outcome).isEqualTo(new Outcome.Done(false));
    }

    private static void refused(Outcome outcome, Fault fault) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, each -> assertThat(each.fault()).isEqualTo(fault));
    }

    private UUID published(LocalDate from, ResourceEntry entry) {
        UUID id = drafted(from, BUREAU);
        done(batches.enter(id, entry, "新增", BUREAU));
        done(batches.submit(id, BUREAU));
        done(batches.publish(id, BUREAU_2, "荆数〔2026〕9号"));
        return id;
    }

    @Test
    void thePlansFirstBatchIsThere() {
        List<ResourceVersion> listed = catalogue.listAt(TODAY);
        assertThat(listed).hasSize(57);
        assertThat(listed.stream().map(each -> each.entry().id()).toList()).startsWith("A2.1.1").endsWith("A2.11.4");
        assertThat(listed.stream().filter(each -> each.entry().blockedBy() != null).map(each -> each.entry().id()))
                .containsExactly("A2.10.2", "A2.10.3");
        assertThat(listed).allMatch(each -> each.number() != null && each.number() == 1 && !each.entry().isWhole());
        assertThat(catalogue.listAt(LocalDate.of(2025, 12, 31))).isEmpty();
    }

    @Test
    void aChangeHoldsFromItsDateOnAndBothDaysStayKnown() {
        LocalDate next = TODAY.plusDays(10);
        published(next, bus("A2.8.4", "公交车辆位置"));

        assertThat(catalogue.findAt("A2.8.4", next.minusDays(1)).orElseThrow().entry().nameZh()).isEqualTo("车的位置");
        assertThat(catalogue.findAt("A2.8.4", next).orElseThrow().entry().nameZh()).isEqualTo("公交车辆位置");
        assertThat(catalogue.differences(TODAY, next.minusDays(1))).isEmpty();
        assertThat(catalogue.differences(TODAY, next)).singleElement().satisfies(each -> {
            assertThat(each.happened()).isEqualTo(Happened.CHANGED);
            assertThat(each.fields()).contains(new ResourceCatalogue.FieldChange("nameZh", "车的位置", "公交车辆位置"),
                    new ResourceCatalogue.FieldChange("format", "", "JSON"),
                    new ResourceCatalogue.FieldChange("items", "", "lon 经度 longitude"));
            assertThat(each.fields()).extracting(ResourceCatalogue.FieldChange::field).doesNotContain("kind", "origin", "nameEn");
        });
        // What the gate reads follows on the day, once, on whichever node.
        assertThat(nameOf("A2.8.4")).isEqualTo("车的位置");
        assertThat(batches.applyDue()).isZero();
        now.set(next.atStartOfDay(CatalogueBatches.ZONE).toInstant());
        assertThat(batches.applyDue()).isEqualTo(1);
        assertThat(batches.applyDue()).isZero();
        assertThat(nameOf("A2.8.4")).isEqualTo("公交车辆位置");
    }

    private String nameOf(String id) {
        return MarketDatabase.texts(dataSource, "SELECT name_zh FROM market.data_resource WHERE id = '" + id + "'").getFirst();
    }

    @Test
    void aNewResourceIsListedAndAWithdrawnOneLeavesButStaysOnRecord() {
        published(TODAY, bus("A2.8.8", "充电站"));
        UUID off = drafted(TODAY.plusDays(1), BUREAU);
        done(batches.withdraw(off, "A2.8.8", "机构调整", BUREAU));
        done(batches.submit(off, BUREAU));
        done(batches.publish(off, BUREAU_2, "荆数〔2026〕10号"));

        assertThat(catalogue.listAt(TODAY)).hasSize(58);
        assertThat(catalogue.listAt(TODAY.plusDays(1))).hasSize(57);
        assertThat(catalogue.differences(TODAY.minusDays(1), TODAY)).extracting(ResourceCatalogue.Difference::happened)
                .containsExactly(Happened.ADDED);
        assertThat(catalogue.differences(TODAY, TODAY.plusDays(1))).extracting(ResourceCatalogue.Difference::happened)
                .containsExactly(Happened.WITHDRAWN);
        assertThat(catalogue.differences(TODAY.minusDays(1), TODAY.plusDays(1))).isEmpty();
        assertThat(catalogue.versionsOf("A2.8.8")).hasSize(2);
        now.set(TODAY.plusDays(1).atStartOfDay(CatalogueBatches.ZONE).toInstant());
        batches.applyDue();
        assertThat(MarketDatabase.texts(dataSource, "SELECT withdrawn_on FROM market.data_resource WHERE id = 'A2.8.8'"))
                .containsExactly("2026-12-01");
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource, "INSERT INTO market.provider_grant (id, resource_id, product_code, columns,"
                + " starts_at, ends_at, granted_by, granted_at) VALUES (gen_random_uuid(), 'A2.8.8', 'p', ARRAY['*'], now(), now() + interval '1 day', '"
                + BUS + "', now())")).isInstanceOfSatisfying(DatabaseException.class,
                each -> assertThat(each.violates("provider_grant_of_listed_resource")).isTrue());
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource, "DELETE FROM market.data_resource WHERE id = 'A2.8.8'"))
                .isInstanceOf(DatabaseException.class);
    }

    @Test
    void whatIsGrantedIsNotWithdrawn() {
        MarketDatabase.execute(dataSource, "INSERT INTO market.provider_grant (id, resource_id, product_code, columns, starts_at, ends_at,"
                + " granted_by, granted_at) VALUES (gen_random_uuid(), 'A2.8.4', 'transit', ARRAY['*'], '2026-01-01', '2027-01-01', '" + BUS
                + "', '2026-01-01')");
        UUID off = drafted(TODAY, BUREAU);
        done(batches.withdraw(off, "A2.8.4", "机构调整", BUREAU));
        refused(batches.submit(off, BUREAU), Fault.GRANTS_IN_FORCE);
    }

    @Test
    void whoWroteAPartOfABatchDoesNotPublishIt() {
        UUID id = drafted(TODAY, BUS);
        done(batches.enter(id, bus("A2.8.4", "公交车辆位置"), "更名", BUS));
        refused(batches.publish(id, BUREAU, "x"), Fault.NOT_SUBMITTED);
        done(batches.enter(id, bus("A2.8.5", "行驶速度"), "补充", BUREAU));
        done(batches.submit(id, BUS));
        refused(batches.publish(id, BUREAU, "x"), Fault.NOT_SIGNED_BY_TWO);
        refused(batches.publish(id, BUS, "x"), Fault.NOT_SIGNED_BY_TWO);
        refused(batches.enter(id, bus("A2.8.6", "到站时间"), "补充", BUS), Fault.NOT_OPEN);
        done(batches.giveBack(id, BUREAU_2, "缺少数据项"));
        done(batches.remove(id, "A2.8.5", BUREAU));
        done(batches.submit(id, BUS));
        done(batches.publish(id, BUREAU, "荆数〔2026〕9号"));
        assertThat(batches.publish(id, BUREAU, "荆数〔2026〕9号")).isEqualTo(new Outcome.Done(true));
        assertThat(batches.find(id).orElseThrow().number()).isEqualTo(2);
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource,
                "UPDATE market.catalogue_entry SET name_zh = 'x' WHERE batch_id = '" + id + "'")).isInstanceOf(DatabaseException.class);
        assertThatThrownBy(() -> MarketDatabase.execute(dataSource,
                "UPDATE market.catalogue_batch SET applies_from = '2026-01-01' WHERE id = '" + id + "'")).isInstanceOf(DatabaseException.class);
    }

    @Test
    void anOfficerCompilesTheirOwnProvidersCatalogueAlone() {
        UUID id = drafted(TODAY, BUS);
        ResourceEntry other = new ResourceEntry("A2.9.4", "A2.9", "科技计划", "science plan", List.of(new ResourceEntry.Item("a", "甲", "a")),
                "CSV", DataResource.UpdateCycle.PERIODIC, null, ResourceEntry.Sharing.UNCONDITIONAL, null,
                Set.of(ResourceEntry.Channel.FILE), null, null, "科技", ResourceEntry.Grade.GENERAL, "x", ResourceEntry.Origin.LOCAL,
                DataResource.Kind.LEGAL, null, null, "评估");
        refused(batches.enter(id, other, "新增", BUS), Fault.NOT_YOURS);
        refused(batches.withdraw(id, "A2.9.1", "停", BUS), Fault.NOT_YOURS);
        refused(batches.withdraw(id, "A2.9.9", "停", BUS), Fault.NOT_LISTED);
        refused(batches.withdraw(id, "\0", "停", BUS), Fault.NOT_LISTED);
    }

    @Test
    void nothingHoldsBeforeItsPublicationAndNothingIsOverwrittenUnseen() {
        UUID late = drafted(TODAY.minusDays(1), BUREAU);
        done(batches.enter(late, bus("A2.8.4", "一"), "x", BUREAU));
        refused(batches.submit(late, BUREAU), Fault.RETROACTIVE);

        UUID one = drafted(TODAY, BUREAU);
        UUID other = drafted(TODAY, BUREAU);
        done(batches.enter(one, bus("A2.8.4", "一"), "x", BUREAU));
        done(batches.enter(other, bus("A2.8.4", "二"), "x", BUREAU));
        done(batches.submit(one, BUREAU));
        done(batches.submit(other, BUREAU));
        done(batches.publish(one, BUREAU_2, "x"));
        refused(batches.publish(other, BUREAU_2, "x"), Fault.CHANGED_MEANWHILE);
        refused(batches.enter(drafted(TODAY, BUREAU), bus("A2.8.4", "一"), "x", BUREAU), Fault.NO_CHANGE);
    }

    @Test
    void ofTwoWhoPublishAtOnceEachBatchGetsItsOwnNumber() throws Exception {
        List<UUID> waiting = List.of(drafted(TODAY, BUREAU), drafted(TODAY, BUREAU), drafted(TODAY, BUREAU), drafted(TODAY, BUREAU));
        int number = 1;
        for (UUID each : waiting) {
            done(batches.enter(each, bus("A2.8." + (10 + number++), "站"), "新增", BUREAU));
            done(batches.submit(each, BUREAU));
        }
        CyclicBarrier together = new CyclicBarrier(waiting.size());
        try (ExecutorService many = Executors.newFixedThreadPool(waiting.size())) {
            List<Future<Outcome>> outcomes = many.invokeAll(waiting.stream().<Callable<Outcome>>map(id -> () -> {
                together.await();
                return batches.publish(id, BUREAU_2, "x");
            }).toList());
            for (Future<Outcome> each : outcomes) {
                done(each.get());
            }
        }
        assertThat(waiting.stream().map(id -> batches.find(id).orElseThrow().number()).toList()).containsExactlyInAnyOrder(2, 3, 4, 5);
        assertThat(MarketDatabase.texts(dataSource, "SELECT count(DISTINCT ordinal) FROM market.data_resource")).containsExactly("61");
    }

    /* What the law blocks */

    private static ResourceEntry video(DataResource.Kind kind, @Nullable String blockedBy, @Nullable UUID law) {
        return new ResourceEntry("A2.10.2", "A2.10", "视频数据", "video", List.of(new ResourceEntry.Item("frame", "画面", "frame")), "MP4",
                DataResource.UpdateCycle.PERIODIC, null, ResourceEntry.Sharing.CONDITIONAL, null, Set.of(ResourceEntry.Channel.FILE),
                null, null, "公共安全", ResourceEntry.Grade.IMPORTANT, "GB/T 43697-2024", ResourceEntry.Origin.LOCAL, kind, blockedBy, law, "评估");
    }

    @Test
    void whatTheLawBlocksIsOpenedByANewerLawThatTwoPeopleHaveReadAndByNothingElse() {
        UUID batch = drafted(TODAY, BUREAU);
        refused(batches.withdraw(batch, "A2.10.2", "不再列", BUREAU), Fault.STAYS_LISTED);
        refused(batches.enter(batch, video(DataResource.Kind.SENSITIVE_PERSONAL, null, null), "开放", BUREAU), Fault.BLOCKED_BY_LAW);
        // Its other fields may be edited; the citation stays.
        done(batches.enter(batch, video(DataResource.Kind.BLOCKED, "《个人信息保护法》第二十六条", null), "补充数据项", BUREAU));
        done(batches.submit(batch, BUREAU));
        done(batches.publish(batch, BUREAU_2, "x"));
        assertThat(catalogue.findAt("A2.10.2", TODAY).orElseThrow().entry().blockedBy()).contains("第二十六条");

        UUID older = law("A2.10.2", LocalDate.of(2020, 1, 1));
        UUID elsewhere = law("A2.10.3", TODAY);
        UUID future = law("A2.10.2", TODAY.plusDays(5));
        UUID good = law("A2.10.2", TODAY);
        for (UUID law : List.of(older, elsewhere, future)) {
            assertThat(laws.confirm(law, BUREAU_2)).isEqualTo(new Change.Done(false));
        }
        for (UUID law : List.of(older, elsewhere, future, good)) { // the good one is not confirmed yet
            UUID opening = drafted(TODAY, BUREAU);
            done(batches.enter(opening, video(DataResource.Kind.SENSITIVE_PERSONAL, null, law), "新法", BUREAU));
            refused(batches.submit(opening, BUREAU), Fault.BLOCKED_BY_LAW);
        }
        assertThat(laws.confirm(good, BUREAU)).isEqualTo(new Change.Refused(Change.Fault.SAME_PERSON));
        assertThat(laws.confirm(good, BUS)).isEqualTo(new Change.Refused(Change.Fault.UNKNOWN));
        assertThat(laws.confirm(good, BUREAU_2)).isEqualTo(new Change.Done(false));
        for (String sql : List.of("UPDATE market.data_resource SET kind = 'THING', blocked_by = NULL WHERE id = 'A2.10.2'",
                "UPDATE market.data_resource SET kind = 'THING', blocked_by = NULL, law_record_id = '" + older + "' WHERE id = 'A2.10.2'",
                "UPDATE market.data_resource SET withdrawn_on = '2026-12-01' WHERE id = 'A2.10.2'")) {
            assertThatThrownBy(() -> MarketDatabase.execute(dataSource, sql)).isInstanceOf(DatabaseException.class);
        }
        UUID opening = drafted(TODAY, BUREAU);
        done(batches.enter(opening, video(DataResource.Kind.SENSITIVE_PERSONAL, null, good), "新法", BUREAU));
        done(batches.submit(opening, BUREAU));
        done(batches.publish(opening, BUREAU_2, "新法"));
        assertThat(MarketDatabase.texts(dataSource, "SELECT coalesce(blocked_by, 'open') FROM market.data_resource WHERE id = 'A2.10.2'"))
                .containsExactly("open");
        // Blocked again, the same law opens it no more: it is not newer than the new block.
        UUID again = drafted(TODAY, BUREAU);
        done(batches.enter(again, video(DataResource.Kind.BLOCKED, "另一法律", null), "新的禁止", BUREAU));
        done(batches.submit(again, BUREAU));
        done(batches.publish(again, BUREAU_2, "x"));
        UUID reopening = drafted(TODAY, BUREAU);
        done(batches.enter(reopening, video(DataResource.Kind.SENSITIVE_PERSONAL, null, good), "旧法", BUREAU));
        refused(batches.submit(reopening, BUREAU), Fault.BLOCKED_BY_LAW);
    }

    private UUID law(String resource, LocalDate from) {
        UUID id = UUID.randomUUID();
        assertThat(laws.record(new LawRecords.LawRecord(id, resource, "某法第一条", "some law, Art. 1", from, "公报", BUREAU, null)))
                .isEqualTo(new Change.Done(false));
        return id;
    }

    @Test
    void withoutTheDatabaseItSaysSo() {
        CatalogueBatches away = new CatalogueBatches(new Database(MarketDatabase.away()), clock);
        assertThatThrownBy(away::applyDue).isInstanceOf(DatabaseException.class);
    }
}
