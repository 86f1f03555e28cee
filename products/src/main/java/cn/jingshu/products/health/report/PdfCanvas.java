package cn.jingshu.products.health.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.GregorianCalendar;
import java.util.List;
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
 * A4 pages filled from top to bottom, with text in both scripts and lines. Chinese is embedded, of it only the glyphs used; for Latin
 * every reader has Helvetica. The same content makes the same bytes.
 */
final class PdfCanvas implements AutoCloseable {
    static final float WIDTH = PDRectangle.A4.getWidth();
    static final float MARGIN = 42;
    static final float ROOM = WIDTH - 2 * MARGIN;
    private static final String FONT = "/fonts/DroidSansFallbackFull.ttf";
    private static final float HEIGHT = PDRectangle.A4.getHeight();
    private static final float BOTTOM = MARGIN + 20;
    private static final float LEADING = 1.4f;

    /** A colour by its parts, 0 to 1. */
    record Ink(float red, float green, float blue) {}

    static final Ink BLACK = new Ink(0.11f, 0.15f, 0.2f);
    static final Ink GREY = new Ink(0.33f, 0.38f, 0.44f);
    static final Ink PALE = new Ink(0.84f, 0.86f, 0.89f);
    static final Ink BLUE = new Ink(0.04f, 0.36f, 0.68f);
    static final Ink GREEN = new Ink(0.1f, 0.42f, 0.24f);
    static final Ink AMBER = new Ink(0.54f, 0.35f, 0f);
    static final Ink RED = new Ink(0.7f, 0.15f, 0.12f);

    private final PDDocument document = new PDDocument();
    private final PDFont latin = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
    private final PDType0Font chinese;
    private final CmapLookup glyphs;
    private final List<PDPage> pages = new ArrayList<>();
    private PDPageContentStream out;
    private float y;

    PdfCanvas(String title, String language, Instant at, long seed) {
        try {
            TrueTypeFont file = read();
            glyphs = file.getUnicodeCmapLookup();
            chinese = PDType0Font.load(document, file, true);
            document.setDocumentId(seed);
            document.getDocumentCatalog().setLanguage(language);
            document.getDocumentInformation().setTitle(title);
            document.getDocumentInformation().setProducer("Jingshu");
            document.getDocumentInformation().setCreationDate(GregorianCalendar.from(at.atZone(ZoneOffset.UTC)));
            document.getDocumentInformation().setModificationDate(GregorianCalendar.from(at.atZone(ZoneOffset.UTC)));
            out = turn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TrueTypeFont read() throws IOException {
        try (InputStream in = PdfCanvas.class.getResourceAsStream(FONT)) {
            if (in == null) {
                throw new IllegalStateException("the font " + FONT + " is not on the class path");
            }
            return new TTFParser().parse(new RandomAccessReadBuffer(in.readAllBytes()));
        }
    }

    private PDPageContentStream turn() throws IOException {
        PDPage page = new PDPage(PDRectangle.A4);
        document.addPage(page);
        pages.add(page);
        y = HEIGHT - MARGIN;
        return new PDPageContentStream(document, page);
    }

    /** Begins a new page if less than {@code height} is left. */
    void need(float height) {
        try {
            if (y - height < BOTTOM) {
                out.close();
                out = turn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the next thing is drawn, from the foot of the page. */
    float y() {
        return y;
    }

    void gap(float height) {
        y -= height;
    }

    /** A paragraph from {@code indent} on. */
    void paragraph(String text, float size, Ink ink, float indent) {
        for (String line : wrap(text, size, ROOM - indent)) {
            need(size * LEADING);
            y -= size * LEADING;
            write(line, MARGIN + indent, y, size, ink);
        }
    }

    /** One row of cells at fractions of the width, as high as its highest. */
    void row(List<String> cells, List<Float> shares, float size, List<Ink> inks) {
        List<List<String>> lines = new ArrayList<>();
        int most = 1;
        for (int i = 0; i < cells.size(); i++) {
            List<String> wrapped = wrap(cells.get(i), size, shares.get(i) * ROOM - 6);
            lines.add(wrapped);
            most = Math.max(most, wrapped.size());
        }
        need(most * size * LEADING + 6);
        float x = MARGIN;
        for (int i = 0; i < cells.size(); i++) {
            float baseline = y - 2;
            for (String line : lines.get(i)) {
                baseline -= size * LEADING;
                write(line, x, baseline + size * 0.25f, size, inks.get(i));
            }
            x += shares.get(i) * ROOM;
        }
        y -= most * size * LEADING + 5;
        line(MARGIN, y, MARGIN + ROOM, y, PALE, 0.5f, false);
    }

    void write(String text, float x, float baseline, float size, Ink ink) {
        try {
            out.setNonStrokingColor(ink.red(), ink.green(), ink.blue());
            out.beginText();
            out.newLineAtOffset(x, baseline);
            for (Run run : runs(shown(text))) {
                out.setFont(run.font(), size);
                out.showText(run.text());
            }
            out.endText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void line(float x1, float y1, float x2, float y2, Ink ink, float width, boolean dashed) {
        try {
            out.setStrokingColor(ink.red(), ink.green(), ink.blue());
            out.setLineWidth(width);
            out.setLineDashPattern(dashed ? new float[] {3, 2} : new float[0], 0);
            out.moveTo(x1, y1);
            out.lineTo(x2, y2);
            out.stroke();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void box(float x, float bottom, float width, float height, Ink ink) {
        try {
            out.setNonStrokingColor(ink.red(), ink.green(), ink.blue());
            out.addRect(x, bottom, width, height);
            out.fill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    float length(String text, float size) {
        try {
            float length = 0;
            for (Run run : runs(shown(text))) {
                length += run.font().getStringWidth(run.text()) / 1000 * size;
            }
            return length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

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

    /** Lines no longer than {@code room}: broken behind a space or a Chinese character, a mark of punctuation never first. */
    List<String> wrap(String text, float size, float room) {
        List<String> lines = new ArrayList<>();
        String left = shown(text);
        while (length(left, size) > room && left.codePointCount(0, left.length()) > 1) {
            int fits = 1;
            while (fits < left.length() && length(left.substring(0, fits + 1), size) <= room) {
                fits++;
            }
            int cut = fits;
            while (cut > 1 && !mayBreak(left, cut)) {
                cut--;
            }
            cut = cut > 1 ? cut : fits;
            lines.add(left.substring(0, cut).stripTrailing());
            left = left.substring(cut).stripLeading();
        }
        lines.add(left);
        return lines;
    }

    private static boolean mayBreak(String text, int at) {
        char before = text.charAt(at - 1);
        char after = text.charAt(at);
        if (Character.isLowSurrogate(after) || "\uFF0C\uFF1B\uFF1A\u3002\u3001)%,.;:".indexOf(after) >= 0) {
            return false;
        }
        return before == ' ' || !isLatin(before) || !isLatin(after);
    }

    /** What the fonts can show; for a character that neither has stands a question mark, so that nothing is left out silently. */
    private String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.replace("\u2265", ">=").codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(
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
                write(count, MARGIN + ROOM - length(count, 8), MARGIN - 6, 8, GREY);
                write(foot, MARGIN, MARGIN - 6, 8, GREY);
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
