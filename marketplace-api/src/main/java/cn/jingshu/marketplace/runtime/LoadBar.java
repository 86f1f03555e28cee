package cn.jingshu.marketplace.runtime;

import cn.jingshu.products.domain.load.LoadProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how far a load has come: a bar that moves on a terminal, now and then a line elsewhere. */
final class LoadBar implements LoadProgress {
    private static final int WIDTH = 30;
    private static final long ROWS_A_LINE = 100_000;

    private final PrintWriter out;
    private final boolean moving;
    private long said;

    LoadBar(PrintWriter out, boolean moving) {
        this.out = out;
        this.moving = moving;
    }

    @Override
    public void at(String table, long rows, long bytesRead, long total) {
        if (moving) {
            if (total > 0) {
                int percent = (int) Math.min(100, 100 * bytesRead / total);
                int filled = WIDTH * percent / 100;
                out.printf(Locale.ROOT, "\r[%s%s] %3d %% %-24s %,d rows", "#".repeat(filled), "-".repeat(WIDTH - filled), percent, table, rows);
            } else {
                out.printf(Locale.ROOT, "\r%-24s %,d rows, %,d KB", table, rows, bytesRead / 1_024);
            }
            out.flush();
        } else if (rows >= said + ROWS_A_LINE) {
            said = rows;
            out.printf(Locale.ROOT, "%s: %,d rows%n", table, rows);
            out.flush();
        }
    }

    void finish() {
        if (moving) {
            out.printf("\r%s\r", " ".repeat(WIDTH + 60));
        }
    }
}
