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
import cn.jingshu.ledger.money.Money;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * The books in the form auditors' collectors in China read: XML in GB18030, one file with the basic records (公共档案) and one with the general
 * ledger (总账). Only what exists is written (5.3). A text longer than its field is cut.
 *
 * <p>The names of elements and their order were taken from a sample whose encoding had been damaged; the standard itself was not at hand, and no
 * file of ours was checked against its schema.
 *
 * @see "GB/T 24589.1-2010 财经信息技术 会计核算软件数据接口 第1部分:企业"
 */
public final class Gbt24589File implements ExportFile {
    private static final String NAMESPACE = "http://sxbw.audit.gov.cn/AccountingSoftwareDataInterfaceStandard/2010/SOE/XMLSchema";
    private static final String ENCODING = "GB18030";
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final String CURRENCY = "CNY";
    private static final String SYSTEM = "荆数";

    /** What the system booked without anybody's hand. */
    private static final Bookkeeper.Written BY_ITSELF = new Bookkeeper.Written(SYSTEM, null, 0);

    /** The dimensions as 辅助项, in the order of their numbers. */
    private static final List<String> AUXILIARY = List.of("客户", "供应商", "数据产品", "数据提供单位", "用途类别", "业务线", "价格版本", "所属期");

    /** Which of the two files. */
    public enum Part {
        BASIC("gbt24589-basic.xml"),
        LEDGER("gbt24589-ledger.xml");

        private final String file;

        Part(String file) {
            this.file = file;
        }
    }

    private final Part part;
    private final Bookkeeper.Source source;

    public Gbt24589File(Part part, Bookkeeper.Source source) {
        this.part = part;
        this.source = source;
    }

    @Override
    public String name() {
        return part.file;
    }

    @Override
    public String mediaType() {
        return "application/xml; charset=" + ENCODING;
    }

    @Override
    public void write(ExportView view, OutputStream out) throws SQLException, IOException {
        try {
            // The writer of the JDK closes nothing, but flushes often.
            OutputStream buffered = new BufferedOutputStream(new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    out.write(bytes, offset, length);
                }

                @Override
                public void flush() {}
            }, 1 << 16);
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(buffered, ENCODING);
            Pen pen = new Pen(xml);
            xml.writeStartDocument(ENCODING, "1.0");
            switch (part) {
                case BASIC -> basic(view, pen);
                case LEDGER -> ledger(view, pen);
            }
            xml.writeEndDocument();
            xml.flush();
            buffered.flush();
        } catch (XMLStreamException failure) {
            throw ioOf(failure);
        } catch (UnwritableException failure) {
            throw ioOf(failure.failure);
        }
    }

    private static IOException ioOf(XMLStreamException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return io;
            }
        }
        Throwable nested = failure.getNestedException();
        return nested instanceof IOException io ? io : new IOException(failure);
    }

    /** Carries a failed write out of the walk through the entries. */
    private static final class UnwritableException extends RuntimeException {
        private final transient XMLStreamException failure;

        UnwritableException(XMLStreamException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private void basic(ExportView view, Pen pen) throws SQLException, XMLStreamException {
        Bookkeeper keeper = source.read(view);
        pen.root("公共档案");
        pen.begin("电子账簿");
        pen.field("电子账簿编号", view.months().toString(), 60);
        pen.field("电子账簿名称", keeper.name() + " " + view.months(), 200);
        pen.field("会计核算单位", keeper.name(), 200);
        pen.field("组织机构代码", keeper.creditCode(), 20);
        pen.field("单位性质", "企业", 8);
        pen.field("行业", "数据服务", 20);
        pen.field("开发单位", SYSTEM, 200);
        pen.field("版本号", "0.1", 20);
        pen.field("本位币", "人民币", 30);
        pen.field("会计年度", Integer.toString(view.months().from().getYear()), 4);
        pen.field("标准版本号", "GB/T 24589.1-2010", 30);
        pen.end();
        for (YearMonth month : view.months().list()) {
            pen.begin("会计期间");
            pen.field("会计年度", Integer.toString(month.getYear()), 4);
            pen.field("会计期间号", number(month), 15);
            pen.field("会计期间起始日期", DAY.format(month.atDay(1)), 8);
            pen.field("会计期间结束日期", DAY.format(month.atEndOfMonth()), 8);
            pen.end();
        }
        pen.begin("记账凭证类型");
        pen.field("记账凭证类型编号", "1", 60);
        pen.field("记账凭证类型名称", "记账凭证", 60);
        pen.field("记账凭证类型简称", "记", 20);
        pen.end();
        pen.begin("币种");
        pen.field("币种编码", CURRENCY, 10);
        pen.field("币种名称", "人民币", 30);
        pen.end();
        for (Bookkeeper.Party supplier : keeper.suppliers()) {
            pen.begin("供应商档案");
            pen.field("供应商编码", supplier.code(), 60);
            pen.field("供应商名称", supplier.name(), 200);
            pen.end();
        }
        for (Bookkeeper.Party customer : keeper.customers()) {
            pen.begin("客户档案");
            pen.field("客户编码", customer.code(), 60);
            pen.field("客户名称", customer.name(), 200);
            pen.end();
        }
        for (int i = 0; i < AUXILIARY.size(); i++) {
            pen.begin("自定义档案项");
            pen.field("档案编码", Integer.toString(i + 1), 60);
            pen.field("档案名称", AUXILIARY.get(i), 200);
            pen.end();
        }
        pen.end();
    }

    private void ledger(ExportView view, Pen pen) throws SQLException, XMLStreamException {
        Map<UUID, Bookkeeper.Written> written = source.read(view).written();
        Map<AccountCode, Account> chart = new TreeMap<>();
        for (Account account : Chart.listAccounts(view.connection())) {
            chart.put(account.code(), account);
        }
        pen.root("总账");
        pen.begin("总账基础信息");
        pen.field("结构分隔符", "-", 1);
        pen.field("会计科目编号规则", "4-2-2-2-2", 200);
        pen.field("凭证头可扩展字段结构", "凭证标识", 300);
        pen.end();
        accounts(chart, pen);
        for (YearMonth month : view.months().list()) {
            balances(view, month, chart, pen);
        }
        Journal.forEachNumbered(view.connection(), view.months().from(), view.months().through(), booked -> {
            try {
                voucher(booked, written.getOrDefault(booked.entry().entryId(), BY_ITSELF), pen);
            } catch (XMLStreamException failure) {
                throw new UnwritableException(failure);
            }
            view.progress().entryWritten();
        });
        pen.end();
    }

    private static void accounts(Map<AccountCode, Account> chart, Pen pen) throws XMLStreamException {
        for (Account account : chart.values()) {
            pen.begin("会计科目");
            pen.field("科目编号", account.code().value(), 60);
            pen.field("科目名称", account.nameZh(), 200);
            pen.field("科目级次", Integer.toString(account.code().value().length() / 2 - 1), 2);
            pen.field("科目类型", switch (account.kind()) {
                case ASSET -> "资产";
                case LIABILITY -> "负债";
                case EQUITY -> "所有者权益";
                case INCOME, EXPENSE -> "损益";
                case MEMO -> "表外";
            }, 20);
            pen.field("余额方向", direction(account.normalSide()), 4);
            pen.end();
        }
        for (Account account : chart.values()) {
            if (account.postable()) {
                for (int i = 0; i < AUXILIARY.size(); i++) {
                    pen.begin("科目辅助核算");
                    pen.field("科目编号", account.code().value(), 60);
                    pen.field("辅助项编号", Integer.toString(i + 1), 60);
                    pen.field("辅助项名称", AUXILIARY.get(i), 200);
                    pen.end();
                }
            }
        }
    }

    private static void balances(ExportView view, YearMonth month, Map<AccountCode, Account> chart, Pen pen)
            throws SQLException, XMLStreamException {
        Map<AccountCode, AccountBalance> opening = new HashMap<>();
        Balances.trialBalance(view.connection(), ReadPoint.endOf(month.minusMonths(1))).accounts()
                .forEach(account -> opening.put(account.account(), account));
        for (AccountBalance closing : Balances.trialBalance(view.connection(), ReadPoint.endOf(month)).accounts()) {
            Account account = chart.get(closing.account());
            Side normal = account == null ? Side.DEBIT : account.normalSide();
            AccountBalance before = opening.getOrDefault(closing.account(),
                    new AccountBalance(closing.account(), Money.ZERO, Money.ZERO));
            Money debits = closing.debits().minus(before.debits());
            Money credits = closing.credits().minus(before.credits());
            pen.begin("科目余额及发生额");
            pen.field("科目编号", closing.account().value(), 60);
            pen.field("期初余额方向", direction(before.debitBalance(), normal), 4);
            pen.field("期末余额方向", direction(closing.debitBalance(), normal), 4);
            pen.field("币种编码", CURRENCY, 10);
            pen.field("会计年度", Integer.toString(month.getYear()), 4);
            pen.field("会计期间号", number(month), 15);
            pen.amount("期初原币余额", "期初本币余额", size(before.debitBalance()));
            pen.amount("借方原币金额", "借方本币金额", debits);
            pen.amount("贷方原币金额", "贷方本币金额", credits);
            pen.amount("期末原币余额", "期末本币余额", size(closing.debitBalance()));
            pen.end();
        }
    }

    private static void voucher(BookedEntry booked, Bookkeeper.Written by, Pen pen) throws XMLStreamException {
        String reviewedBy = by.reviewedBy();
        LocalDate day = booked.entry().effectiveOn();
        int line = 0;
        for (Posting posting : booked.entry().postings()) {
            line++;
            boolean debit = posting.side() == Side.DEBIT;
            pen.begin("记账凭证");
            pen.field("记账凭证日期", DAY.format(day), 8);
            pen.field("会计年度", Integer.toString(day.getYear()), 4);
            pen.field("会计期间号", number(YearMonth.from(day)), 15);
            pen.field("记账凭证类型编号", "1", 60);
            pen.field("记账凭证编号", Long.toString(booked.number()), 60);
            pen.field("记账凭证行号", Integer.toString(line), 5);
            pen.field("记账凭证摘要", booked.entry().description(), 300);
            pen.field("科目编号", posting.account().value(), 60);
            auxiliary(posting.dimensions(), pen);
            pen.field("币种编码", CURRENCY, 10);
            pen.amount("借方原币金额", "借方本币金额", debit ? posting.amount() : Money.ZERO);
            pen.amount("贷方原币金额", "贷方本币金额", debit ? Money.ZERO : posting.amount());
            pen.field("凭证头可扩展字段结构值", booked.entry().entryId().toString(), 300);
            pen.field("附件数", Integer.toString(by.attachments()), 4);
            pen.field("制单人", by.preparedBy(), 30);
            if (reviewedBy != null) {
                pen.field("审核人", reviewedBy, 30);
            }
            pen.field("记账标志", "1", 1);
            pen.field("作废标志", "0", 1);
            pen.field("凭证来源系统", SYSTEM, 20);
            pen.end();
        }
    }

    private static void auxiliary(Dimensions about, Pen pen) throws XMLStreamException {
        @Nullable String[] values = {about.consumer(), about.merchant(), about.product(), about.provider(),
            about.purposeClass(), about.businessLine(), about.priceVersion(),
            about.servicePeriod() == null ? null : about.servicePeriod().toString()};
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value != null) {
                pen.field("辅助项" + (i + 1) + "编号", value, 60);
            }
        }
    }

    private static String number(YearMonth month) {
        return Integer.toString(month.getMonthValue());
    }

    private static Money size(Money balance) {
        return balance.isNegative() ? balance.negated() : balance;
    }

    private static String direction(Money debitBalance, Side normal) {
        return debitBalance.isZero() ? direction(normal) : direction(debitBalance.isPositive() ? Side.DEBIT : Side.CREDIT);
    }

    private static String direction(Side side) {
        return side == Side.DEBIT ? "借" : "贷";
    }

    /** Writes elements; whatever a text holds stays a text, and what XML cannot hold is left out. */
    private record Pen(XMLStreamWriter xml) {
        void root(String name) throws XMLStreamException {
            xml.writeCharacters("\n");
            xml.writeStartElement(name);
            xml.writeDefaultNamespace(NAMESPACE);
            xml.writeCharacters("\n");
        }

        void begin(String name) throws XMLStreamException {
            xml.writeStartElement(name);
        }

        void end() throws XMLStreamException {
            xml.writeEndElement();
            xml.writeCharacters("\n");
        }

        /** @param longest characters the field may have */
        void field(String name, String text, int longest) throws XMLStreamException {
            xml.writeStartElement(name);
            StringBuilder kept = new StringBuilder();
            text.codePoints()
                    .filter(point -> (point >= 0x20 && point <= 0xD7FF) || (point >= 0xE000 && point <= 0xFFFD) || point >= 0x10000)
                    .limit(longest)
                    .forEach(kept::appendCodePoint);
            xml.writeCharacters(kept.toString());
            xml.writeEndElement();
        }

        void amount(String original, String own, Money amount) throws XMLStreamException {
            field(original, amount.toYuan(), 21);
            field(own, amount.toYuan(), 21);
        }
    }
}
