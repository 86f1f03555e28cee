package cn.jingshu.marketplace.billing.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.account.Balance;
import cn.jingshu.marketplace.billing.account.Movement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;

/** One statement, four forms of it: what they say is the same. */
class StatementFormsTest {
    private static final String DIGEST = "ab".repeat(32);

    @Test
    void aStatementIsReadAsItWasWritten() {
        Statement statement = SampleStatement.of(3);
        String content = StatementJson.write(statement);
        assertThat(StatementJson.read(content)).isEqualTo(statement);
        assertThat(StatementJson.write(StatementJson.read(content))).isEqualTo(content);
        assertThatThrownBy(() -> StatementJson.read("{\"form\":\"something else\"}")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStatementWhoseMovementsDoNotLeadToItsBalanceCannotBeBuilt() {
        Statement statement = SampleStatement.of(1);
        Balance wrong = new Balance(statement.closing().owed().plus(Money.ofFen(1)), statement.closing().prepaid(),
                statement.closing().lastMovement());
        assertThatThrownBy(() -> new Statement(statement.heading(), statement.lines(), statement.movements(),
                statement.opening(), wrong)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTableHasACellForEveryColumnAndAddsUp() {
        Statement statement = SampleStatement.of(3);
        List<List<String>> rows = StatementCsv.rows(statement);
        List<String> head = rows.getFirst();
        assertThat(rows).allMatch(row -> row.size() == head.size());
        assertThat(sum(rows, "LINE", "amount_yuan")).isEqualByComparingTo(statement.charged().toYuan());
        assertThat(sum(rows, "LINE", "vat_yuan")).isEqualByComparingTo(statement.vat().toYuan());
        assertThat(sum(rows, "OPENING", "owed_yuan").add(sum(rows, "MOVEMENT", "owed_yuan")))
                .isEqualByComparingTo(sum(rows, "CLOSING", "owed_yuan"));
        assertThat(sum(rows, "OPENING", "prepaid_yuan").add(sum(rows, "MOVEMENT", "prepaid_yuan")))
                .isEqualByComparingTo(sum(rows, "CLOSING", "prepaid_yuan"));
    }

    private static BigDecimal sum(List<List<String>> rows, String kind, String column) {
        int index = rows.getFirst().indexOf(column);
        return rows.stream()
                .filter(row -> row.getFirst().equals(kind))
                .map(row -> row.get(index).isEmpty() ? BigDecimal.ZERO : new BigDecimal(row.get(index)))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void theDocumentSaysWhatTheStatementSays() throws IOException {
        Statement statement = SampleStatement.of(3);
        try (PDDocument document = Loader.loadPDF(StatementPdf.of(statement, DIGEST))) {
            String text = new PDFTextStripper().getText(document);
            assertThat(text).contains("荆门市出行科技有限公司", "图书馆数据服务", "91420800MA48TEST5Q-2026-0011", "2026-12-17", DIGEST,
                    "期初余额", "影子");
            for (Movement movement : statement.movements()) {
                assertThat(text).contains(movement.owed().toYuan());
            }
            statement.lines().forEach(line -> assertThat(text).contains(line.chargeId().toString().substring(0, 8)));
        }
    }

    @Test
    void manyLinesGoOverManyPagesAndNoneIsLost() throws IOException {
        Statement statement = SampleStatement.of(200);
        try (PDDocument document = Loader.loadPDF(StatementPdf.of(statement, DIGEST))) {
            assertThat(document.getNumberOfPages()).isGreaterThan(5);
            String text = new PDFTextStripper().getText(document);
            statement.lines().forEach(line -> assertThat(text).contains(line.amount().toYuan()));
        }
    }

    @Test
    void theSameStatementMakesTheSameDocument() {
        assertThat(StatementPdf.of(SampleStatement.of(2), DIGEST)).isEqualTo(StatementPdf.of(SampleStatement.of(2), DIGEST));
    }

    @Test
    void chineseIsDrawnAndNotLeftBlank() throws IOException {
        try (PDDocument document = Loader.loadPDF(StatementPdf.of(SampleStatement.of(3), DIGEST))) {
            BufferedImage page = new PDFRenderer(document).renderImageWithDPI(0, 110);
            Path picture = Path.of("target", "statement.png");
            Files.createDirectories(picture.toAbsolutePath().getParent());
            ImageIO.write(page, "png", picture.toFile());
            Set<Integer> dark = new HashSet<>();
            for (int x = 0; x < page.getWidth(); x++) {
                for (int y = 0; y < page.getHeight() / 8; y++) {
                    if ((page.getRGB(x, y) & 0xff) < 96) {
                        dark.add(x);
                    }
                }
            }
            assertThat(dark).as("columns with ink in the heading").hasSizeGreaterThan(200);
        }
    }
}
