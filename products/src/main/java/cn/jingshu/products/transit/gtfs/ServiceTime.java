package cn.jingshu.products.transit.gtfs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of a service day as GTFS writes them: {@code 7:05:00}, {@code 25:10:00} for ten past one the next morning. */
public final class ServiceTime {
    private static final Pattern TIME = Pattern.compile("(\\d{1,3}):([0-5]\\d):([0-5]\\d)");

    private ServiceTime() {}

    /** Seconds after the start of the service day; -1: {@code text} is no such time. */
    public static int parse(String text) {
        Matcher time = TIME.matcher(text);
        return time.matches()
                ? Integer.parseInt(time.group(1)) * 3600
                        + Integer.parseInt(time.group(2)) * 60
                        + Integer.parseInt(time.group(3))
                : -1;
    }

    /** The time at {@code seconds}, two digits each. */
    public static String format(int seconds) {
        StringBuilder text = new StringBuilder(8); // a timetable has thousands, and a format is read anew for each
        twoDigits(text, seconds / 3600).append(':');
        twoDigits(text, seconds / 60 % 60).append(':');
        return twoDigits(text, seconds % 60).toString();
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return number < 10 ? text.append('0').append(number) : text.append(number);
    }
}
