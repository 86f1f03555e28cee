package cn.jingshu.marketplace.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue is searched in Chinese, in English and in both at once. */
class ResourceSearchTest {
    private static final List<ResourceVersion> ALL = List.of(
            entry("A2.1.1", "A2.1", "企业基本信息数据", "enterprise basic information", "市场监管", null, List.of()),
            entry("A2.2.4", "A2.2", "出院记录数据", "discharge records", "卫生健康", "健康信息:敏感个人信息", List.of("住院天数")),
            entry("A2.2.8", "A2.2", "入院登记数据", "admission registration", "卫生健康", null, List.of()),
            entry("A2.8.1", "A2.8", "公交车路线", "bus routes", "交通运输", null, List.of()),
            entry("A2.8.4", "A2.8", "车的位置", "vehicle position", "交通运输", "不得推断出驾驶员", List.of("车辆编号", "经度")),
            entry("A2.11.3", "A2.11", "企业涉诉信息", "enterprise litigation", "司法", null, List.of()),
            entry("A2.10.1", "A2.10", "一标三实", "standard address + actual population/houses/units", "公共安全", null, List.of()));

    private static ResourceVersion entry(String id, String provider, String zh, String en, String classification, @Nullable String conditions, List<String> items) {
        ResourceEntry entry = new ResourceEntry(id, provider, zh, en,
                items.stream().map(each -> new ResourceEntry.Item("c" + items.indexOf(each), each, "item")).toList(), null,
                DataResource.UpdateCycle.PERIODIC, null, null, null, Set.of(ResourceEntry.Channel.API), conditions, null,
                classification, ResourceEntry.Grade.GENERAL, "x", ResourceEntry.Origin.LOCAL, DataResource.Kind.THING, null, null, null);
        return new ResourceVersion(entry, new UUID(0, 1), 1, LocalDate.of(2026, 1, 1), false, null, "x", null, Instant.EPOCH);
    }

    private static List<String> found(String typed) {
        return ResourceSearch.find(ALL, code -> switch (code) {
            case "A2.8" -> new ResourceSearch.Names("市公交集团", "City Bus Group");
            case "A2.2" -> new ResourceSearch.Names("市卫健委", "City Health Commission");
            default -> new ResourceSearch.Names("单位" + code, "office");
        }, typed).stream().map(each -> each.entry().id()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "企业, A2.1.1 A2.11.3", "enterprise, A2.1.1 A2.11.3", "ENTERPRISES, A2.1.1 A2.11.3", "公交, A2.8.1 A2.8.4", "公交 bus, A2.8.1 A2.8.4",
        "公交bus, A2.8.1 A2.8.4", "车辆, A2.8.4", "住院, A2.2.4", "A2.8.4, A2.8.4", "a2.8, A2.8.1 A2.8.4", "出院记录信息, A2.2.4", "出院飞机大炮, ''",
        "records, A2.2.4", "record, A2.2.4", "敏感, A2.2.4", "一标三实, A2.10.1", "houses, A2.10.1", "卫健委 discharge, A2.2.4",
        "企业 bus, ''", "zebra, ''", "飞机, ''",
        "《公交》!!, A2.8.1 A2.8.4", "BUS, A2.8.1 A2.8.4", "vehicle-position, A2.8.4", "us, ''",
    })
    void findsInEitherLanguage(String typed, String expected) {
        assertThat(String.join(" ", found(typed))).isEqualTo(expected);
    }

    @Test
    void aNameGoesBeforeAMention() {
        assertThat(found("车").getFirst()).isEqualTo("A2.8.1");
        assertThat(found("车的位置").getFirst()).isEqualTo("A2.8.4");
        assertThat(found("enterprise litigation")).containsExactly("A2.11.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "!!!", "《》", "\u0000", "%", "_", "\u202e", "'", "\\"})
    void whatAsksForNothingFindsAll(String typed) {
        assertThat(found(typed)).hasSize(ALL.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"'; DROP TABLE market.person; --", "(((((((((", ".*", "\\Qbus\\E\\", "<script>alert(1)</script>", "\ud83d\ude8c\ud83d", "a\u0000b"})
    void hostileTextIsOnlyText(String typed) {
        assertThat(found(typed).size()).isLessThanOrEqualTo(ALL.size());
    }

    @Test
    void noTextHoweverLongOrStrangeThrows() {
        Random random = new Random(20_261_130);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder typed = new StringBuilder();
            int length = random.nextInt(200);
            for (int i = 0; i < length; i++) {
                typed.append((char) random.nextInt(0x10000));
            }
            List<String> found = found(typed.toString());
            assertThat(found).as("seed 20261130 round " + round).doesNotHaveDuplicates();
        }
        assertThat(found("公交".repeat(100_000))).isEmpty();
    }

    @Test
    void thousandsOfEntriesAreSearchedInAMoment() {
        List<ResourceVersion> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add(entry("A2.8." + i, "A2.8", "公交车路线" + i, "bus route " + i, "交通运输", "不得推断出驾驶员", List.of("车辆编号", "经度", "纬度")));
        }
        long began = System.nanoTime();
        assertThat(ResourceSearch.find(many, code -> new ResourceSearch.Names("市公交集团", "City Bus Group"), "公交 4711").getFirst().entry().id())
                .isEqualTo("A2.8.4711");
        assertThat((System.nanoTime() - began) / 1_000_000).as("ms").isLessThan(5_000);
    }
}
