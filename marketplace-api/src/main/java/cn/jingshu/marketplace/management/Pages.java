package cn.jingshu.marketplace.management;

import cn.jingshu.marketplace.gate.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How long a list is cut into pages: at most 1,000 entries each, ended by a cursor that is opaque to callers. */
final class Pages {
    private static final int MOST = 1_000;

    private Pages() {}

    /** The entry a page ended with: where it stands stays where it was, whatever is added meanwhile. */
    record Cursor(Instant moment, UUID id) {}

    static void requireLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "limit 须为 1 至 1000。", "limit must be 1 to 1000.");
        }
    }

    static String writeCursor(Instant moment, UUID id) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString((moment + " " + id).getBytes(StandardCharsets.UTF_8));
    }

    static Cursor readCursor(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 2);
            return new Cursor(Instant.parse(parts[0]), UUID.fromString(parts[1]));
        } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException broken) {
            throw brokenCursor();
        }
    }

    static ManagementProblem brokenCursor() {
        return new ManagementProblem(Refusal.INVALID_REQUEST, "cursor 无效。", "cursor is not one of ours.");
    }

    /** A day as {@code 2026-11-30}. */
    static LocalDate readDay(String name, String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException notADay) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, name + " 须为 2026-11-30 形式。", name + " has the form 2026-11-30.");
        }
    }

    /** A text people wrote: not blank, without the blanks around it, of {@code most} characters at most. */
    static String requireText(String name, @Nullable String given, int most) {
        String text = given == null ? "" : given.strip();
        if (text.isEmpty() || text.length() > most || text.indexOf('\0') >= 0) {
            throw new ManagementProblem(Refusal.INVALID_REQUEST, "须填写 " + name + ",最多 " + most + " 字。",
                    name + " is needed, of " + most + " characters at most.");
        }
        return text;
    }

    /** A parameter that names one of an enum's constants. */
    static <E extends Enum<E>> E constant(String name, String text, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new ManagementProblem(Refusal.INVALID_REQUEST,
                        name + " 须为 " + Arrays.toString(type.getEnumConstants()) + " 之一。",
                        name + " must be one of " + Arrays.toString(type.getEnumConstants()) + "."));
    }
}
