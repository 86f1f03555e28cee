package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.export.ExportProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how far an export has come: a bar that moves on a terminal, a line a file elsewhere. */
final class ExportBar implements ExportProgress {
    private static final int WIDTH = 30;
    private static final int STEPS = 100;

    private final PrintWriter out;
    private final boolean moving;
    private final long entries;
    private String file = "";
    private int number;
    private int files = 1;
    private long written;
    private int shown = -1;

    /** @param entries of the books in the months exported */
    ExportBar(PrintWriter out, boolean moving, long entries) {
        this.out = out;
        this.moving = moving;
        this.entries = entries;
    }

    @Override
    public void fileBegins(String name, int fileNumber, int ofFiles) {
        file = name;
        number = fileNumber;
        files = ofFiles;
        written = 0;
        shown = -1;
        if (moving) {
            draw(0);
        } else {
            out.printf("writing %s (%d of %d)%n", name, fileNumber, ofFiles);
            out.flush();
        }
    }

    @Override
    public void entryWritten() {
        written++;
        // A workbook goes through the entries more than once: the bar then starts anew.
        int step = entries == 0 ? 0 : (int) (STEPS * (written % (entries + 1)) / entries);
        if (moving && step != shown) {
            draw(step);
        }
    }

    private void draw(int step) {
        shown = step;
        int filled = WIDTH * ((number - 1) * STEPS + step) / (files * STEPS);
        out.printf(Locale.ROOT, "\r[%s%s] %2d/%d %-40s %3d %%", "#".repeat(filled), "-".repeat(WIDTH - filled), number, files,
                file, step);
        out.flush();
    }

    void finish() {
        if (moving) {
            out.printf("\r%s\r", " ".repeat(WIDTH + 60));
        }
    }
}
