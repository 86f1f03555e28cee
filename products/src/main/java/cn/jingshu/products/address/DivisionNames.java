package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How people write the name of a division: in full, without its rank, without the peoples of an autonomous area. */
final class DivisionNames {
    private static final String PEOPLES = "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土"
            + "|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|门巴|珞巴|各)";
    private static final Pattern AUTONOMOUS = Pattern.compile("(?:" + PEOPLES + "族?)+自治[州县旗区]$");

    // Longer ones before those they end in: the longest goes.
    private static final List<String> RANKS = List.of(
            "特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "新区", "林区", "特区", "省", "市", "区", "县", "盟", "旗");
    private static final List<String> STREET_RANKS = List.of("街道办事处", "街道办", "办事处", "街道", "地区", "民族乡", "镇", "乡", "苏木");

    private DivisionNames() {}

    /** The full name first, then the short forms of at least two characters. */
    static List<String> spellings(Division division) {
        List<String> all = new ArrayList<>();
        all.add(division.name());
        String stem = stem(division.name());
        if (stem.length() >= 2 && !all.contains(stem)) {
            all.add(stem);
        }
        return all;
    }

    /** A name without its rank: 荆门市 → 荆门, 黔南布依族苗族自治州 → 黔南; the name itself if less than two characters would remain. */
    static String stem(String name) {
        if (name.contains("自治")) { // few are, and the expression is dear
            String without = AUTONOMOUS.matcher(name).replaceFirst("");
            if (without.length() >= 2 && without.length() < name.length()) {
                return without;
            }
        }
        return without(name, RANKS);
    }

    /** A township's name without its rank: 团林铺镇 → 团林铺. */
    static String streetStem(String name) {
        return without(name, STREET_RANKS);
    }

    private static String without(String name, List<String> ranks) {
        for (String rank : ranks) {
            if (name.endsWith(rank)) {
                return name.length() - rank.length() >= 2 ? name.substring(0, name.length() - rank.length()) : name;
            }
        }
        return name;
    }
}
