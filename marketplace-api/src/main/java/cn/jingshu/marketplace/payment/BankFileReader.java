package cn.jingshu.marketplace.payment;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.payment.BankLine.Direction;
import cn.jingshu.marketplace.payment.BankLine.Movement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Reads what banks give out: the house's own CSV form (docs/guides/operations.md), into which any bank's export can be
 * brought, and camt.053 of ISO 20022.
 */
final class BankFileReader {
    private static final List<String> COLUMNS = List.of(
            "date", "direction", "amount_yuan", "counterparty_name", "counterparty_account", "bank_reference", "text");

    private BankFileReader() {}

    /** @throws IllegalArgumentException if the file is neither, is damaged, or does not add up */
    static BankStatement read(byte[] content) {
        String text = text(content);
        return text.stripLeading().startsWith("<") ? camt(content) : csv(text);
    }

    private static String text(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException notUtf8) {
            throw new IllegalArgumentException("the file is not in UTF-8", notUtf8);
        }
    }

    private static BankStatement csv(String text) {
        CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            if (!parser.getHeaderNames().equals(COLUMNS)) {
                throw new IllegalArgumentException("the first line is " + parser.getHeaderNames() + ", not " + COLUMNS);
            }
            List<CSVRecord> rows = parser.getRecords();
            if (rows.size() < 2) {
                throw new IllegalArgumentException("the lines OPENING and CLOSING are missing");
            }
            CSVRecord opening = balance(rows.getFirst(), "OPENING");
            CSVRecord closing = balance(rows.getLast(), "CLOSING");
            String account = opening.get("counterparty_account").strip();
            List<Movement> movements = new ArrayList<>();
            for (CSVRecord row : rows.subList(1, rows.size() - 1)) {
                movements.add(movement(row, account));
            }
            return new BankStatement(BankStatement.Form.JINGSHU_CSV, account, day(opening), day(closing), amount(opening),
                    amount(closing), movements);
        } catch (IOException damaged) {
            throw new IllegalArgumentException("the file is no CSV: " + damaged.getMessage(), damaged);
        }
    }

    private static CSVRecord balance(CSVRecord row, String which) {
        if (!row.isConsistent() || !row.get("direction").equals(which)) {
            throw new IllegalArgumentException("line " + (row.getRecordNumber() + 1) + " is not " + which);
        }
        return row;
    }

    private static Movement movement(CSVRecord row, String account) {
        if (!row.isConsistent()) {
            throw new IllegalArgumentException("line " + (row.getRecordNumber() + 1) + " has " + row.size() + " fields");
        }
        String direction = row.get("direction");
        if (!direction.equals("IN") && !direction.equals("OUT")) {
            throw new IllegalArgumentException("line " + (row.getRecordNumber() + 1) + ": direction " + direction);
        }
        return new Movement(account, day(row), Direction.valueOf(direction), amount(row), row.get("counterparty_name").strip(),
                row.get("counterparty_account").replace(" ", ""), row.get("bank_reference").strip(), row.get("text").strip());
    }

    private static LocalDate day(CSVRecord row) {
        return day(row.get("date"));
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeException noDay) {
            throw new IllegalArgumentException("not a day such as 2026-12-31: " + text, noDay);
        }
    }

    private static Money amount(CSVRecord row) {
        return amount(row.get("amount_yuan"));
    }

    private static Money amount(String yuan) {
        try {
            return Money.ofYuan(yuan.strip());
        } catch (ArithmeticException | NumberFormatException noAmount) {
            throw new IllegalArgumentException("not an amount of yuan such as 1200.50: " + yuan, noAmount);
        }
    }

    /** One statement (Stmt); an entry that stands for several transfers keeps the texts of all. */
    private static BankStatement camt(byte[] content) {
        Element statement = only(document(content).getDocumentElement(), "Stmt");
        Money opening = null;
        Money closing = null;
        LocalDate from = null;
        LocalDate to = null;
        for (Element balance : children(statement, "Bal")) {
            String code = textAt(balance, "Tp", "CdOrPrtry", "Cd");
            if (code.equals("OPBD")) {
                opening = signed(balance);
                from = day(textAt(balance, "Dt", "Dt"));
            } else if (code.equals("CLBD")) {
                closing = signed(balance);
                to = day(textAt(balance, "Dt", "Dt"));
            }
        }
        if (opening == null || closing == null || from == null || to == null) {
            throw new IllegalArgumentException("the balances OPBD and CLBD are missing");
        }
        Element id = only(only(statement, "Acct"), "Id");
        String account = children(id, "IBAN").isEmpty() ? textAt(id, "Othr", "Id") : textAt(id, "IBAN");
        List<Movement> movements = new ArrayList<>();
        for (Element entry : children(statement, "Ntry")) {
            boolean in = textAt(entry, "CdtDbtInd").equals("CRDT");
            NodeList remittances = entry.getElementsByTagNameNS("*", "Ustrd");
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < remittances.getLength(); i++) {
                texts.add(remittances.item(i).getTextContent().strip());
            }
            movements.add(new Movement(account, day(textAt(entry, "BookgDt", "Dt")), in ? Direction.IN : Direction.OUT,
                    inYuan(entry), first(entry, in ? "Dbtr" : "Cdtr", "Nm"),
                    first(entry, in ? "DbtrAcct" : "CdtrAcct", "Id").replace(" ", ""), textAt(entry, "AcctSvcrRef"),
                    String.join(" ", texts)));
        }
        return new BankStatement(BankStatement.Form.CAMT_053, account, from, to, opening, closing, movements);
    }

    private static Document document(byte[] content) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); // no entity reaches out of the file
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(content));
        } catch (SAXException | IOException damaged) {
            throw new IllegalArgumentException("the file is no XML: " + damaged.getMessage(), damaged);
        } catch (ParserConfigurationException everyJdkReadsXml) {
            throw new IllegalStateException(everyJdkReadsXml);
        }
    }

    private static Money signed(Element balance) {
        Money amount = inYuan(balance);
        return textAt(balance, "CdtDbtInd").equals("DBIT") ? amount.negated() : amount;
    }

    private static Money inYuan(Element holder) {
        Element amount = only(holder, "Amt");
        if (!amount.getAttribute("Ccy").equals("CNY")) {
            throw new IllegalArgumentException("an amount in " + amount.getAttribute("Ccy") + ", not CNY");
        }
        return amount(amount.getTextContent());
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getLocalName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** The one element of this name below {@code parent}, at whatever depth if it is no child. */
    private static Element only(Element parent, String name) {
        List<Element> found = children(parent, name);
        if (found.isEmpty()) {
            NodeList below = parent.getElementsByTagNameNS("*", name);
            for (int i = 0; i < below.getLength(); i++) {
                found.add((Element) below.item(i));
            }
        }
        if (found.size() != 1) {
            throw new IllegalArgumentException(found.size() + " elements " + name + " where one was expected");
        }
        return found.getFirst();
    }

    private static String textAt(Element from, String... path) {
        Element at = from;
        for (String name : path) {
            List<Element> found = children(at, name);
            if (found.size() != 1) {
                throw new IllegalArgumentException(found.size() + " elements " + String.join("/", path) + " where one was expected");
            }
            at = found.getFirst();
        }
        return at.getTextContent().strip();
    }

    /** The text of the first {@code leaf} below the first {@code holder}; empty: there is none. */
    private static String first(Element entry, String holder, String leaf) {
        NodeList holders = entry.getElementsByTagNameNS("*", holder);
        if (holders.getLength() == 0) {
            return "";
        }
        NodeList leaves = ((Element) holders.item(0)).getElementsByTagNameNS("*", leaf);
        return leaves.getLength() == 0 ? "" : leaves.item(leaves.getLength() - 1).getTextContent().strip();
    }
}
