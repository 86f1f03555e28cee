package cn.jingshu.products.address;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds building, entrance, floor and room in what is left of an address: measure words with numbers before them ({@code
 * 7号楼2单元802户}), or numbers joined by dashes ({@code 7-2-802}), or both ({@code A栋2-1201}).
 */
final class UnitGrammar {
    private static final String CHINESE = "[〇零一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾两]{1,5}";
    private static final String NUM = "(?:[A-Za-z]{0,2}[0-9]{1,6}[A-Za-z]?|" + CHINESE + "|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))";
    private static final String SEP = "[\\s,.、·]*";
    private static final String ROOM_WORDS = "(?:号?室|户|号?房间?|号铺|号商铺|商铺|号(?!楼))";

    private static final String BUILDING = "(?:(?<building>[甲乙丙丁]|[东西南北](?=楼[0-9])|" + NUM + ")"
            + "(?:号楼|#楼|号院楼|栋楼?|幢楼?|橦|座|#(?=[0-9A-Z一二三四五六七八九])|号(?!线|门|院|码头|厂|[0-9A-Z]{1,3}(?:号楼|栋|幢|座))|楼(?=" + NUM + "(?:单元|门|梯)|[0-9]{3,4}(?![0-9]))))";
    private static final String ENTRANCE = "(?:(?<entrance>[东西南北中甲乙丙丁](?=单元)|" + NUM + ")(?:单元|门洞?(?!路|街|口)|梯|组))";
    private static final String FLOOR = "(?:(?<floor>负?" + NUM + ")(?:层楼?|楼层?|F(?![A-Za-z0-9])))";
    private static final String DASHED = "(?<dashed>[A-Za-z]?[0-9]{1,5}[A-Za-z]?(?:[-/#]+[A-Za-z]?[0-9]{1,5}[A-Za-z]?)+)";
    private static final String ROOM = "(?:" + DASHED + "|(?<room>[东西南北]?[A-Za-z]{0,2}[0-9]{1,6}[A-Za-z]?|[东西南北中]{1,2}(?=户)|" + CHINESE + "(?=" + ROOM_WORDS + ")))(?<word>" + ROOM_WORDS + ")?";

    private static final Pattern FORM = Pattern.compile("(?<![A-Za-z0-9])" + BUILDING + "?" + SEP + ENTRANCE + "?" + SEP + FLOOR + "?" + SEP + "(?:" + ROOM + ")?");
    private static final Pattern BARE_ROOM = Pattern.compile("(?<![0-9A-Za-z-])(?<room>[A-Za-z]?[0-9]{3,5}[A-Za-z]?|0[0-9]{5})$");
    private static final Pattern RANGE_END = Pattern.compile("[0-9]{3,5}");
    private static final Pattern NO_ROOM = Pattern.compile("^(?:路|街|支队|中学|小学|大队|连|团|师|年|月|米|元|公里|分钟|期|区|线|弄|巷|村|队|社|厂|矿|站|小时|天|折|㎡|m)");

    private UnitGrammar() {}

    /**
     * What was found and what is left of the text around it.
     *
     * @param unit {@link Unit#NONE}: nothing was found
     */
    record Taken(Unit unit, String left) {}

    /**
     * The unit in {@code text}: of all matches the one with most parts, the first of equals.
     *
     * @param located a road or village precedes, so that a bare number at the start may be a building or room
     */
    static Taken take(String text, boolean located) {
        Matcher forms = FORM.matcher(text);
        Match best = null;
        int at = 0;
        while (at <= text.length() && forms.find(at)) {
            if (forms.end() > forms.start()) {
                Match match = read(forms, text, located);
                if (match != null && (best == null || match.weight() > best.weight())) {
                    best = match;
                }
                at = match == null ? forms.start() + 1 : forms.end();
            } else {
                at = forms.end() + 1;
            }
        }
        if (best != null) {
            String left = text.substring(0, best.start()) + text.substring(best.end());
            return new Taken(best.unit(), left);
        }
        Matcher bare = BARE_ROOM.matcher(text.stripTrailing());
        if (bare.find()) {
            String room = bare.group("room");
            return new Taken(new Unit("", "", "", AddressText.figures(room), room), text.substring(0, bare.start()));
        }
        return new Taken(Unit.NONE, text);
    }

    private record Match(Unit unit, int start, int end, int weight) {}

    private static @Nullable Match read(Matcher form, String text, boolean located) {
        String building = group(form, "building");
        String entrance = group(form, "entrance");
        String floor = group(form, "floor");
        String room = group(form, "room");
        String dashed = group(form, "dashed");
        String word = group(form, "word");
        int end = form.end();
        if (form.start() > 0 && "路街道巷村".indexOf(text.charAt(form.start() - 1)) >= 0 && text.substring(form.start(), end).endsWith("号")) {
            return null; // the number of a second road that is named for guidance
        }
        boolean measured = !building.isEmpty() || !entrance.isEmpty() || !floor.isEmpty();
        if (word.isEmpty() && (!room.isEmpty() || !dashed.isEmpty()) && NO_ROOM.matcher(text.substring(end)).find()) {
            if (!measured) {
                return null;
            }
            end = room.isEmpty() ? form.start("dashed") : form.start("room");
            room = "";
            dashed = "";
        }
        if (!measured && dashed.isEmpty()) {
            boolean isRoom = word.equals("号") ? !located : !word.isEmpty() && (located || room.length() >= 3);
            if (!isRoom) {
                return null;
            }
        }
        if (!dashed.isEmpty()) {
            List<String> parts = new ArrayList<>(List.of(dashed.split("[-/#]+", -1)));
            room = parts.removeLast();
            if (!parts.isEmpty() && RANGE_END.matcher(parts.getLast()).matches() && RANGE_END.matcher(room).matches()) {
                room = parts.removeLast() + "-" + room; // 1407-1413室: rooms let together
            }
            if (building.isEmpty() && entrance.isEmpty() && !parts.isEmpty()) {
                building = parts.removeFirst();
            }
            if (entrance.isEmpty() && !parts.isEmpty()) {
                entrance = parts.removeFirst();
            }
            if (floor.isEmpty() && !parts.isEmpty()) {
                floor = parts.removeFirst();
            }
            if (!parts.isEmpty()) {
                room = String.join("-", parts) + "-" + room;
            }
        }
        int weight = weight(building) + weight(entrance) + weight(floor) + weight(room);
        String written = text.substring(form.start(), end).strip();
        Unit unit = new Unit(AddressText.figures(building), AddressText.figures(entrance), AddressText.figures(floor),
                room.contains("-") ? room.toUpperCase(Locale.ROOT) : AddressText.figures(room), written);
        return new Match(unit, form.start(), end, weight);
    }

    private static int weight(String part) {
        return part.isEmpty() ? 0 : 1;
    }

    private static String group(Matcher form, String name) {
        String value = form.group(name);
        return value == null ? "" : value;
    }
}
