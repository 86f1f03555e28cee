package cn.jingshu.marketplace.billing.statement;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.List;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDPageContentStream.AppendMode;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/**
 * A document of A4 pages that is filled from top to bottom: lines of text, and tables whose heading is repeated on each page.
 * Chinese is embedded, of it only the glyphs used; for Latin, which that font lacks, every reader has Helvetica. The same content
 * makes the same bytes.
 */
final class PdfSheet implements AutoCloseable {
    private static final String FONT = "/fonts/DroidSansFallbackFull.ttf";
    private static final float WIDTH = PDRectangle.A4.getHeight(); // landscape
    private static final float HEIGHT = PDRectangle.A4.getWidth();
    private static final float MARGIN = 36;
    private static final float BOTTOM = MARGIN + 26;
    private static final float LEADING = 1.35f;
    private static final float PAD = 3;

    private final PDDocument document = new PDDocument();
    private final PDFont latin = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
    private final PDType0Font chinese;
    private final CmapLookup glyphs;
    private final List<PDPage> pages = new ArrayList<>();
    private PDPageContentStream out;
    private float y;

    PdfSheet(String title, String language, Instant at, long seed) {
        try {
            TrueTypeFont file = read();
            glyphs = file.getUnicodeCmapLookup();
            chinese = PDType0Font.load(document, file, true);
            document.setDocumentId(seed);
            document.getDocumentCatalog().setLanguage(language);
            document.getDocumentInformation().setTitle(title);
            document.getDocumentInformation().setProducer("Jingshu");
            Calendar made = GregorianCalendar.from(at.atZone(ZoneOffset.UTC));
            document.getDocumentInformation().setCreationDate(made);
            document.getDocumentInformation().setModificationDate(made);
            out = turn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TrueTypeFont read() throws IOException {
        try (InputStream in = PdfSheet.class.getResourceAsStream(FONT)) {
            if (in == null) {
                throw new IllegalStateException("the font " + FONT + " is not on the class path");
            }
            return new TTFParser().parse(new RandomAccessReadBuffer(in.readAllBytes()));
        }
    }

    private PDPageContentStream turn() throws IOException {
        PDPage page = new PDPage(new PDRectangle(WIDTH, HEIGHT));
        document.addPage(page);
        pages.add(page);
        y = HEIGHT - MARGIN;
        return new PDPageContentStream(document, page);
    }

    private void turnOver() throws IOException {
        out.close();
        out = turn();
    }

    float width() {
        return WIDTH - 2 * MARGIN;
    }

    /** A paragraph over the whole width. */
    void text(String text, float size) {
        try {
            for (String line : wrap(text, size, width())) {
                if (y - size * LEADING < BOTTOM) {
                    turnOver();
                }
                y -= size * LEADING;
                write(line, MARGIN, y, size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void gap(float height) {
        y -= height;
    }

    /**
     * A column of a table.
     *
     * @param share of the table's width
     * @param figures true: written to the right
     */
    record Column(String title, float share, boolean figures) {}

    /** A table; a row that does not fit on the page begins the next one, under the heading again. */
    void table(List<Column> columns, List<List<String>> rows, float size) {
        try {
            List<String> head = columns.stream().map(Column::title).toList();
            row(columns, head, size, true);
            for (List<String> row : rows) {
                if (y - height(columns, row, size) < BOTTOM) {
                    turnOver();
                    row(columns, head, size, true);
                }
                row(columns, row, size, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private float height(List<Column> columns, List<String> cells, float size) throws IOException {
        int lines = 1;
        for (int i = 0; i < cells.size(); i++) {
            lines = Math.max(lines, wrap(cells.get(i), size, room(columns.get(i))).size());
        }
        return lines * size * LEADING + 2 * PAD;
    }

    private float room(Column column) {
        return column.share() * width() - 2 * PAD;
    }

    private void row(List<Column> columns, List<String> cells, float size, boolean heading) throws IOException {
        float height = height(columns, cells, size);
        if (heading) {
            out.setNonStrokingColor(0.92f);
            out.addRect(MARGIN, y - height, width(), height);
            out.fill();
            out.setNonStrokingColor(0f);
        }
        float x = MARGIN;
        for (int i = 0; i < cells.size(); i++) {
            Column column = columns.get(i);
            float line = y - PAD;
            for (String text : wrap(cells.get(i), size, room(column))) {
                line -= size * LEADING;
                float left = column.figures() ? x + PAD + room(column) - length(text, size) : x + PAD;
                write(text, left, line + size * 0.3f, size);
            }
            x += column.share() * width();
        }
        y -= height;
        out.setStrokingColor(0.75f);
        out.setLineWidth(0.4f);
        out.moveTo(MARGIN, y);
        out.lineTo(MARGIN + width(), y);
        out.stroke();
    }

    private void write(String text, float x, float baseline, float size) throws IOException {
        out.beginText();
        out.newLineAtOffset(x, baseline);
        for (Run run : runs(text)) {
            out.setFont(run.font(), size);
            out.showText(run.text());
        }
        out.endText();
    }

    private float length(String text, float size) throws IOException {
        float length = 0;
        for (Run run : runs(text)) {
            length += run.font().getStringWidth(run.text()) / 1000 * size;
        }
        return length;
    }

    /** A piece of text of one font. */
    private record Run(PDFont font, String text) {}

    private List<Run> runs(String text) {
        List<Run> runs = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < text.length(); ) {
            int next = at + Character.charCount(text.codePointAt(at));
            if (next == text.length() || isLatin(text.codePointAt(next)) != isLatin(text.codePointAt(at))) {
                runs.add(new Run(isLatin(text.codePointAt(at)) ? latin : chinese, text.substring(start, next)));
                start = next;
            }
            at = next;
        }
        return runs;
    }

    /** Of ISO 8859-1, or a dash, which Helvetica has in every reader. */
    private static boolean isLatin(int character) {
        return (character >= ' ' && character <= '~') || (character >= 0xA1 && character <= 0xFF && character != 0xAD) || character == '\u2013';
    }

    /** Lines no longer than {@code room}: broken at spaces where there are any, else between characters. */
    private List<String> wrap(String text, float size, float room) throws IOException {
        List<String> lines = new ArrayList<>();
        String left = shown(text);
        while (length(left, size) > room && left.codePointCount(0, left.length()) > 1) {
            int fits = 1;
            while (fits < left.length() && length(left.substring(0, fits + 1), size) <= room) {
                fits++;
            }
            int space = left.lastIndexOf(' ', fits);
            int cut = space > 0 ? space : Character.isLowSurrogate(left.charAt(fits)) && fits > 1 ? fits - 1 : fits;
            lines.add(left.substring(0, cut).stripTrailing());
            left = left.substring(cut).stripLeading();
        }
        lines.add(left);
        return lines;
    }

    /** What the fonts can show; for a character that neither has stands a question mark, so that nothing is left out silently. */
    private String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(
                c -> shown.appendCodePoint(isLatin(c) || glyphs.getGlyphId(c) != 0 ? c : '?'));
        return shown.toString();
    }

    /** Writes the foot of every page and answers the document. */
    byte[] finish(String foot) {
        try {
            out.close();
            for (int i = 0; i < pages.size(); i++) {
                out = new PDPageContentStream(document, pages.get(i), AppendMode.APPEND, true, true);
                String count = (i + 1) + " / " + pages.size();
                write(count, MARGIN + width() - length(count, 7), MARGIN, 7);
                List<String> lines = wrap(foot, 7, width() - 60);
                for (int line = 0; line < lines.size(); line++) {
                    write(lines.get(line), MARGIN, MARGIN + (lines.size() - 1 - line) * 7 * LEADING, 7);
                }
                out.close();
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            document.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
