package cn.jingshu.marketplace.portal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LangTest {
    @Test
    void anExplicitChoiceWinsOverCookieAndBrowser() {
        assertThat(Lang.negotiate("en", "zh-CN", "zh-CN")).isEqualTo(Lang.EN);
        assertThat(Lang.negotiate(null, "en", "zh-CN")).isEqualTo(Lang.EN);
        assertThat(Lang.negotiate(null, null, "fr, en-GB;q=0.8, zh;q=0.5")).isEqualTo(Lang.EN);
        assertThat(Lang.negotiate(null, null, "en;q=0.3, zh-Hans-CN;q=0.9")).isEqualTo(Lang.ZH_CN);
    }

    @Test
    void chineseWhereNothingWeSpeakIsAskedFor() {
        assertThat(Lang.negotiate(null, null, null)).isEqualTo(Lang.ZH_CN);
        assertThat(Lang.negotiate("xx", "", "fr")).isEqualTo(Lang.ZH_CN);
        assertThat(Lang.negotiate(null, null, "en;q=0")).isEqualTo(Lang.ZH_CN);
    }

    @Test
    void aMalformedHeaderStatesNoPreference() {
        assertThat(Lang.negotiate(null, null, ";;q=<script>")).isEqualTo(Lang.ZH_CN);
        assertThat(Lang.negotiate("<script>", "../../etc", "en")).isEqualTo(Lang.EN);
    }
}
