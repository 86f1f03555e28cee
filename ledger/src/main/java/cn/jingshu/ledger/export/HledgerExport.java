package cn.jingshu.ledger.export;

import cn.jingshu.ledger.account.Account;
import cn.jingshu.ledger.account.AccountCode;
import cn.jingshu.ledger.account.Chart;
import cn.jingshu.ledger.account.Side;
import cn.jingshu.ledger.journal.AccountBalance;
import cn.jingshu.ledger.journal.Balances;
import cn.jingshu.ledger.journal.BookedEntry;
import cn.jingshu.ledger.journal.Dimensions;
import cn.jingshu.ledger.journal.Journal;
import cn.jingshu.ledger.journal.Posting;
import cn.jingshu.ledger.journal.ReadPoint;
import cn.jingshu.ledger.journal.TrialBalance;
import cn.jingshu.ledger.money.Money;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The books as a journal for hledger and ledger: every account and the commodity declared, the balances before the
 * first month as an opening transaction, one transaction per entry by date, and at the end an assertion of every
 * balance as the books keep it; in UTF-8. Passes {@code hledger check} and {@code check ordereddates accounts commodities}.
 */
public final class HledgerExport implements ExportFile {
    @Override
    public String name() {
        return "books.journal";
    }

    @Override
    public String mediaType() {
        return "text/plain; charset=utf-8";
    }

    @Override
    public void write(ExportView view, OutputStream out) throws SQLException, IOException {
        Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        YearMonth from = view.months().from();
        YearMonth through = view.months().through();
        TrialBalance opening = Balances.trialBalance(view.connection(), ReadPoint.endOf(from.minusMonths(1)));
        TrialBalance closing = Balances.trialBalance(view.connection(), ReadPoint.endOf(through));
        Pen pen = new Pen(text);
        try {
            pen.directives(Chart.listAccounts(view.connection()));
            pen.opening(from.atDay(1), opening);
            Journal.forEachEntry(view.connection(), from, through, entry -> {
                pen.transaction(entry);
                view.progress().entryWritten();
            });
            pen.assertions(through.atEndOfMonth(), closing);
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
        text.flush();
    }

    /** Writes in the format's grammar; whatever callers put into a text cannot leave its place. */
    private static final class Pen {

        private final Writer out;
        private final Map<AccountCode, String> names = new HashMap<>();

        Pen(Writer out) {
            this.out = out;
        }

        void directives(List<Account> accounts) {
            print("commodity CNY\n    format CNY 1000.00\n\n");
            for (Account account : accounts) {
                String name = text(account.code() + " " + account.nameZh());
                AccountCode parent = account.parent();
                names.put(account.code(), parent == null ? name : names.get(parent) + ":" + name);
                print("account " + names.get(account.code()) + "\n" + type(account) + "    ; "
                        + text(account.nameEn()) + "\n");
            }
            print("\n");
        }

        void opening(LocalDate day, TrialBalance opening) {
            if (opening.accounts().stream().allMatch(account -> account.debitBalance().isZero())) {
                return;
            }
            print(day + " * (opening) 期初余额\n");
            for (AccountBalance account : opening.accounts()) {
                if (!account.debitBalance().isZero()) {
                    print("    " + names.get(account.account()) + "    " + amount(account.debitBalance()) + "\n");
                }
            }
            print("\n");
        }

        void transaction(BookedEntry booked) {
            String code = String.format(Locale.ROOT, "%s-%06d", booked.entry().period(), booked.number());
            StringBuilder lines = new StringBuilder()
                    .append(booked.entry().effectiveOn())
                    .append(" * (")
                    .append(code)
                    .append(") ")
                    .append(text(booked.entry().description()))
                    .append("\n    ; entry:")
                    .append(booked.entry().entryId())
                    .append(", reason:")
                    .append(booked.entry().reason())
                    .append(", booked:")
                    .append(booked.bookedAt());
            UUID reverses = booked.entry().reverses();
            if (reverses != null) {
                lines.append(", reverses:").append(reverses);
            }
            lines.append("\n    ; sha256:").append(booked.contentSha256()).append('\n');
            for (Posting posting : booked.entry().postings()) {
                Money signed = posting.side() == Side.DEBIT ? posting.amount() : posting.amount().negated();
                lines.append("    ")
                        .append(names.get(posting.account()))
                        .append("    ")
                        .append(amount(signed))
                        .append(tags(posting.dimensions()))
                        .append('\n');
            }
            print(lines.append('\n').toString());
        }

        void assertions(LocalDate day, TrialBalance closing) {
            if (closing.accounts().isEmpty()) {
                return;
            }
            print(day + " * (balances) 期末余额核对\n");
            for (AccountBalance account : closing.accounts()) {
                print("    " + names.get(account.account()) + "    " + amount(Money.ZERO) + " = "
                        + amount(account.debitBalance()) + "\n");
            }
        }

        private void print(String text) {
            try {
                out.write(text);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        /** The line with hledger's type of the account. */
        private static String type(Account account) {
            return switch (account.kind()) {
                case ASSET -> "    ; type:A\n";
                case LIABILITY -> "    ; type:L\n";
                case EQUITY -> "    ; type:E\n";
                case INCOME -> "    ; type:R\n";
                case EXPENSE -> "    ; type:X\n";
                case MEMO -> ""; // on neither of hledger's statements
            };
        }

        private static String amount(Money money) {
            return "CNY " + money.toYuan();
        }

        private static String tags(Dimensions about) {
            StringBuilder tags = new StringBuilder();
            tag(tags, "product", about.product());
            tag(tags, "provider", about.provider());
            tag(tags, "merchant", about.merchant());
            tag(tags, "consumer", about.consumer());
            tag(tags, "purpose", about.purposeClass());
            tag(tags, "line", about.businessLine());
            tag(tags, "price", about.priceVersion());
            return tags.isEmpty() ? "" : "  ; " + tags;
        }

        private static void tag(StringBuilder tags, String name, @Nullable String value) {
            if (value != null) {
                tags.append(tags.isEmpty() ? "" : ", ").append(name).append(':').append(text(value));
            }
        }

        /**
         * One line without the signs that mean something to the format: a line break would begin a new posting, a
         * semicolon a comment, a comma ends a tag's value, brackets hold a date, two spaces end an account's name.
         */
        private static String text(String text) {
            StringBuilder safe = new StringBuilder(text.length());
            text.codePoints().forEach(point -> {
                int type = Character.getType(point);
                boolean breaks = Character.isISOControl(point)
                        || type == Character.LINE_SEPARATOR
                        || type == Character.PARAGRAPH_SEPARATOR
                        || Character.isWhitespace(point);
                switch (point) {
                    case ';' -> safe.append('；');
                    case ',' -> safe.append('，');
                    case '[' -> safe.append('［');
                    case ']' -> safe.append('］');
                    default -> {
                        if (!breaks) {
                            safe.appendCodePoint(point);
                        } else if (!safe.isEmpty() && safe.charAt(safe.length() - 1) != ' ') {
                            safe.append(' ');
                        }
                    }
                }
            });
            return safe.toString().strip();
        }
    }
}
