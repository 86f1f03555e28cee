package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Chinese address as people type it: divisions in full, short or repeated, a township, fillers of delivery forms, a
 * village or road with its number, an estate, building, entrance and room in words or dashes, remarks in brackets.
 *
 * <p>Method: characters are unified; the chain of divisions that explains most of the beginning is found by a search over the
 * table's names (each next division must lie in the one before); repetitions of the same chain are passed over; the rest is cut
 * by a small grammar from left (township, village, road, number) and by a grammar of numbered measure words from the right
 * (building, entrance, floor, room). The parts follow GB/T 23705-2009 (数字城市地理信息公共平台 地名/地址编码规则): division,
 * township, road or village, house number, building, unit. It holds no state and never throws, whatever the text.
 */
public final class AddressParser {
    private static final int FURTHEST_START = 30;
    private static final int LONGEST_LEAD = 12;
    private static final String HAN = "\\p{IsHan}";
    private static final String FIGURES = "[0-9〇零一二三四五六七八九十百]";
    private static final String ROADISH = "[东西南北中]?[一二三四五六七八九十]?(?:路|街|大道|大街|巷|弄|胡同|公路|道(?!路))";

    /** After a short name these say that it was part of another name: 上海路, 南京大学, 黄浦江. */
    private static final Pattern NOT_AFTER_SHORT = Pattern.compile("^(?:" + ROADISH
            + "|大学|学院|中学|小学|医院|饭店|宾馆|酒店|大厦|广场|车?站|江|河|湖|山|桥|花园|小区|新村|公寓|商厦|城|苑|店|镇|乡|村|人|门|银行|支行)");

    /** After a full name, likewise: 义乌市场. */
    private static final Pattern NOT_AFTER_FULL = Pattern.compile("^(?:" + ROADISH + "|场|政府|委)");

    /** Words of order and delivery forms that stand where a division could, and name none. */
    private static final Pattern FILLER = Pattern.compile("^(?:中国|中华人民共和国|全境|其[他它]地?区|城区以[内外]|县城[内外]|内环以内|内环到中环|中环到外环"
            + "|外环以[内外]|[一二三四五六]环(?:以[内外]|到[二三四五六]环)(?:之间)?|省?直辖(?:市县|县级行政区划|县级|县)|地址[::]?|收货地址[::]?)");
    private static final Pattern ZONE = Pattern.compile("^(?:城区|郊区|(?:(?![路街号])" + HAN + "){0,8}?(?:国家级?)?(?:经济技术|经济|高新技术(?:产业)?|高新)?开发区|高新区|"
            + HAN + "{2,4}?(?:新区|管理区))(?!" + ROADISH + "|管委|管理|政府|[0-9])");
    private static final Pattern SPACES = Pattern.compile("^[\\s\\p{P}\\p{S}&&[^()#]]+");
    private static final String STREET_RANKS = "(?:街道办事处|街道办|街道|办事处|地区|镇|乡)";

    private static final String ROAD_NAME_END = "(?:大街|大道|公路|街坊|胡同|支路|路|街(?!道)|[国省县乡]道|道(?=" + FIGURES + "|$)|(?<=" + HAN + "{2})巷(?=" + FIGURES + "|$)|段(?=[0-9]))";
    private static final Pattern ROAD = Pattern.compile("^(?<name>[" + "\\p{IsHan}0-9A-Z]{1,11}?" + ROAD_NAME_END
            + "(?:[东西南北中]?[一二三四五六七八九十]?(?:大街|路|街(?!道)|段)(?!口)|" + HAN + "{1,3}段|[东西南北中](?=[0-9]))?)(?![口边旁])");
    private static final Pattern LANE = Pattern.compile("^(?<lane>" + HAN + "{1,6}?(?:胡同|巷|里)(?=[0-9甲乙丙丁]|$)|[东西南北]?[一二三四五六七八九十0-9]{1,3}(?:条|巷)(?!号))");
    private static final Pattern NUMBER = Pattern.compile("^(?<number>(?:[甲乙丙丁]?第?" + FIGURES + "{1,6}(?:[-/][0-9]{1,4})?[甲乙丙丁A-Z]?(?:之[一二三四五六七八九十0-9]+)?"
            + "(?:号大院|号院|大院|号(?!楼|座|线)|弄(?:[0-9]{1,4}号(?=[0-9A-Z]{1,3}(?:号楼|栋|幢|座)))?|#院|院(?!" + HAN + ")|#(?!楼))(?:附[0-9]+号?|-[0-9]{1,3}(?![0-9-]))?|附" + FIGURES + "{1,4}号))");
    private static final Pattern LANE_NUMBER = Pattern.compile("^(?<number>[0-9]{1,4}弄)");
    private static final Pattern YARD = Pattern.compile("(?<![0-9])(?<number>[甲乙丙丁]?[0-9]{1,4}号(?:大?院))");
    private static final Pattern GROUP_NUMBER = Pattern.compile("^(?<number>" + FIGURES + "{1,3}[组队社](?:[0-9]{1,4}(?:-[0-9]{1,3})?号?)?)");
    private static final Pattern PLAIN_NUMBER = Pattern.compile("^(?<number>[0-9]{1,5}(?:-[0-9]{1,3})?)$");
    private static final Pattern VILLAGE = Pattern.compile("^(?<village>" + HAN + "{1,6}?(?:(?<!新)村(?:民?委会?)?(?!委|公路|" + ROADISH
            + "|" + HAN + "{0,2}(?:小区|公寓))|社区(?:居民?委会|居委会)?(?!卫生|医院)))");

    private static final Pattern TOWN = Pattern.compile("^(?<town>(?:(?![路道区市县])" + HAN + "){2,4}(?:街道|(?<![小古新集村])镇|乡(?=" + HAN + "{1,6}村)))(?!"
            + ROADISH + "|政府|中学|小学|卫生)");

    /** A piece before the road proper that is a place of its own: 南山科技园|科苑路. */
    private static final Pattern PLACE_BEFORE_ROAD = Pattern.compile("^(?<place>(?:.{0,9}(?:开发区|科技园|工业园区?|工业区|园区|高新区)|.{1,9}(?:小区|花园|公寓|广场|市场|社区|新村|宿舍)))(?<road>.{2,})$");

    private final Divisions divisions;

    public AddressParser(Divisions divisions) {
        this.divisions = divisions;
    }

    /** Reads {@code typed} with no hint. */
    public Address parse(String typed) {
        return parse(typed, "");
    }

    /**
     * Reads {@code typed}.
     *
     * @param hint code of a division, 2, 4 or 6 digits: among equally good readings the one in it is taken, and an address that
     *     writes no division is looked for in it; empty: none
     */
    public Address parse(String typed, String hint) {
        String text = AddressText.unify(typed);
        Reading reading = new Reading(hint);
        reading.divisionsOf(text);
        if (reading.chain == null && text.indexOf('(') >= 0) {
            // The whole address stands in brackets, or its divisions do.
            reading.divisionsOf(text.replace('(', ' ').replace(')', ' '));
        }
        if (reading.chain == null) {
            reading.rest = text;
            reading.hinted();
        }
        return reading.finish();
    }

    /** One way to read the beginning as divisions. */
    private record Chain(List<Division> stated, int start, int end, int score, boolean lastFull) {
        Division last() {
            return stated.getLast();
        }
    }

    /** One address being read: what is certain so far and the text that is left. */
    private final class Reading {
        private final String hint;
        private String rest = "";
        private String detail = "";
        private @Nullable Chain chain;
        private @Nullable Division division;
        private @Nullable Division street;
        private List<Division> candidates = List.of();
        private Division.@Nullable Level widest;
        private String town = "";
        private String zone = "";
        private String village = "";
        private String road = "";
        private String number = "";
        private String before = "";
        private String after = "";
        private Unit unit = Unit.NONE;

        Reading(String hint) {
            this.hint = hint.length() == 6 ? hint.replaceFirst("(?:00){1,2}$", "") : hint;
        }

        /** Finds the chain of divisions and passes over its repetitions. */
        void divisionsOf(String text) {
            Chain first = best(text, 0, true);
            if (first == null) {
                return;
            }
            chain = first;
            Division narrowest = first.last();
            int end = first.end();
            widest = first.stated().getFirst().level();
            boolean again = true;
            while (again) {
                again = false;
                int from = skip(text, end);
                Chain repeated = repetition(text, from, narrowest);
                if (repeated != null) {
                    end = repeated.end();
                    if (narrowest.holds(repeated.last())) {
                        narrowest = repeated.last();
                    }
                    again = true;
                }
            }
            settle(narrowest, first);
            rest = text.substring(end);
            if (division != null && division.level() == Division.Level.CITY && rest.startsWith("市辖区")) {
                // A line of GB/T 2260 that means the city's districts taken together.
                division = new Division(division.code() + "01", "市辖区", Divisions.EDITION, division);
                rest = rest.substring(3);
            }
            detail = SPACES.matcher(rest).replaceFirst("").strip();
        }

        /** Where the address writes no division, the hint stands in for it. */
        void hinted() {
            division = hint.isEmpty() ? null : divisions.find(hint).orElse(null);
            detail = rest;
        }

        /** Which division is meant, if the name alone leaves several. */
        private void settle(Division narrowest, Chain found) {
            division = narrowest;
            if (found.stated().size() > 1 || narrowest.level() != Division.Level.DISTRICT || !found.stated().getFirst().equals(narrowest)) {
                return;
            }
            List<Division> all = divisions.named(narrowest.name()).stream()
                    .filter(d -> d.level() == Division.Level.DISTRICT && d.name().equals(narrowest.name())).toList();
            List<Division> now = all.stream().filter(Division::current).toList();
            List<Division> several = now.isEmpty() ? all : now;
            List<Division> near = several.stream().filter(this::inHint).toList();
            if (near.size() == 1) {
                division = near.getFirst();
            } else if (several.size() > 1) {
                candidates = several;
                division = null;
            }
        }

        private boolean inHint(Division d) {
            return !hint.isEmpty() && d.code().startsWith(hint);
        }

        /** The best chain that starts at {@code from} or, if {@code searching}, a little later behind a lead-in. */
        private @Nullable Chain best(String text, int from, boolean searching) {
            int furthest = searching ? Math.min(text.length(), FURTHEST_START) : from;
            for (int start = from; start <= furthest; start++) {
                if (start > from && (start >= text.length() || !divisions.mayBegin(text.charAt(start))
                        || (start > LONGEST_LEAD && !boundary(text, start)))) {
                    continue;
                }
                int begin = skip(text, start);
                List<Chain> found = new ArrayList<>();
                extend(text, begin, begin, List.of(), 0, false, found);
                Chain best = null;
                for (Chain c : found) {
                    boolean enough = start == from || c.stated().size() > 1
                            || (c.lastFull() && (c.last().level() != Division.Level.DISTRICT || boundary(text, start)));
                    if (enough && (best == null || better(c, best))) {
                        best = c;
                    }
                }
                if (best != null) {
                    return best;
                }
            }
            return null;
        }

        private boolean better(Chain a, Chain b) {
            if (a.score() != b.score()) {
                return a.score() > b.score();
            }
            boolean aNear = inHint(a.last());
            boolean bNear = inHint(b.last());
            if (aNear != bNear) {
                return aNear;
            }
            return a.last().current() && !b.last().current();
        }

        private boolean boundary(String text, int start) {
            char c = text.charAt(start - 1);
            return !Character.isLetterOrDigit(c) || c == '是' || c == '在' || c == '址';
        }

        /** Depth-first: every division whose name stands at {@code at} and that may follow the last one. */
        private void extend(String text, int begin, int at, List<Division> stated, int score, boolean full, List<Chain> found) {
            if (!stated.isEmpty()) {
                found.add(new Chain(stated, begin, at, score, full));
            }
            if (stated.size() >= 4) {
                return;
            }
            int next = skip(text, at);
            if (next >= text.length() || !divisions.mayBegin(text.charAt(next))) {
                return;
            }
            int longest = Math.min(divisions.longestName(), text.length() - next);
            for (int length = longest; length >= 2; length--) {
                String spelling = text.substring(next, next + length);
                for (Division d : divisions.named(spelling)) {
                    boolean whole = d.name().equals(spelling);
                    if (!follows(stated, d) || !admissible(text, next + length, stated, d, whole)) {
                        continue;
                    }
                    List<Division> longer = new ArrayList<>(stated);
                    longer.add(d);
                    int worth = length * 2 + (whole ? 3 : 0) + (d.current() ? 1 : 0) + 2;
                    extend(text, begin, next + length, List.copyOf(longer), score + worth, whole, found);
                }
            }
        }

        private boolean follows(List<Division> stated, Division d) {
            if (stated.isEmpty()) {
                return true;
            }
            Division last = stated.getLast();
            return last.level().compareTo(d.level()) < 0 && last.holds(d);
        }

        private boolean admissible(String text, int end, List<Division> stated, Division d, boolean whole) {
            String behind = text.substring(end);
            if (whole && !d.name().equals(DivisionNames.stem(d.name()))) {
                return !NOT_AFTER_FULL.matcher(behind).find();
            }
            if (NOT_AFTER_SHORT.matcher(behind).find()) {
                return false;
            }
            if (d.level() != Division.Level.DISTRICT) {
                return true;
            }
            // The short name of a district says little on its own: it needs the city before it, or the hint around it.
            return !stated.isEmpty() || inHint(d);
        }

        /** The same divisions written once more, wholly or in part, from {@code from} on or behind a remark of a few characters. */
        private @Nullable Chain repetition(String text, int from, Division known) {
            for (int start = from; start < Math.min(text.length(), from + 8); start++) {
                if ((start > from && "0123456789(路街号".indexOf(text.charAt(start - 1)) >= 0)
                        || (start == from + 1 && streetAt(text.substring(from), known) != null)) {
                    return null;
                }
                if (!divisions.mayBegin(text.charAt(start))) {
                    continue;
                }
                List<Chain> found = new ArrayList<>();
                extend(text, start, start, List.of(), 0, false, found);
                Chain best = null;
                for (Chain c : found) {
                    boolean same = c.stated().stream().allMatch(d -> d.holds(known) || known.holds(d));
                    boolean plain = c.lastFull() || c.stated().size() > 1;
                    boolean deepEnough = start == from || (c.lastFull() && c.last().level() == Division.Level.DISTRICT);
                    boolean fresh = c.lastFull() || !c.last().equals(known) || c.stated().size() > 1;
                    boolean deeper = known.holds(c.last()) && !c.last().equals(known);
                    if (same && ((plain && fresh) || deeper) && deepEnough && (best == null || c.score() > best.score())) {
                        best = c;
                    }
                }
                if (best != null) {
                    return best;
                }
            }
            return null;
        }

        private int skip(String text, int from) {
            int at = from;
            while (true) {
                if (at < text.length() && Character.isLetter(text.charAt(at)) && "中全其城县内外省地收一二三四五六".indexOf(text.charAt(at)) < 0) {
                    return at;
                }
                String behind = text.substring(at);
                Matcher spaces = SPACES.matcher(behind);
                Matcher filler = FILLER.matcher(behind);
                if (spaces.find()) {
                    at += spaces.end();
                } else if (filler.find()) {
                    at += filler.end();
                } else {
                    return at;
                }
            }
        }

        /** Township, brackets, village, road, number, unit: what is left after the divisions. */
        Address finish() {
            rest = rest.substring(skip(rest, 0));
            townships();
            townByForm();
            List<String> brackets = new ArrayList<>();
            String outer = outside(rest, brackets);
            String tail = grammar(outer);
            tail = takeUnit(tail);
            if (tail.isBlank() && road.isEmpty() && village.isEmpty() && !brackets.isEmpty()) {
                brackets.set(0, grammar(brackets.getFirst())); // the road itself stands in brackets
            }
            for (int i = 0; i < brackets.size() && unit.absent(); i++) {
                brackets.set(i, takeUnit(brackets.get(i)));
            }
            String place = AddressText.bare(before) + AddressText.bare(tail) + AddressText.bare(after);
            return new Address(division, street, widest, candidates, town, zone, village, road, number, unit, place,
                    brackets.stream().map(AddressText::bare).filter(b -> !b.isEmpty()).toList(), detail);
        }

        private void townships() {
            boolean again = true;
            while (again) {
                again = false;
                Matcher zoned = ZONE.matcher(rest);
                if (zoned.find() && (division != null || street != null)) {
                    zone = zone.isEmpty() ? zoned.group() : zone;
                    rest = rest.substring(zoned.end());
                    again = true;
                }
                rest = rest.substring(skip(rest, 0));
                Found found = streetAt(rest, division);
                if (found != null && (street == null || street.equals(found.street()))) {
                    street = found.street();
                    Division around = street.at(Division.Level.DISTRICT);
                    if (around != null && (division == null || division.level() != Division.Level.DISTRICT)) {
                        division = around;
                    }
                    if (widest == null) {
                        widest = Division.Level.STREET;
                    }
                    rest = rest.substring(found.length());
                    again = true;
                }
            }
        }

        /** A township the table does not have there: misspelt, renamed, or of a district nobody wrote. */
        private void townByForm() {
            Matcher towns = TOWN.matcher(rest);
            if (street == null && towns.find()) {
                town = towns.group("town");
                rest = rest.substring(towns.end());
            }
        }

        private record Found(Division street, int length) {}

        /** The township whose name, with any rank, begins {@code text}. */
        private @Nullable Found streetAt(String text, @Nullable Division around) {
            if (around == null || around.level() == Division.Level.PROVINCE) {
                return null;
            }
            Division city = around.at(Division.Level.CITY);
            Found best = around.level() == Division.Level.DISTRICT ? bestOf(divisions.streetsOf(around.code()), text) : null;
            if (best == null && city != null) {
                // A functional zone has townships of its own in the table that people still write under the old district.
                best = bestOf(divisions.streetsOfCity(city.code()), text);
                if (best != null && around.level() == Division.Level.DISTRICT
                        && Integer.parseInt(best.street().code().substring(4, 6)) < 70) {
                    return null;
                }
            }
            return best;
        }

        private @Nullable Found bestOf(List<Divisions.Street> streets, String text) {
            Found best = null;
            for (Divisions.Street street : streets) {
                String stem = street.stem();
                if (!text.startsWith(stem)) {
                    continue;
                }
                Division s = street.division();
                int length = 0;
                if (text.startsWith(s.name())) {
                    length = s.name().length();
                } else {
                    Matcher rank = STREET_RANK.matcher(text.substring(stem.length()));
                    if (rank.find()) {
                        length = stem.length() + rank.end();
                    }
                }
                if (length > 0 && !NOT_AFTER_STREET.matcher(text.substring(length)).find()
                        && (best == null || length > best.length() || (length == best.length() && s.edition() > best.street().edition()))) {
                    best = new Found(s, length);
                }
            }
            return best;
        }

        /** Text outside brackets; what stands in them goes to {@code inside}. */
        private String outside(String text, List<String> inside) {
            StringBuilder outer = new StringBuilder();
            StringBuilder inner = new StringBuilder();
            int depth = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '(') {
                    depth++;
                    if (depth == 1) {
                        outer.append(' ');
                    }
                } else if (c == ')') {
                    depth = Math.max(0, depth - 1);
                    if (depth == 0 && !inner.isEmpty()) {
                        inside.add(inner.toString());
                        inner.setLength(0);
                    }
                } else {
                    (depth > 0 ? inner : outer).append(c);
                }
            }
            if (!inner.isEmpty()) {
                inside.add(inner.toString()); // a bracket nobody closed
            }
            return outer.toString().strip();
        }

        /** Village, road, lane and number from the left; the rest. */
        private String grammar(String text) {
            String left = SPACES.matcher(text).replaceFirst("");
            Matcher villages = VILLAGE.matcher(left);
            if (village.isEmpty() && villages.find()) {
                village = villages.group("village");
                left = SPACES.matcher(left.substring(villages.end())).replaceFirst("");
            }
            Matcher roads = ROAD.matcher(left);
            if (roads.find()) {
                takeRoad(roads.group("name"));
                left = left.substring(roads.end()).strip();
                Matcher second = ROAD.matcher(left);
                if (second.find() && NUMBER.matcher(left.substring(second.end())).find()) {
                    before += road; // 花园路小关街120号: the number is that of the second
                    takeRoad(second.group("name"));
                    left = left.substring(second.end());
                }
                Matcher lanes = LANE.matcher(left);
                if (lanes.find()) {
                    road += lanes.group("lane");
                    left = left.substring(lanes.end()).strip();
                }
            }
            if (road.isEmpty() && village.isEmpty()) {
                Matcher lanes = LANE.matcher(left);
                if (lanes.find() && lanes.group("lane").length() > 2) {
                    road = lanes.group("lane");
                    left = left.substring(lanes.end());
                }
            }
            if (!road.isEmpty() || !village.isEmpty()) {
                left = houseNumber(left);
            } else {
                Matcher lane = LANE_NUMBER.matcher(left);
                if (lane.find()) {
                    number = lane.group("number");
                    left = left.substring(lane.end());
                }
            }
            Matcher yard = YARD.matcher(left);
            if (number.isEmpty() && yard.find()) {
                number = AddressNumber.canonical(yard.group("number"));
                left = left.substring(0, yard.start()) + left.substring(yard.end());
            }
            return left;
        }

        /** A road's name, and before it a place that the form of the name took in. */
        private void takeRoad(String name) {
            Matcher placed = PLACE_BEFORE_ROAD.matcher(name);
            if (placed.matches()) {
                before += placed.group("place");
                road = placed.group("road");
            } else {
                road = name;
            }
        }

        private String houseNumber(String text) {
            String left = SPACES.matcher(text).replaceFirst("");
            Matcher numbers = NUMBER.matcher(left);
            Matcher plain = PLAIN_NUMBER.matcher(left);
            Matcher group = GROUP_NUMBER.matcher(left);
            if (!village.isEmpty() && road.isEmpty() && group.find()) {
                number = AddressNumber.canonical(group.group("number"));
                return left.substring(group.end());
            }
            if (numbers.find()) {
                number = AddressNumber.canonical(numbers.group("number"));
                return left.substring(numbers.end());
            }
            if (plain.find()) {
                number = AddressNumber.canonical(plain.group("number"));
                return "";
            }
            return left;
        }

        private String takeUnit(String text) {
            UnitGrammar.Taken taken = UnitGrammar.take(text, !road.isEmpty() || !village.isEmpty());
            unit = taken.unit();
            if (number.isEmpty() && unit.onlyHouseNumber()) {
                number = unit.building() + "号"; // 高笋塘1号: a house of a place, not a building of an estate
                unit = Unit.NONE;
            }
            return taken.left();
        }
    }

    private static final Pattern STREET_RANK = Pattern.compile("^" + STREET_RANKS);
    private static final Pattern NOT_AFTER_STREET = Pattern.compile("^(?:[东西南北中]?[一二三四五六七八九十]?(?:路|大道|大街|巷)|政府|卫生院|中学|小学)");
}
