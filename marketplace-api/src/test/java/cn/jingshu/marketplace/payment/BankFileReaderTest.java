package cn.jingshu.marketplace.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.payment.BankLine.Direction;
import cn.jingshu.marketplace.payment.BankLine.Movement;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BankFileReaderTest {
    private static final String CSV = """
            date,direction,amount_yuan,counterparty_name,counterparty_account,bank_reference,text
            2027-01-01,OPENING,1000.00,,4200 0001,,
            2027-01-06,OUT,436.50,"财政局, 荆门",4200 9999,B1,上缴 JS0123456789AB
            2027-01-07,IN,10.01,银行,88,B2,
            2027-01-31,CLOSING,573.51,,,,
            """;

    /** After the examples of the ISO 20022 message definition report: one statement, two entries. */
    private static final String CAMT = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt>
              <Id>S1</Id><Acct><Id><Othr><Id>42000001</Id></Othr></Id></Acct>
              <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-01-01</Dt></Dt></Bal>
              <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">573.51</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-01-31</Dt></Dt></Bal>
              <Ntry><Amt Ccy="CNY">436.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2027-01-06</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
                <NtryDtls><TxDtls><RltdPties><Cdtr><Pty><Nm>财政局, 荆门</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>42009999</Id></Othr></Id></CdtrAcct></RltdPties>
                <RmtInf><Ustrd>上缴 JS0123456789AB</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
              <Ntry><Amt Ccy="CNY">10.01</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2027-01-07</Dt></BookgDt><AcctSvcrRef>B2</AcctSvcrRef>
                <NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>银行</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>88</IBAN></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>
            </Stmt></BkToCstmrStmt></Document>
            """;

    private static BankStatement read(String text) {
        return BankFileReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bothFormsSayTheSame() {
        BankStatement csv = read(CSV);
        assertThat(csv.form()).isEqualTo(BankStatement.Form.JINGSHU_CSV);
        assertThat(csv.opening()).isEqualTo(Money.ofYuan("1000"));
        assertThat(csv.movements()).containsExactly(
                new Movement("4200 0001", LocalDate.of(2027, 1, 6), Direction.OUT, Money.ofYuan("436.50"), "财政局, 荆门",
                        "42009999", "B1", "上缴 JS0123456789AB"),
                new Movement("4200 0001", LocalDate.of(2027, 1, 7), Direction.IN, Money.ofYuan("10.01"), "银行", "88", "B2", ""));
        BankStatement camt = read(CAMT);
        assertThat(camt.form()).isEqualTo(BankStatement.Form.CAMT_053);
        assertThat(camt.account()).isEqualTo("42000001");
        assertThat(camt.closing()).isEqualTo(csv.closing());
        assertThat(camt.movements()).extracting(Movement::amount, Movement::direction, Movement::counterpartyName,
                        Movement::counterpartyAccount, Movement::bankReference, Movement::text)
                .isEqualTo(csv.movements().stream().map(m -> org.assertj.core.groups.Tuple.tuple(m.amount(), m.direction(),
                        m.counterpartyName(), m.counterpartyAccount(), m.bankReference(), m.text())).toList());
    }

    @Test
    void aMarkAtTheBeginningIsNoPartOfTheFirstName() {
        assertThat(read("\uFEFF" + CSV)).isEqualTo(read(CSV));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            573.51     | 573.52       | the file says 573.52
            436.50     | 436.505      | not an amount
            OUT        | AWAY         | direction AWAY
            B2         | B1           | comes twice
            2027-01-07 | 2027-02-07   | not of 2027-01-01 to 2027-01-31
            2027-01-07 | 7.1.2027     | not a day
            ,OPENING   | ,BEGIN       | is not OPENING
            ,CLOSING   | ,END         | is not CLOSING
            bank_reference | number   | the first line is
            B1         | ''           | without our account or the bank's reference
            """)
    void whatIsWrongIsNamedAndNothingIsRead(String right, String wrong, String said) {
        assertThat(CSV).contains(right);
        assertThatThrownBy(() -> read(CSV.replace(right, wrong))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(said);
    }

    @Test
    void aFileOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> BankFileReader.read(CSV.getBytes(Charset.forName("GB18030")))).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> read("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read("<a>")).hasMessageContaining("no XML");
        assertThatThrownBy(() -> read(CAMT.replace("Ccy=\"CNY\">10.01", "Ccy=\"EUR\">10.01"))).hasMessageContaining("EUR");
        assertThatThrownBy(() -> read(CAMT.replace("OPBD", "ITBD"))).hasMessageContaining("OPBD");
        assertThatThrownBy(() -> read("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("DOCTYPE");
    }
}
