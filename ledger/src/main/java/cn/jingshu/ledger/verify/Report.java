package cn.jingshu.ledger.verify;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a verification found, check by check. */
public final class Report {
    /** Findings of one check that are kept; the others are counted. */
    private static final int KEPT = 20;

    /** The answer to "can these books be believed?". */
    public enum Verdict {
        /** All checks hold, and the signer is one the reader named. */
        VERIFIED,
        /** All checks hold among themselves, but whether the signer is the real one was not asked: anybody can sign with a key of their own. */
        CONSISTENT,
        /** Something is wrong. */
        FAILED
    }

    /** How a check went. */
    private static final class Line {
        private long looked;
        private long wrong;
        private final List<Finding> kept = new ArrayList<>();
        private final List<String> notesZh = new ArrayList<>();
        private final List<String> notesEn = new ArrayList<>();
    }

    private final Map<Check, Line> lines = new EnumMap<>(Check.class);
    private boolean signerKnown;

    Report() {
        for (Check check : Check.values()) {
            lines.put(check, new Line());
        }
    }

    private Line line(Check check) {
        return Objects.requireNonNull(lines.get(check));
    }

    /** Something was looked at, whatever came of it. */
    void looked(Check check, long more) {
        line(check).looked += more;
    }

    void wrong(Check check, String place, String zh, String en) {
        Line line = line(check);
        line.wrong++;
        if (line.kept.size() < KEPT) {
            line.kept.add(new Finding(check, place, zh, en));
        }
    }

    /** Why a check, or a part of it, could not be made. */
    void notChecked(Check check, String zh, String en) {
        if (line(check).notesZh.size() < KEPT) {
            line(check).notesZh.add(zh);
            line(check).notesEn.add(en);
        }
    }

    void signerIsKnown() {
        signerKnown = true;
    }

    public Verdict verdict() {
        if (lines.values().stream().anyMatch(line -> line.wrong > 0)) {
            return Verdict.FAILED;
        }
        return signerKnown ? Verdict.VERIFIED : Verdict.CONSISTENT;
    }

    /** What is wrong, in the order of the checks; of each check the first {@value #KEPT}. */
    public List<Finding> findings() {
        return lines.values().stream().flatMap(line -> line.kept.stream()).toList();
    }

    /** How much a check looked at; 0: it was not made. */
    public long looked(Check check) {
        return line(check).looked;
    }

    /** Prints the table for people. */
    public void print(PrintWriter out, Language language) {
        boolean zh = language == Language.ZH;
        lines.forEach((check, line) -> {
            String mark = line.wrong > 0 ? zh ? "不符" : "FAIL" : line.looked > 0 ? zh ? "相符" : "ok" : zh ? "未查" : "-";
            out.printf("%s  %s  %10d  %s%n", padded(mark, 4), padded(check.label(language), zh ? 10 : 17), line.looked,
                    check.meaning(language));
            for (String note : zh ? line.notesZh : line.notesEn) {
                out.printf("      %s%s%n", zh ? "注:" : "note: ", note);
            }
            for (Finding finding : line.kept) {
                out.printf("      %s  %s%n", "✗", finding.text(language));
            }
            if (line.wrong > line.kept.size()) {
                out.printf(zh ? "      ✗  另有 %d 处%n" : "      ✗  and %d more%n", line.wrong - line.kept.size());
            }
        });
        out.println();
        out.println(switch (verdict()) {
            case VERIFIED -> zh ? "结论:全部相符,签名者为所指定的密钥。" : "Verdict: everything agrees, and the signer is the key you named.";
            case CONSISTENT -> zh
                    ? "结论:包内各项相符,但未核对签名者:请向平台以外的渠道取得公钥,用 --key 再核一次。"
                    : "Verdict: the bundle agrees with itself, but who signed it was not checked: get the public key by another way and pass it with --key.";
            case FAILED -> zh ? "结论:不相符,见 ✗ 各行。" : "Verdict: it does not agree; see the lines with ✗.";
        });
        out.flush();
    }

    /** Filled with blanks; a Chinese sign is as wide as two. */
    private static String padded(String text, int width) {
        int wide = text.codePoints().map(point -> point > 0x2E7F ? 2 : 1).sum();
        return text + " ".repeat(Math.max(0, width - wide));
    }
}
