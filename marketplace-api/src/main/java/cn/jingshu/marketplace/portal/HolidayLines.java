package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.term.WorkingDays.Kind;
import cn.jingshu.marketplace.term.WorkingDays.Special;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Days of a holiday notice as they are typed, a span a line: first day, last day, 休 or 班, and the feast in Chinese and English, for
 * instance {@code 2027-02-05 2027-02-12 休 春节 Spring Festival}.
 */
final class HolidayLines {
    private static final Pattern BLANKS = Pattern.compile("[ \\t\\u3000]+");
    private static final int LONGEST_DAYS = 15;
    private static final int MOST_LINES = 100;
    private static final int MOST_NAME = 100;

    private HolidayLines() {}

    /** What was read. */
    sealed interface Read {
        record Days(List<Special> days) implements Read {}

        record Wrong(Bilingual why) implements Read {}
    }

    static Read read(String text) {
        List<Special> days = new ArrayList<>();
        List<String> lines = text.lines().toList();
        if (lines.size() > MOST_LINES) {
            return new Read.Wrong(new Bilingual("行数过多", "too many lines"));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !add(line, days)) {
                return new Read.Wrong(new Bilingual("第 " + (i + 1) + " 行不符合格式", "line " + (i + 1) + " has not the form"));
            }
        }
        return days.isEmpty() ? new Read.Wrong(new Bilingual("须填写日期", "days are needed")) : new Read.Days(List.copyOf(days));
    }

    private static boolean add(String line, List<Special> days) {
        String[] parts = BLANKS.split(line, 5);
        if (parts.length < 5 || parts[3].length() > MOST_NAME || parts[4].length() > MOST_NAME) {
            return false;
        }
        Kind kind = switch (parts[2]) {
            case "休", "OFF" -> Kind.OFF;
            case "班", "WORKED" -> Kind.WORKED;
            default -> null;
        };
        if (kind == null) {
            return false;
        }
        try {
            LocalDate first = LocalDate.parse(parts[0]);
            LocalDate last = LocalDate.parse(parts[1]);
            if (last.isBefore(first) || last.isAfter(first.plusDays(LONGEST_DAYS))) {
                return false;
            }
            for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
                days.add(new Special(day, kind, parts[3], parts[4]));
            }
            return true;
        } catch (DateTimeException | IllegalArgumentException noSuchDay) {
            return false; // the line is told of
        }
    }
}
