package cn.jingshu.marketplace.source;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.marketplace.catalogue.DataResource;
import cn.jingshu.marketplace.catalogue.ResourceEntry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateCyclesTest {
    private static ResourceEntry entry(@Nullable String frequency) {
        return new ResourceEntry("A2.3.3", "A2.3", "医疗机构药品", "drugs of institutions", List.of(), null, DataResource.UpdateCycle.PERIODIC, frequency, null,
                null, Set.of(ResourceEntry.Channel.API), null, null, "医保", ResourceEntry.Grade.GENERAL, "test", ResourceEntry.Origin.LOCAL,
                DataResource.Kind.THING, null, null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "每10分钟|PT10M", "每小时|PT1H", "每半小时|PT30M", "每日|PT24H", "每天凌晨三点|PT24H", "每日2次|PT24H", "每3天|PT72H", "每工作日|PT96H", "按日|PT24H", "日更新|PT24H",
        "每周一|PT168H", "每两周|PT336H", "每星期|PT168H", "周更新|PT168H", "每旬|PT264H", "每半月|PT384H", "每月5日前|PT744H", "每个月|PT744H", "月度更新|PT744H",
        "每3个月|PT2232H", "每季度首月|PT2208H", "每半年|PT4416H", "每年6月|PT8784H", "年度更新|PT8784H", "Daily|PT24H", "by the 5th, monthly|PT744H",
        "half-yearly|PT4416H", "yearly|PT8784H", "每三个月更新|PT2232H", "每三个月|PT2232H", "三年更新一次|PT26352H", "每三年|PT26352H", "双月更新|PT1488H",
        "每十二个月|PT8928H", "每二十日|PT480H", "十日更新|PT240H", "半年更新|PT4416H"})
    void wordsOfTheCatalogueAreTheLongestTimeTheyAllow(String words, Duration longest) {
        assertThat(UpdateCycles.longest(entry(words))).contains(longest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"定期", "不定期", "实时", "每10秒", "每0天", "每十十天", "每二三天", "发生变更时", "on change"})
    void whatStatesNoLengthIsNotGuessed(String words) {
        assertThat(UpdateCycles.longest(entry(words))).isEmpty();
    }

    @Test
    void nothingStatedIsNothing() {
        assertThat(UpdateCycles.longest(entry(null))).isEmpty();
    }
}
