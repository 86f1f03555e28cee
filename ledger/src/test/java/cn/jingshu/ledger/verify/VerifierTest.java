package cn.jingshu.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.ledger.bundle.Digests;
import cn.jingshu.ledger.bundle.Manifest;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.Sealer;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.ledger.settlement.StoredSettlement;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A bundle of an earlier build is verified, and each thing that may be wrong with one is found under its own check and named. */
class VerifierTest {
    @TempDir
    private static Path folder;

    private static KeptBundle kept;

    @BeforeAll
    static void read() throws IOException {
        kept = KeptBundle.read();
    }

    private static Path original() throws IOException {
        return Files.write(folder.resolve("original.zip"), KeptBundle.original());
    }

    @Test
    void whatAnEarlierBuildWroteIsVerified() throws IOException {
        Report report = new Verifier(List.of(KeptBundle.key())).verify(original());
        assertThat(report.findings()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Report.Verdict.VERIFIED);
        assertThat(List.of(Check.values())).extracting(report::looked)
                .containsExactly(18L, 17L, 1L, 22L, 57L, 57L, 57L, 28L, 59L, 3L, 1L, 37L, 0L, 24L, 0L, 2L);
        assertThat(kept.verify(folder).verdict()).isEqualTo(Report.Verdict.VERIFIED);
    }

    /** Table, row, column, what it is made, and what is then said where. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "ACCOUNTS,6,parent,2202,ACCOUNTS,accounts.csv:7,its parent 2202 does not hold",
        "ACCOUNTS,6,parent,9999,ACCOUNTS,accounts.csv:7,its parent 9999 does not hold",
        "ACCOUNTS,5,postable,true,ACCOUNTS,accounts.csv:7,its parent 2221 does not hold",
        "ACCOUNTS,2,kind,MONEY,ACCOUNTS,accounts.csv:3,a row that makes no sense",
        "ACCOUNTS,2,normal_side,LEFT,ACCOUNTS,accounts.csv:3,a row that makes no sense",
        "ACCOUNTS,2,name_zh,``,ACCOUNTS,accounts.csv:3,name_zh is empty",
        "ACCOUNTS,2,name_zh,另名,ACCOUNTS,postings.csv:2,account 1122 has another name in the chart",
        "ACCOUNTS,2,postable,false,ACCOUNTS,2026-10/1,account 1122 does not exist or takes no entries",
        "ACCOUNTS,2,account,1002,ACCOUNTS,accounts.csv:3,account 1002 occurs twice",
        "ACCOUNTS,2,account,1001,ACCOUNTS,accounts.csv:3,`out of order, or twice`",
        "PERIODS,1,last_number,27,ENTRIES,2026-10,`the table of months ends with number 27, the entries with 26`",
        "PERIODS,2,last_number,30,ENTRIES,2026-11,`the table of months ends with number 30, the entries with 31`",
        "PERIODS,2,last_chain_sha256,00,CHAIN,2026-11,the chain of the last entry is not that of the table of months",
        "PERIODS,2,period,2026-12,CHAIN,periods.csv:3,2026-12 occurs twice or is outside the export",
        "PERIODS,2,period,2026-10,CHAIN,periods.csv:3,2026-10 occurs twice or is outside the export",
        "ENTRIES,1,amount_yuan,324.48,BALANCED,2026-10/1,`total 324.48, its postings 324.47`",
        "ENTRIES,1,amount_yuan,324.470,ENTRIES,entries.csv:2,not an entry",
        "ENTRIES,1,effective_on,2026-11-24,ENTRIES,2026-10/1,`dated 2026-11-24, not in 2026-10`",
        "ENTRIES,1,reason,GIFT,ENTRIES,entries.csv:2,not an entry",
        "ENTRIES,1,description,x,ENTRIES,2026-10/1,the content is not that of its digest",
        "ENTRIES,18,reverses,00000000-0000-0000-0000-000000000001,ENTRIES,2026-10/18,the content is not that of its digest",
        "ENTRIES,3,number,4,ENTRIES,2026-10/4,number 3 was expected",
        "ENTRIES,2,booked_at,2026-11-30T02:00:00.123456Z,CHAIN,2026-10/2,booked before the entry before it",
        "ENTRIES,2,booked_at,2026-12-01T02:00:00.123457Z,CHAIN,2026-10/2,does not follow the entry before it",
        "ENTRIES,2,chain_sha256,0000000000000000000000000000000000000000000000000000000000000000,CHAIN,2026-10/2,does not follow the entry before it",
        "ENTRIES,27,period,2026-12,ENTRIES,entries.csv:28,`2026-12 is not in the table of months, or out of order`",
        "POSTINGS,1,line,2,ENTRIES,postings.csv:2,line 1 was expected",
        "POSTINGS,1,amount_yuan,324.48,BALANCED,2026-10/1,`debits 32448 fen, credits 32447 fen`",
        "POSTINGS,1,amount_yuan,-324.47,ENTRIES,entries.csv:2,not an entry",
        "POSTINGS,1,side,CREDIT,BALANCED,2026-10/1,not balanced",
        "POSTINGS,1,consumer,``,ENTRIES,2026-10/1,the content is not that of its digest",
        "POSTINGS,1,service_period,2026-10,ENTRIES,2026-10/1,the content is not that of its digest",
        "POSTINGS,1,number,0,ENTRIES,postings.csv:2,a posting whose entry is not here",
        "POSTINGS,1,period,2026-09,ENTRIES,postings.csv:2,a posting whose entry is not here",
        "POSTINGS,1,account,1123,ACCOUNTS,2026-10/1,account 1123 does not exist or takes no entries",
        "BALANCES,1,debit_yuan,88.81,TRIAL_BALANCE,balances.csv:2,`debits 88.81, computed 88.80`",
        "BALANCES,1,credit_yuan,212.24,TRIAL_BALANCE,balances.csv:2,`credits 212.24, computed 212.25`",
        "BALANCES,1,closing_yuan,-246.91,TRIAL_BALANCE,balances.csv:2,`closing balance -246.91, computed -246.90`",
        "BALANCES,15,opening_yuan,-246.91,TRIAL_BALANCE,balances.csv:16,`opening balance -246.91, computed -246.90`",
        "BALANCES,15,closing_yuan,-370.34,TRIAL_BALANCE,2026-11,`sum of all closing balances 0.01, computed 0.00`",
        "BALANCES,2,account,1121,TRIAL_BALANCE,balances.csv,2026-10 lacks account 1122",
        "BALANCES,16,account,1002,TRIAL_BALANCE,balances.csv:17,the account occurs twice",
        "SETTLEMENTS,1,sha256,00,SETTLEMENT,settlements.csv:2,2026-10: inputs or result are not those of its digest",
        "SETTLEMENTS,1,period,2026-11,SETTLEMENT,settlements.csv:2,the inputs are those of 2026-10",
        "SETTLEMENTS,1,business_line,OTHER,SETTLEMENT,settlements.csv:2,the inputs are those of 2026-10",
        "SETTLEMENTS,1,revision,2,SETTLEMENT,settlements.csv:2,revision 1 was expected",
        "SETTLEMENTS,1,inputs,{},SETTLEMENT,settlements.csv:2,not those of its digest",
        "CEILINGS,1,citation,``,PRICES,ceilings.csv:2,a ceiling that occurs twice or has no citation",
        "CEILINGS,1,fen_per_unit,700,PRICES,tariffs.csv:3,`above its ceiling: 100 units cost 70025 fen, the ceiling allows 70000 fen`",
        "CEILINGS,1,fen_per_unit,899,STATEMENTS,charges.csv:2,is not the one that was set",
        "CEILINGS,1,month_yuan,0.01,STATEMENTS,charges.csv:2,is not the one that was set",
        "CEILINGS,1,product,train,PRICES,tariffs.csv:2,there is no ceiling for it",
        "CEILINGS,1,operation,position,PRICES,tariffs.csv:2,there is no ceiling for it",
        "CEILINGS,1,effective_from,2026-08-01T00:00:01Z,PRICES,tariffs.csv:2,there is no ceiling for it",
        "TARIFFS,1,terms,`{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"901\"}`,PRICES,tariffs.csv:2,above its ceiling",
        "TARIFFS,1,terms,`{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":0,\"usage\":{\"kind\":\"DISCOUNTED\",\"off\":\"9/10\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"901\"}}}`,PRICES,tariffs.csv:2,above its ceiling",
        "TARIFFS,1,terms,`{\"kind\":\"DISCOUNTED\",\"off\":\"9/10\",\"list\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"1\"}}`,PRICES,tariffs.csv:2,a reduction for everyone",
        "TARIFFS,1,terms,{},PRICES,tariffs.csv:2,a row that makes no sense",
        "TARIFFS,1,purpose,PUBLIC_INTEREST,PRICES,tariffs.csv:2,use in the public interest is priced",
        "TARIFFS,1,published_at,2026-08-01T00:00:01Z,PRICES,tariffs.csv:2,published after it applied",
        "TARIFFS,1,signed_by,00000000-0000-0005-0000-000000000001,PRICES,tariffs.csv:2,proposed and signed by the same person",
        "TARIFFS,1,signed_by,``,PRICES,tariffs.csv:2,a price that nobody proposed or nobody signed",
        "TARIFFS,1,proposed_by,``,PRICES,tariffs.csv:2,a price that nobody proposed or nobody signed",
        "TARIFFS,2,tariff,00000000-0000-0001-0000-000000000001,PRICES,tariffs.csv:3,a price that occurs twice",
        "TARIFFS,1,product,train,STATEMENTS,charges.csv:2,is not the published one",
        "TARIFFS,1,operation,other,STATEMENTS,charges.csv:2,did not hold in 2026-10",
        "TARIFFS,1,effective_from,2026-10-31T16:00:00Z,STATEMENTS,charges.csv:2,did not hold in 2026-10",
        "PERMITTED_REVENUE,1,platform_yuan,900000.01,PERMITTED_REVENUE,permitted-revenue.csv:2,`highest revenue 945100.00, by the formula 945100.01`",
        "PERMITTED_REVENUE,1,subsidies_yuan,11.00,PERMITTED_REVENUE,permitted-revenue.csv:2,by the formula 945098.95",
        "PERMITTED_REVENUE,1,taxes_yuan,100.01,PERMITTED_REVENUE,permitted-revenue.csv:2,by the formula 945100.01",
        "PERMITTED_REVENUE,1,carried_yuan,1.00,PERMITTED_REVENUE,permitted-revenue.csv:2,by the formula 945099.00",
        "PERMITTED_REVENUE,1,bond_yield,-0.011,PERMITTED_REVENUE,permitted-revenue.csv:2,the rate of profit is above its limit",
        "PERMITTED_REVENUE,1,signed_by,00000000-0000-0005-0000-000000000001,PERMITTED_REVENUE,permitted-revenue.csv:2,`signed by one person, or without citation`",
        "PERMITTED_REVENUE,1,citation,``,PERMITTED_REVENUE,permitted-revenue.csv:2,`signed by one person, or without citation`",
        "CHARGES,1,amount_yuan,282.59,STATEMENTS,charges.csv:2,`amount 282.59, computed from 796 units 282.58`",
        "CHARGES,1,vat_yuan,16.01,STATEMENTS,charges.csv:2,`VAT 16.01, computed 16.00`",
        "CHARGES,1,quantity,795,STATEMENTS,charges.csv:2,the quantities do not add up to the total",
        "CHARGES,17,billed_quantity,795,STATEMENTS,charges.csv:18,what was billed before is not what the lines before say",
        "CHARGES,17,billed_yuan,282.57,STATEMENTS,charges.csv:18,what was billed before is not what the lines before say",
        "CHARGES,1,usage_period,2026-11,STATEMENTS,charges.csv:2,a line that occurs twice or is of another month",
        "CHARGES,1,period,2026-12,STATEMENTS,charges.csv:2,a line that occurs twice or is of another month",
        "CHARGES,2,charge,c0d12375-ccf6-fa19-3171-a3d5c81a6bbb,STATEMENTS,charges.csv:3,a line that occurs twice or is of another month",
        "CHARGES,1,tariff,``,STATEMENTS,charges.csv:2,charged without a published price",
        "CHARGES,1,tariff,00000000-0000-0001-0000-000000000009,STATEMENTS,charges.csv:2,is not the published one",
        "CHARGES,1,purpose,PUBLIC_INTEREST,STATEMENTS,charges.csv:2,use in the public interest was charged",
        "CHARGES,1,month_share,3/2,STATEMENTS,charges.csv:2,a row that makes no sense",
        "CHARGES,1,consumer,00000000-0000-0000-0000-000000000009,STATEMENTS,charges.csv:2,`its entry says something else, or is missing`",
        "CHARGES,1,charge,00000000-0000-0000-0000-000000000009,STATEMENTS,charges.csv:2,`its entry says something else, or is missing`",
        "CHARGES,1,ceiling,``,STATEMENTS,charges.csv:2,the ceiling in force is not named",
        "CHARGES,1,ceiling,00000000-0000-0007-0000-000000000009,STATEMENTS,charges.csv:2,is not the one that was set",
        "CHARGES,1,subscription,00000000-0000-0000-0000-000000000009,USAGE,usage.csv,796 units are billed and no usage is counted",
        "USAGE,1,units,149,USAGE,usage.csv:2,`2026-10: 146 units should be in the lines, 145 are`",
        "USAGE,1,billed_in_other_months,2,USAGE,usage.csv:2,144 units should be in the lines",
        "USAGE,1,not_billed_yet,1,USAGE,usage.csv:2,146 units should be in the lines",
        "USAGE,1,product,train,USAGE,usage.csv:2,`145 units should be in the lines, 0 are`",
        "RATES,7,rate,7/100,STATEMENTS,charges.csv:2,`VAT 16.00, computed 18.49`",
        "RATES,7,effective_from,2016-01-01,PRICES,rates.csv,`3/50 from 2016-01-01, the law's is 3/50 from 2026-01-01`",
        "RATES,2,rate,26/100,SETTLEMENT,settlements.csv:2,the table of rates says",
        "RATES,3,effective_from,2026-12-01,SETTLEMENT,settlements.csv:2,the table of rates says none",
        "TARIFFS,1,trial,maybe,PRICES,tariffs.csv:2,trial is neither true nor false",
        "PERMITTED_REVENUE,1,year,2025,PERMITTED_REVENUE,permitted-revenue.csv:2,2025 is no year of the bundle",
        "RATES,7,effective_from,2026-11-01,STATEMENTS,charges.csv:2,no rate for VAT on 2026-10-31",
        "KEY_SETS,1,note,x,LOG,key-sets.csv,a row that makes no sense",
        "CHECKPOINTS,1,number,3,LOG,checkpoints.csv:3,`a checkpoint out of order, or twice`",
        "CHECKPOINTS,1,size,47,LOG,checkpoints.csv:2,`the checkpoint has another size, or a smaller one than before`",
        "CHECKPOINTS,1,key_set,2,LOG,checkpoints.csv:2,the checkpoint is not signed by its keys",
        "CHECKPOINTS,1,key_set,0,LOG,checkpoints.csv:2,the checkpoint is not signed by its keys",
        "LOG,4,leaf,23,LOG,log.csv:5,leaf 22 was expected",
        "LOG,1,leaves,15,LOG,log.csv:2,leaf 0 was expected",
        "LOG,4,leaves,2,LOG,log.csv:5,the leaf is no entry of the bundle and no usage batch",
        "LOG,4,number,2,LOG,log.csv:5,the leaves of 2026-10 are not in their order",
        "LOG,4,number,99,LOG,log.csv:5,the leaf is no entry of the bundle and no usage batch",
        "LOG,4,content,x,LOG,log.csv:5,content has to be empty",
        "LOG,4,sha256,x,LOG,log.csv:5,sha256 has to be empty",
        "LOG,1,chain,x,LOG,log.csv:2,chain has to be empty",
        "LOG,1,kind,GIFT,LOG,log.csv:2,a row that makes no sense"
    })
    void whatIsWrongIsNamed(Table table, int row, String column, String value, Check check, String place, String says) throws IOException {
        Report report = kept.with(table, row, column, value).verify(folder);
        assertThat(report.verdict()).isEqualTo(Report.Verdict.FAILED);
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(check);
            assertThat(finding.place()).contains(place);
            assertThat(finding.en()).contains(says);
            assertThat(finding.zh()).isNotBlank();
        });
        assertThat(report.findings()).extracting(Finding::check).doesNotContain(Check.ARCHIVE, Check.DIGESTS, Check.SIGNATURE);
    }

    private static void assertFinds(Report report, Check check, String place, String says) {
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(check);
            assertThat(finding.place()).contains(place);
            assertThat(finding.en()).contains(says);
        });
    }

    @Test
    void aMonthWithoutItsEntriesAndPostingsWithoutTheirEntryAreNamed() throws IOException {
        Report emptied = kept.with(Table.ENTRIES, rows -> rows.subList(27, rows.size()).clear()).verify(folder);
        assertFinds(emptied, Check.ENTRIES, "2026-11", "all entries of the month are missing");
        assertFinds(emptied, Check.ENTRIES, "postings.csv", "a posting whose entry is not here");
        Report more = kept.with(Table.POSTINGS, rows -> rows.add(1, rows.get(1))).verify(folder);
        assertFinds(more, Check.ENTRIES, "postings.csv:3", "line 2 was expected");
        Report unknown = kept.with(Table.PERIODS, rows -> rows.remove(2)).verify(folder);
        assertFinds(unknown, Check.ENTRIES, "entries.csv:28", "2026-11 is not in the table of months");
    }

    @Test
    void anAccountThatIsMissingAndOneTooMuchAreNamed() throws IOException {
        assertFinds(kept.with(Table.BALANCES, rows -> rows.remove(1)).verify(folder), Check.TRIAL_BALANCE, "balances.csv", "2026-10 lacks account 1002");
        assertFinds(kept.with(Table.BALANCES, rows -> rows.add(2, rows.get(1))).verify(folder), Check.TRIAL_BALANCE, "balances.csv:3", "out of order, or twice");
        // Opening and closing moved together by a fen in both months: every line agrees, the whole does not.
        Report moved = kept.with(Table.BALANCES, 1, "opening_yuan", "-123.44").with(Table.BALANCES, 1, "closing_yuan", "-246.89")
                .with(Table.BALANCES, 15, "opening_yuan", "-246.89").with(Table.BALANCES, 15, "closing_yuan", "-370.34").verify(folder);
        assertThat(moved.findings()).extracting(Finding::place).containsExactly("2026-10", "2026-11");
        assertThat(moved.findings()).allSatisfy(finding -> assertThat(finding.en()).isEqualTo("sum of all closing balances 0.01, computed 0.00"));
    }

    /** The settlement of October from other inputs, computed and sealed as if they were true: only the books tell. */
    private static KeptBundle settled(String from, String to) throws IOException {
        String inputs = kept.cell(Table.SETTLEMENTS, 1, "inputs").replaceFirst(from, to);
        if (!(StoredSettlement.recompute(inputs, "", digest(inputs, "")) instanceof StoredSettlement.Recomputation.ResultDiffers computed)) {
            throw new IllegalStateException("nothing was changed by " + from);
        }
        String result = computed.recomputed();
        return kept.with(Table.SETTLEMENTS, 1, "inputs", inputs).with(Table.SETTLEMENTS, 1, "result", result)
                .with(Table.SETTLEMENTS, 1, "sha256", digest(inputs, result));
    }

    private static String digest(String inputs, String result) {
        return HexFormat.of().formatHex(Digests.sha256().digest((inputs + "\n" + result).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSettlementIsHeldAgainstTheBooks() throws IOException {
        assertThat(settled("\"grossFen\":238117", "\"grossFen\":238118").verify(folder).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).isEqualTo("gross: the settlement says 2381.18, the books 2381.17"));
        assertThat(settled("\"outputVatFen\":13477", "\"outputVatFen\":13478").verify(folder).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).isEqualTo("output VAT: the settlement says 134.78, the books 134.77"));
        assertThat(settled("\"inputVatFen\":0", "\"inputVatFen\":1").verify(folder).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).isEqualTo("input VAT: the settlement says 0.01, the books 0.00"));
        assertThat(settled("\"amountFen\":12345", "\"amountFen\":12344").verify(folder).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).isEqualTo("cost DIRECT_PAID 6401: the settlement says 123.44, the books 123.45"));
        assertThat(settled("DIRECT_PAID", "DIRECT_FREE").verify(folder).findings()).extracting(Finding::en).containsExactlyInAnyOrder(
                "cost DIRECT_FREE 6401: the settlement says 123.45, the books 0.00", "cost DIRECT_PAID 6401: the settlement says 0.00, the books 123.45");
        Report otherResult = kept.with(Table.SETTLEMENTS, 1, "result", "{}").with(Table.SETTLEMENTS, 1, "sha256",
                digest(kept.cell(Table.SETTLEMENTS, 1, "inputs"), "{}")).verify(folder);
        assertFinds(otherResult, Check.SETTLEMENT, "settlements.csv:2", "2026-10: its inputs give another result");
    }

    @Test
    void settlementsAreInOrderAndNoneIsMissing() throws IOException {
        assertFinds(kept.with(Table.SETTLEMENTS, rows -> Collections.swap(rows, 1, 2)).verify(folder), Check.SETTLEMENT, "settlements.csv:3", "out of order");
        assertFinds(kept.with(Table.SETTLEMENTS, rows -> rows.remove(2)).verify(folder), Check.SETTLEMENT, "settlements.csv",
                "2026-11 has entries of a settlement that is not here");
        Report open = kept.with(Table.PERIODS, 2, "closed_at", "").verify(folder);
        assertThat(open.findings()).isEmpty();
        assertThat(printed(open, Language.EN)).contains("note: 2026-11 is not closed: it was recomputed, not compared with the books");
    }

    @Test
    void aFindingLowersWhatALineOwes() throws IOException {
        List<String> finding = List.of("00000000-0000-0008-0000-000000000001", "bus", "*", "2026-10", "2026-11", "30", "0.00", "决定", "a", "b");
        KeptBundle found = kept.with(Table.FINDINGS, rows -> rows.add(finding))
                .with(Table.CHARGES, 1, "ceiling", finding.getFirst()).with(Table.CHARGES, 1, "ceiling_fen", "30");
        assertFinds(found.verify(folder), Check.STATEMENTS, "charges.csv:2", "computed from 796 units 238.80");
        assertFinds(found.with(Table.FINDINGS, 1, "signed_by", "a").verify(folder), Check.PRICES, "findings.csv:2", "signed by one person");
        assertFinds(found.with(Table.FINDINGS, 1, "citation", "").verify(folder), Check.PRICES, "findings.csv:2", "has no citation");
        assertFinds(found.with(Table.FINDINGS, rows -> rows.add(finding)).verify(folder), Check.PRICES, "findings.csv:3", "occurs twice");
        assertThat(found.with(Table.FINDINGS, 1, "fen_per_unit", "40").with(Table.CHARGES, 1, "ceiling_fen", "40").verify(folder).findings())
                .as("a finding above the price changes nothing").isEmpty();
        assertFinds(found.with(Table.FINDINGS, 1, "product", "train").with(Table.FINDINGS, 1, "fen_per_unit", "40").with(Table.CHARGES, 1, "ceiling_fen", "40")
                .verify(folder), Check.STATEMENTS, "charges.csv:2", "is not the one that was set");
        assertFinds(found.with(Table.FINDINGS, 1, "first_month", "2026-11").verify(folder), Check.STATEMENTS, "charges.csv:2", "is not the one that was set");
        assertFinds(found.with(Table.FINDINGS, 1, "operation", "other").verify(folder), Check.STATEMENTS, "charges.csv:2", "is not the one that was set");
    }

    @Test
    void theCeilingOfAnOperationGoesBeforeTheProductsAndTheLaterBeforeTheEarlier() throws IOException {
        List<String> product = kept.rows(Table.CEILINGS).get(1);
        KeptBundle own = kept.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "1", "other", "2026-07-01T00:00:00Z", "36")));
        assertThat(own.verify(folder).findings()).as("it is not asked for another operation").isEmpty();
        own = kept.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "1", "position", "2026-07-01T00:00:00Z", "36")));
        assertFinds(own.verify(folder), Check.STATEMENTS, "charges.csv:2", "was not the one in force for its price in 2026-10");
        KeptBundle priced = own.with(Table.TARIFFS, 1, "operation", "position");
        assertThat(ofPrices(priced)).as("36 allows 35.5").isEmpty();
        assertFinds(priced.with(Table.CEILINGS, 2, "fen_per_unit", "35").verify(folder), Check.PRICES, "tariffs.csv:2", "above its ceiling");
        assertFinds(priced.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "position", "2026-07-02T00:00:00Z", "35"))).verify(folder),
                Check.PRICES, "tariffs.csv:2", "above its ceiling");
        assertThat(ofPrices(priced.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "position", "2026-06-30T00:00:00Z", "35")))))
                .as("an earlier one").isEmpty();
    }

    private static List<Finding> ofPrices(KeptBundle bundle) throws IOException {
        return bundle.verify(folder).findings().stream().filter(finding -> finding.check() == Check.PRICES).toList();
    }

    /** Lines whose usage is of November, which is every line of that month that corrects none. */
    private static void assertFindsOfNovember(KeptBundle bundle, String says) throws IOException {
        List<Finding> findings = bundle.verify(folder).findings();
        assertThat(findings).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.check()).isEqualTo(Check.STATEMENTS);
            assertThat(finding.en()).contains(says);
            int row = Integer.parseInt(finding.place().replaceAll("\\D*(\\d+) .*", "$1")) - 1;
            assertThat(bundle.cell(Table.CHARGES, row, "usage_period")).isEqualTo("2026-11");
        });
    }

    /** 发改价格〔2025〕65号: 具体收费标准不得高于上限收费标准: a ceiling that came after the price binds what is used from then on. */
    @Test
    void aLineAboveTheCeilingThatHeldInItsMonthIsNamed() throws IOException {
        List<String> product = kept.rows(Table.CEILINGS).get(1);
        KeptBundle later = kept.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "*", "2026-08-01T00:00:01Z", "35")));
        assertThat(ofPrices(later)).as("it began after the price").isEmpty();
        assertFinds(later.verify(folder), Check.STATEMENTS, "charges.csv:2", "did not hold in 2026-10: it began later, was replaced, was above the ceiling");
        assertFindsOfNovember(kept.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "*", "2026-10-20T00:00:00Z", "35"))), "did not hold in 2026-11");
        assertFindsOfNovember(kept.with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "*", "2026-10-20T00:00:00Z", "901"))),
                "was not the one in force for its price in 2026-11");
    }

    @Test
    void aLineAtAPriceThatWasReplacedOrWhoseTrialWasOverIsNamed() throws IOException {
        KeptBundle replaced = kept.with(Table.TARIFFS, rows -> {
            List<String> newer = new ArrayList<>(rows.get(1));
            newer.set(Table.TARIFFS.indexOf("tariff"), "00000000-0000-0001-0000-000000000009");
            newer.set(Table.TARIFFS.indexOf("effective_from"), "2026-09-30T16:00:00Z");
            rows.add(newer);
        });
        assertFinds(replaced.verify(folder), Check.STATEMENTS, "charges.csv:2", "did not hold in 2026-10");
        assertFindsOfNovember(replaced.with(Table.TARIFFS, rows -> rows.getLast().set(Table.TARIFFS.indexOf("effective_from"), "2026-10-15T00:00:00Z")),
                "did not hold in 2026-11");
        assertThat(replaced.with(Table.TARIFFS, rows -> rows.getLast().set(Table.TARIFFS.indexOf("plan"), "transit-standard")).verify(folder).findings())
                .as("a price of a plan stands beside it").isEmpty();
        KeptBundle trial = kept.with(Table.TARIFFS, 1, "trial", "true").with(Table.TARIFFS, 1, "effective_from", "2025-10-01T00:00:00Z")
                .with(Table.TARIFFS, 1, "published_at", "2025-10-01T00:00:00Z").with(Table.TARIFFS, rows -> rows.subList(2, rows.size()).forEach(row ->
                        row.set(Table.TARIFFS.indexOf("plan"), "p")));
        assertFindsOfNovember(trial, "its trial was over");
        assertThat(trial.with(Table.TARIFFS, 1, "effective_from", "2025-11-01T00:00:00Z").verify(folder).findings()).as("in its first year").isEmpty();
    }

    private static List<String> ceiling(List<String> like, String id, String operation, String from, String fen) {
        List<String> row = new ArrayList<>(like);
        row.set(Table.CEILINGS.indexOf("ceiling"), id);
        row.set(Table.CEILINGS.indexOf("operation"), operation);
        row.set(Table.CEILINGS.indexOf("effective_from"), from);
        row.set(Table.CEILINGS.indexOf("fen_per_unit"), fen);
        return row;
    }

    @Test
    void aTrialPriceNeedsNoCeilingAndFreeUseNoPrice() throws IOException {
        KeptBundle trial = kept.with(Table.CEILINGS, rows -> rows.remove(1)).with(Table.TARIFFS, 1, "trial", "true").with(Table.TARIFFS, 2, "trial", "true");
        assertThat(trial.verify(folder).findings()).extracting(Finding::check).containsOnly(Check.STATEMENTS); // the lines still name the ceiling
        assertThat(trial.with(Table.CHARGES, rows -> {
            for (int i = 1; i < rows.size(); i++) {
                List<String> row = new ArrayList<>(rows.get(i));
                row.set(Table.CHARGES.indexOf("ceiling"), "");
                rows.set(i, row);
            }
        }).verify(folder).findings()).isEmpty();
        // Usage for public governance: counted, billed at nothing, under no price.
        List<String> line = new ArrayList<>(kept.rows(Table.CHARGES).getLast());
        for (List<String> each : List.of(List.of("charge", "ffffffff-0000-0000-0000-000000000001"), List.of("purpose", "PUBLIC_INTEREST"),
                List.of("tariff", ""), List.of("terms", "{\"kind\":\"FREE\"}"), List.of("ceiling", ""), List.of("amount_yuan", "0.00"), List.of("vat_yuan", "0.00"))) {
            line.set(Table.CHARGES.indexOf(each.getFirst()), each.getLast());
        }
        List<String> usage = new ArrayList<>(kept.rows(Table.USAGE).get(20));
        usage.set(Table.USAGE.indexOf("purpose"), "PUBLIC_INTEREST");
        KeptBundle free = kept.with(Table.CHARGES, rows -> rows.add(line)).with(Table.USAGE, rows -> rows.add(21, usage));
        assertThat(free.verify(folder).findings()).isEmpty();
    }

    @Test
    void aBilledMonthIsClosedAndAnOpenOneIsNotBilledYet() throws IOException {
        Report open = kept.with(Table.PERIODS, 2, "closed_at", "").with(Table.USAGE, 13, "units", "9999").verify(folder);
        assertThat(open.findings()).isEmpty();
        assertFinds(kept.with(Table.CHARGES, rows -> rows.remove(1)).verify(folder), Check.STATEMENTS, "charges.csv", "books a charge that no line has");
        assertFinds(kept.with(Table.CHARGES, rows -> Collections.swap(rows, 1, 2)).verify(folder), Check.STATEMENTS, "charges.csv:3", "out of order, or twice");
    }

    @Test
    void revenueAboveThePermittedIsNamed() throws IOException {
        // 2,381.17 of October and 3,723.46 of November: a permitted revenue of all that holds, one of a fen less does not.
        KeptBundle cost = kept.with(Table.PERMITTED_REVENUE, 1, "platform_yuan", "0.00").with(Table.PERMITTED_REVENUE, 1, "processing_yuan", "0.00")
                .with(Table.PERMITTED_REVENUE, 1, "staff_yuan", "0.00").with(Table.PERMITTED_REVENUE, 1, "acquisition_yuan", "0.00")
                .with(Table.PERMITTED_REVENUE, 1, "period_yuan", "0.00").with(Table.PERMITTED_REVENUE, 1, "subsidies_yuan", "0.00");
        assertThat(permitted(cost, "6104.63").findings()).isEmpty();
        assertFinds(permitted(cost, "6104.62"), Check.PERMITTED_REVENUE, "permitted-revenue.csv:2", "2026: revenue 6104.63 exceeds the permitted 6104.62");
        KeptBundle net = cost.with(Table.PERMITTED_REVENUE, 1, "vat_in_taxes", "false");
        assertThat(permitted(net, "5759.11").findings()).isEmpty();
        assertFinds(permitted(net, "5759.10"), Check.PERMITTED_REVENUE, "permitted-revenue.csv:2", "revenue 5759.11 exceeds");
        assertThat(printed(permitted(net, "5759.11"), Language.EN)).contains("note: of 2026 the months of the bundle were compared");
    }

    private static Report permitted(KeptBundle bundle, String taxes) throws IOException {
        return bundle.with(Table.PERMITTED_REVENUE, 1, "taxes_yuan", taxes).with(Table.PERMITTED_REVENUE, 1, "highest_yuan", taxes).verify(folder);
    }

    private static List<SignedNote> checkpoints() throws IOException {
        List<SignedNote> notes = new ArrayList<>();
        for (List<String> row : kept.rows(Table.CHECKPOINTS).subList(1, 3)) {
            notes.add(SignedNote.parse(row.get(Table.CHECKPOINTS.indexOf("note"))));
        }
        return notes;
    }

    @Test
    void theLogGoesOnFromAKeptCheckpoint() throws IOException {
        Verifier holder = new Verifier(List.of(KeptBundle.key()), checkpoints());
        assertThat(holder.verify(original()).findings()).isEmpty();
        assertThat(holder.verify(original()).looked(Check.LOG)).isEqualTo(61);
        SignedNote noCheckpoint = SignedNote.sign("hello\n", List.of(KeptBundle.SEALER));
        assertFinds(new Verifier(List.of(KeptBundle.key()), List.of(noCheckpoint)).verify(original()), Check.LOG, "--checkpoint", "not a checkpoint");
        Checkpoint first = Checkpoint.parse(checkpoints().getFirst().text());
        assertFinds(new Verifier(List.of(KeptBundle.key()), List.of(first.sign(List.of(KeptBundle.SEALER)))).verify(original()), Check.LOG, "--checkpoint",
                "not signed by this log's keys");
        Path shorter = kept.with(Table.CHECKPOINTS, rows -> rows.remove(1)).write(folder, List.of(KeptBundle.SEALER));
        Report without = new Verifier(List.of(KeptBundle.SEALER.key()), checkpoints()).verify(shorter);
        assertThat(without.findings()).isEmpty();
        assertThat(printed(without, Language.EN)).contains("the checkpoint you kept (48) is not in the bundle");
        Path shrunk = kept.with(Table.CHECKPOINTS, rows -> rows.remove(2)).write(folder, List.of(KeptBundle.SEALER));
        Report before = new Verifier(List.of(KeptBundle.SEALER.key()), checkpoints()).verify(shrunk);
        assertFinds(before, Check.LOG, "log.csv", "covers 79 leaves, the last checkpoint 48");
        assertFinds(before, Check.LOG, "--checkpoint", "the log has shrunk: you kept 79 leaves, there are 48");
    }

    @Test
    void aLogWithoutCheckpointsIsNoLog() throws IOException {
        KeptBundle none = kept.with(Table.CHECKPOINTS, rows -> rows.subList(1, rows.size()).clear());
        assertFinds(none.verify(folder), Check.LOG, "checkpoints.csv", "the log has leaves and no checkpoint");
        KeptBundle nothing = none.with(Table.LOG, rows -> rows.subList(1, rows.size()).clear());
        Report report = nothing.verify(folder);
        assertThat(report.findings()).isEmpty();
        assertThat(printed(report, Language.EN)).contains("note: the bundle holds no checkpoint").contains("-     log");
        Report keptOne = new Verifier(List.of(KeptBundle.SEALER.key()), checkpoints()).verify(nothing.write(folder, List.of(KeptBundle.SEALER)));
        assertFinds(keptOne, Check.LOG, "checkpoints.csv", "no checkpoint");
    }

    @Test
    void leavesThatWereTakenOutOrMovedGiveAnotherRoot() throws IOException {
        assertFinds(kept.with(Table.LOG, 1, "sha256", kept.cell(Table.LOG, 2, "sha256")).verify(folder), Check.LOG, "log.csv",
                "the root up to here is not that of the checkpoint over 48 leaves");
        assertFinds(kept.with(Table.LOG, 1, "sm3", kept.cell(Table.LOG, 2, "sm3")).verify(folder), Check.LOG, "log.csv",
                "the root up to here is not that of the checkpoint over 79 leaves");
        Report cut = kept.with(Table.LOG, rows -> rows.removeLast()).verify(folder);
        assertFinds(cut, Check.LOG, "log.csv", "covers 78 leaves, the last checkpoint 79");
        assertFinds(cut, Check.LOG, "2026-11", "1 entries are not in the log");
        Report open = kept.with(Table.PERIODS, 2, "closed_at", "").with(Table.LOG, rows -> rows.removeLast()).verify(folder);
        assertThat(open.findings()).extracting(Finding::en).containsExactly("covers 78 leaves, the last checkpoint 79");
        assertThat(printed(open, Language.EN)).contains("note: 2026-11: 1 entries were booked after the checkpoint");
    }

    @Test
    void whoSignedIsAskedOfTheReadersKeys() throws IOException {
        assertThat(new Verifier(List.of()).verify(original()).verdict()).isEqualTo(Report.Verdict.CONSISTENT);
        assertThat(printed(new Verifier(List.of()).verify(original()), Language.EN)).contains("it is signed by city.example/books+25f9cd96");
        SealKey stranger = Sealer.newEd25519("city.example/books").key();
        assertThat(new Verifier(List.of(stranger)).verify(original()).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).contains("no valid signature by a key you named").contains("city.example/books+25f9cd96"));
        Path unsigned = kept.write(folder, List.of());
        assertThat(new Verifier(List.of(KeptBundle.key())).verify(unsigned).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.SIGNATURE);
            assertThat(finding.en()).isEqualTo("it is not signed");
        });
        Path foreign = kept.write(folder, List.of(KeptBundle.SEALER));
        assertThat(new Verifier(List.of(KeptBundle.key())).verify(foreign).findings()).extracting(Finding::en).containsExactlyInAnyOrder(
                "a signature that is wrong, or of a key that is not known: auditor.example/tests",
                "no valid signature by a key you named; it says it is signed by auditor.example/tests+"
                        + KeptBundle.SEALER.key().toVkey().split("\\+", -1)[1]);
        assertThat(new Verifier(List.of()).verify(foreign).findings()).as("the bundle's own keys did not sign").singleElement().satisfies(finding ->
                assertThat(finding.en()).contains("of a key that is not known"));
        Path two = kept.write(folder, List.of(KeptBundle.SEALER, Sealer.newEd25519("somebody.example")));
        assertThat(new Verifier(List.of(KeptBundle.SEALER.key())).verify(two).findings()).singleElement().satisfies(finding ->
                assertThat(finding.en()).endsWith("not known: somebody.example"));
        // Without sets of keys and without a named one nobody is known, and any signature is somebody's.
        Path nobody = kept.with(Table.KEY_SETS, rows -> rows.remove(1)).with(Table.CHECKPOINTS, rows -> rows.subList(1, 3).clear())
                .with(Table.LOG, rows -> rows.subList(1, rows.size()).clear()).write(folder, List.of(KeptBundle.SEALER));
        assertThat(new Verifier(List.of()).verify(nobody).verdict()).isEqualTo(Report.Verdict.CONSISTENT);
    }

    @Test
    void filesAreThoseTheManifestLists() throws IOException {
        assertThat(kept.without("parties.csv").verify(folder).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(Check.DIGESTS);
            assertThat(finding.place()).isEqualTo("parties.csv");
            assertThat(finding.en()).isEqualTo("the manifest lacks this table");
        });
        List<Manifest.File> listed = kept.files().entrySet().stream().map(each -> KeptBundle.listed(each.getKey(), each.getValue())).toList();
        Verifier reader = new Verifier(List.of(KeptBundle.SEALER.key()));
        assertFinds(reader.verify(kept.without("parties.csv").write(folder, List.of(KeptBundle.SEALER), listed)), Check.DIGESTS, "parties.csv", "the file is missing");
        assertFinds(reader.verify(kept.with("more.txt", new byte[] {1}).write(folder, List.of(KeptBundle.SEALER), listed)), Check.DIGESTS, "more.txt",
                "a file the manifest does not list");
        byte[] parties = Objects.requireNonNull(kept.files().get("parties.csv")).clone();
        parties[parties.length - 3] ^= 1;
        assertFinds(reader.verify(kept.with("parties.csv", parties).write(folder, List.of(KeptBundle.SEALER), listed)), Check.DIGESTS, "parties.csv",
                "not what the manifest lists: SHA-256");
        assertFinds(reader.verify(kept.with("parties.csv", new byte[5]).write(folder, List.of(KeptBundle.SEALER), listed)), Check.DIGESTS, "parties.csv",
                "not what the manifest lists: size 5 / " + parties.length);
        List<Manifest.File> otherSm3 = new ArrayList<>(listed);
        Manifest.File last = otherSm3.removeLast();
        otherSm3.add(new Manifest.File(last.name(), last.size(), last.sha256(), last.sha256()));
        assertFinds(reader.verify(kept.write(folder, List.of(KeptBundle.SEALER), otherSm3)), Check.DIGESTS, last.name(), "not what the manifest lists: SM3");
        KeptBundle booksAlone = kept;
        for (Table table : Table.values()) {
            booksAlone = table.isOfTheBooks() ? booksAlone : booksAlone.without(table.file());
        }
        Report books = booksAlone.verify(folder);
        assertThat(books.findings()).isEmpty();
        assertThat(printed(books, Language.EN)).contains("the bundle holds the books alone");
    }

    @Test
    void aTableThatCannotBeReadIsNamedAndTheOthersAreLookedAt() throws IOException {
        Report report = kept.with("entries.csv", "period,number\r\n".getBytes(StandardCharsets.UTF_8)).verify(folder);
        assertFinds(report, Check.ENTRIES, "entries.csv", "the first line is not that of the table");
        assertThat(report.looked(Check.USAGE)).isEqualTo(24);
        assertFinds(kept.with("accounts.csv", new byte[] {(byte) 0xff}).verify(folder), Check.ACCOUNTS, "accounts.csv", "cannot be read");
    }

    /**
     * A line of October over 30.00, of which the month itself costs 20.00, and one that says what was owed back of it when all its events were voided.
     *
     * @param month of the second line
     * @param refunded what the books gave back of the first line, in November; empty: nothing
     */
    private static KeptBundle voided(String month, String amount, String refunded) throws IOException {
        String terms = "{\"kind\":\"BASE_PLUS_USAGE\",\"baseFen\":2000,\"usage\":{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"10\"}}";
        String tariff = "00000000-0000-0001-0000-000000000009";
        KeptBundle bundle = kept.with(Table.TARIFFS, rows -> rows.add(changed(Table.TARIFFS, rows.get(1), Map.of("tariff", tariff, "plan", "p", "terms", terms))))
                .with(Table.CHARGES, rows -> {
                    List<String> first = changed(Table.CHARGES, rows.get(1), Map.of("tariff", tariff, "terms", terms, "quantity", "100",
                            "total_quantity", "100", "amount_yuan", "30.00", "vat_yuan", "1.70"));
                    List<String> second = changed(Table.CHARGES, first, Map.of("period", month, "charge", "cca7fd89-1712-06d8-ffdc-735ab53dda1a",
                            "quantity", "-100", "total_quantity", "0", "billed_quantity", "100", "billed_yuan", "30.00", "amount_yuan", amount));
                    rows.remove(17);
                    rows.set(1, first);
                    rows.add(month.equals("2026-10") ? 2 : 17, second);
                });
        if (refunded.isEmpty()) {
            return bundle;
        }
        return bundle.with(Table.ENTRIES, rows -> rows.add(changed(Table.ENTRIES, rows.getLast(), Map.of("number", "32", "entry_id",
                "00000000-0000-000b-0000-000000000001", "effective_on", "2026-11-02", "reason", "REFUND", "amount_yuan", refunded, "reverses", ""))))
                .with(Table.POSTINGS, rows -> {
                    List<String> about = changed(Table.POSTINGS, rows.get(1), Map.of("period", "2026-11", "number", "32", "amount_yuan", refunded, "merchant", "",
                            "consumer", "00000000-0000-0000-0000-000000000000", "price_version", tariff));
                    rows.add(changed(Table.POSTINGS, about, Map.of("side", "CREDIT")));
                    rows.add(changed(Table.POSTINGS, about, Map.of("line", "2", "account", "6001", "account_name", "主营业务收入")));
                });
    }

    private static List<String> changed(Table table, List<String> row, Map<String, String> cells) {
        List<String> changed = new ArrayList<>(row);
        cells.forEach((column, value) -> changed.set(table.indexOf(column), value));
        return changed;
    }

    /** Two lines of October by one subscription under two prices, each for its share of the month. */
    private static List<String> ofShares(String one, String other) throws IOException {
        String terms = "{\"kind\":\"FLAT\",\"perMonthFen\":1000}";
        KeptBundle bundle = kept.with(Table.CHARGES, rows -> {
            List<String> first = changed(Table.CHARGES, rows.get(1), Map.of("tariff", "00000000-0000-0001-0000-000000000008", "terms", terms, "month_share", one));
            rows.set(1, first);
            rows.add(2, changed(Table.CHARGES, first, Map.of("tariff", "00000000-0000-0001-0000-000000000009", "month_share", other,
                    "charge", "00000000-0000-0000-0000-00000000000c", "quantity", "0", "total_quantity", "0")));
        });
        return bundle.verify(folder).findings().stream().filter(finding -> finding.check() == Check.STATEMENTS).map(Finding::en)
                .filter(text -> text.contains("more than the month")).toList();
    }

    /** A month is sold once, however often a subscription went from one plan to another within it. */
    @Test
    void theSharesOfAMonthAreNoMoreThanTheMonth() throws IOException {
        assertThat(ofShares("1/4", "3/4")).isEmpty();
        assertThat(ofShares("1/1", "1/744")).as("an hour, for calls under way").isEmpty();
        assertThat(ofShares("1/4", "750001/1000000")).singleElement().asString().contains("2026-10", "1000001/1000000");
        assertThat(ofShares("1/1", "1/1")).hasSize(1);
    }

    /** What is said of amounts that are not what a price makes of the units, or are too little with what the books gave back. */
    private static List<String> ofAmounts(KeptBundle bundle) throws IOException {
        return bundle.verify(folder).findings().stream().filter(finding -> finding.check() == Check.STATEMENTS).map(Finding::en)
                .filter(text -> text.contains("computed from") || text.contains("too little")).toList();
    }

    /** 价格法第四十一条: what was paid too much is given back, once. What the month costs without any use stays owed while the subscription stands. */
    @Test
    void ofUseThatWasVoidedIsOwedBackWhatNoRefundGaveBack() throws IOException {
        assertThat(ofAmounts(voided("2026-10", "-30.00", ""))).as("the subscription had not been there").isEmpty();
        assertThat(ofAmounts(voided("2026-10", "-10.00", ""))).as("the month is owed").isEmpty();
        assertThat(ofAmounts(voided("2026-10", "-5.00", "5.00"))).as("the month is owed, and a part was given back").isEmpty();
        assertThat(ofAmounts(voided("2026-10", "-25.00", "5.00"))).as("nothing is owed, and a part was given back").isEmpty();
        assertThat(ofAmounts(voided("2026-10", "0.00", "10.00"))).as("it was given back before").isEmpty();
        String consumer = "corrections of 00000000-0000-0000-0000-000000000000 take back ";
        assertThat(ofAmounts(voided("2026-10", "-5.00", ""))).containsExactly(consumer + "5.00 too little, refunds gave back 0.00");
        assertThat(ofAmounts(voided("2026-10", "-5.00", "4.99"))).containsExactly(consumer + "5.00 too little, refunds gave back 4.99");
        assertThat(ofAmounts(voided("2026-10", "-25.00", "4.99"))).containsExactly(consumer + "5.00 too little, refunds gave back 4.99");
        assertThat(ofAmounts(voided("2026-10", "0.00", "9.99"))).containsExactly(consumer + "10.00 too little, refunds gave back 9.99");
        assertThat(ofAmounts(voided("2026-10", "-30.01", ""))).containsExactly("amount -30.01, computed from 0 units -10.00");
        assertThat(ofAmounts(voided("2026-10", "0.01", "10.00"))).containsExactly("amount 0.01, computed from 0 units -10.00");
    }

    /**
     * A refund is booked on the day it is granted, and a month is rated after its end, knowing of it: of a correction in the bundle's last month it may
     * stand in the month after. What the bundle's refunds do explain is not in doubt.
     */
    @Test
    void ofTheLastMonthARefundMayStandInTheMonthAfter() throws IOException {
        KeptBundle last = voided("2026-11", "-5.00", "");
        assertThat(ofAmounts(last)).isEmpty();
        assertThat(printed(last.verify(folder), Language.EN))
                .contains("note: 5.00 that corrections of 2026-11 take back too little may be refunded in the month after");
        assertThat(printed(voided("2026-11", "-5.00", "2.00").verify(folder), Language.EN))
                .contains("note: 3.00 that corrections of 2026-11 take back too little");
        KeptBundle refunded = voided("2026-11", "-5.00", "5.00");
        assertThat(ofAmounts(refunded)).isEmpty();
        assertThat(printed(refunded.verify(folder), Language.EN)).doesNotContain("too little");
        assertThat(ofAmounts(voided("2026-10", "-5.00", ""))).as("of an earlier month it would be in the books").hasSize(1);
        assertThat(ofAmounts(voided("2026-11", "0.01", ""))).as("more than is owed").hasSize(1);
    }

    private static final String FIRST_LINE = "c0d12375-ccf6-fa19-3171-a3d5c81a6bbb";
    private static final String REFUND = "00000000-0000-000b-0000-000000000001";

    /** A bundle of today's form, which says of which line a refund was, and when a subscription stood; where prices go by the plan, all others always did. */
    private static KeptBundle saying(KeptBundle bundle, String refunds, String spells) throws IOException {
        return bundle.with(Table.CEILINGS, 1, "month_yuan", "20.00") // so that a price by the month may hold
                .with(Table.CHARGES, rows -> {
                    for (int i = 1; i < rows.size(); i++) {
                        rows.set(i, changed(Table.CHARGES, rows.get(i), Map.of("ceiling_month_yuan", "20.00")));
                    }
                })
                .with("refunds.csv", ("refund,charge,granted_on,amount_yuan,vat_yuan\r\n" + refunds).getBytes(StandardCharsets.UTF_8))
                .with("spells.csv", ("subscription,product,plan,from,until\r\n" + withOthers(bundle, spells)).getBytes(StandardCharsets.UTF_8));
    }

    private static String withOthers(KeptBundle bundle, String spells) throws IOException {
        if (bundle.rows(Table.TARIFFS).stream().skip(1).allMatch(row -> row.get(Table.TARIFFS.indexOf("plan")).isEmpty())) {
            return spells;
        }
        String own = kept.cell(Table.CHARGES, 1, "subscription");
        Stream<String> others = bundle.rows(Table.CHARGES).stream().skip(1).map(row -> row.get(Table.CHARGES.indexOf("subscription")))
                .filter(each -> !each.equals(own)).distinct().map(each -> each + ",bus,z,2026-08-01T00:00:00Z,2027-01-01T00:00:00Z");
        return Stream.concat(spells.lines(), others).sorted().map(row -> row + "\r\n").collect(Collectors.joining());
    }

    private static String refund(String line, String on, String amount) {
        return REFUND + "," + line + "," + on + "," + amount + ",0.00\r\n";
    }

    private static String spell(String plan, String from, String until) throws IOException {
        return kept.cell(Table.CHARGES, 1, "subscription") + ",bus," + plan + "," + from + "," + until + "\r\n";
    }

    /** What a month costs without any use is owed while the subscription stood under that price, and not otherwise. */
    @Test
    void ofUseThatWasVoidedTheMonthIsOwedWhereTheSubscriptionStood() throws IOException {
        String october = spell("p", "2026-09-10T00:00:00Z", "2026-10-31T16:00:00Z");
        String gone = spell("p", "2026-09-10T00:00:00Z", "2026-09-30T16:00:00Z");
        String other = spell("q", "2026-09-10T00:00:00Z", "2026-10-31T16:00:00Z");
        assertThat(ofAmounts(saying(voided("2026-10", "-10.00", ""), "", october))).isEmpty();
        assertThat(ofAmounts(saying(voided("2026-10", "-30.00", ""), "", october))).containsExactly("amount -30.00, computed from 0 units -10.00");
        assertThat(ofAmounts(saying(voided("2026-10", "-10.00", ""), "", spell("p", "2026-10-31T15:59:59Z", "2026-11-10T00:00:00Z"))))
                .as("the last second is a part of the month").isEmpty();
        for (String none : List.of("", gone, other)) {
            assertThat(ofAmounts(saying(voided("2026-10", "-30.00", ""), "", none))).as(none).isEmpty();
            assertThat(ofAmounts(saying(voided("2026-10", "-10.00", ""), "", none))).as(none).singleElement().asString().contains("takes back 20.00 too little");
        }
        assertFinds(saying(kept, "", october + october).verify(folder), Check.STATEMENTS, "spells.csv:3", "overlaps the one before");
        assertFinds(saying(kept, "", spell("p", "2026-10-05T00:00:00Z", "2026-10-05T00:00:00Z")).verify(folder), Check.STATEMENTS, "spells.csv:2", "of no length");
        assertFinds(saying(kept, "", october + october.replaceFirst("^.", " ")).verify(folder), Check.STATEMENTS, "spells.csv:3", "out of order");
    }

    /** Refunds say of which line they are, so that what one line gave back explains no other; and those booked after the bundle are told too. */
    @Test
    void aRefundExplainsTheLinesOfItsOwnKeyAlone() throws IOException {
        String october = spell("p", "2026-09-10T00:00:00Z", "2026-10-31T16:00:00Z");
        KeptBundle five = voided("2026-10", "-5.00", "5.00");
        assertThat(ofAmounts(saying(five, refund(FIRST_LINE, "2026-11-02", "5.00"), october))).isEmpty();
        assertThat(ofAmounts(saying(five, "", october))).as("no refund is of that line")
                .containsExactly("takes back 5.00 too little, refunds of its lines gave back 0.00");
        String elsewhere = kept.cell(Table.CHARGES, 3, "charge");
        assertThat(ofAmounts(saying(five, refund(elsewhere, "2026-11-02", "5.00"), october))).as("it is of another line")
                .containsExactly("takes back 5.00 too little, refunds of its lines gave back 0.00");
        assertFinds(saying(five, refund(elsewhere, "2026-11-02", "5.00"), october).verify(folder), Check.STATEMENTS, "refunds.csv:2",
                "the entry of the refund says something else");
        assertFinds(saying(five, refund(FIRST_LINE, "2026-11-02", "4.99"), october).verify(folder), Check.STATEMENTS, "refunds.csv:2",
                "the entry of the refund says something else");
        assertFinds(saying(five, refund(FIRST_LINE, "2026-11-03", "5.00"), october).verify(folder), Check.STATEMENTS, "refunds.csv:2",
                "the entry of the refund says something else");
        assertFinds(saying(five, refund(FIRST_LINE, "2026-11-02", "30.01"), october).verify(folder), Check.STATEMENTS, "charges.csv:2",
                "refunds of 30.01 are more than the line charged");
        assertFinds(saying(five, refund("00000000-0000-000c-0000-000000000001", "2026-11-02", "5.00"), october).verify(folder), Check.STATEMENTS,
                "refunds.csv:2", "the line it gives back is not in the bundle");
        // October was closed in December, after a refund of December: it is booked where the bundle does not reach.
        KeptBundle late = saying(voided("2026-10", "-5.00", ""), refund(FIRST_LINE, "2026-12-20", "5.00"), october);
        assertThat(ofAmounts(late)).isEmpty();
        assertThat(printed(late.verify(folder), Language.EN)).contains("note: refund " + REFUND + " is booked outside the months of the bundle (2026-12-20)");
        assertThat(late.verify(folder).findings()).extracting(Finding::en).noneMatch(en -> en.contains("the entry of the refund"));
        assertThat(ofAmounts(saying(voided("2026-10", "-5.00", ""), refund(FIRST_LINE, "2026-12-20", "4.99"), october)))
                .containsExactly("takes back 5.00 too little, refunds of its lines gave back 4.99");
    }

    /**
     * A price may be announced and then overtaken by a lower ceiling before it begins. Nobody takes it back, and it never holds; when the ceiling was set a
     * bundle does not say.
     */
    @Test
    void aPriceThatALowerCeilingOvertookBeforeItBeganIsNoBreach() throws IOException {
        List<String> product = kept.rows(Table.CEILINGS).get(1);
        KeptBundle overtaken = kept.with(Table.TARIFFS, rows -> rows.add(changed(Table.TARIFFS, rows.get(1), Map.of("tariff",
                        "00000000-0000-0001-0000-000000000009", "plan", "p", "terms", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"800\"}",
                        "published_at", "2026-08-02T00:00:00Z", "effective_from", "2026-12-20T00:00:00Z"))))
                .with(Table.CEILINGS, rows -> rows.add(ceiling(product, "2", "*", "2026-12-10T00:00:00Z", "799")));
        assertThat(overtaken.verify(folder).findings()).isEmpty();
        assertThat(printed(overtaken.verify(folder), Language.EN))
                .contains("note: price 00000000-0000-0001-0000-000000000009 is above the ceiling in force when it begins and was within one when it was published or later");
        assertFinds(overtaken.with(Table.TARIFFS, 3, "published_at", "2026-12-10T00:00:00Z").verify(folder), Check.PRICES, "tariffs.csv:4", "above its ceiling");
        assertFinds(overtaken.with(Table.TARIFFS, 3, "terms", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"901\"}").verify(folder), Check.PRICES, "tariffs.csv:4",
                "above its ceiling");
        // A ceiling between the two may have been the one the price was published under.
        KeptBundle between = overtaken.with(Table.TARIFFS, 3, "terms", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"901\"}")
                .with(Table.CEILINGS, rows -> rows.add(ceiling(product, "3", "*", "2026-12-05T00:00:00Z", "901")));
        assertThat(between.verify(folder).findings()).isEmpty();
        // And no line is charged at it.
        assertFinds(overtaken.with(Table.TARIFFS, 3, "effective_from", "2026-09-20T00:00:00Z").with(Table.CEILINGS, 2, "effective_from", "2026-09-10T00:00:00Z")
                .with(Table.CHARGES, 1, "tariff", "00000000-0000-0001-0000-000000000009")
                .with(Table.CHARGES, 1, "terms", "{\"kind\":\"PER_UNIT\",\"fenPerUnit\":\"800\"}").verify(folder), Check.STATEMENTS, "charges.csv:2",
                "did not hold in 2026-10");
    }

    private static String printed(Report report, Language language) {
        StringWriter printed = new StringWriter();
        report.print(new PrintWriter(printed), language);
        return printed.toString();
    }

    @Test
    void aReportIsATableAPersonCanRead() throws IOException {
        Report good = new Verifier(List.of(KeptBundle.key())).verify(original());
        assertThat(printed(good, Language.EN)).contains("ok    archive                    18  the archive is whole")
                .contains("Verdict: everything agrees, and the signer is the key you named.").doesNotContain("FAIL");
        assertThat(printed(good, Language.ZH)).contains("相符  文件包              18  包的结构完整").contains("注:2026 只有包内各月的收入参与比较")
                .contains("结论:全部相符,签名者为所指定的密钥。");
        Report unsure = new Verifier(List.of()).verify(original());
        assertThat(printed(unsure, Language.EN)).contains("who signed it was not checked");
        assertThat(printed(unsure, Language.ZH)).contains("用 --key 再核一次");
        Report bad = kept.with(Table.CHARGES, rows -> {
            for (int i = 1; i < rows.size(); i++) {
                List<String> row = new ArrayList<>(rows.get(i));
                row.set(Table.CHARGES.indexOf("vat_yuan"), "9999.99");
                rows.set(i, row);
            }
        }).verify(folder);
        assertThat(bad.findings()).hasSize(20).extracting(Finding::check).containsOnly(Check.STATEMENTS);
        assertThat(printed(bad, Language.EN)).contains("FAIL  statements").contains("✗  charges.csv:2 (c0d12375-ccf6-fa19-3171-a3d5c81a6bbb): VAT 9999.99")
                .contains("✗  and 17 more").contains("Verdict: it does not agree");
        assertThat(printed(bad, Language.ZH)).contains("不符  账单").contains("✗  另有 17 处").contains("结论:不相符");
    }

    private static int status(StringWriter out, String... arguments) {
        CommandLine line = new CommandLine(new VerifyCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        return line.execute(arguments);
    }

    @Test
    void theCommandTellsAScriptByItsStatus() throws IOException {
        String file = original().toString();
        String vkey = KeptBundle.key().toVkey();
        StringWriter out = new StringWriter();
        assertThat(status(out, file, "--key", vkey, "--lang", "en")).isZero();
        assertThat(out.toString()).contains("Verdict: everything agrees");
        assertThat(status(out, file)).isEqualTo(3);
        assertThat(out.toString()).contains("结论:包内各项相符");
        Path keys = Files.writeString(folder.resolve("keys"), "# the city's\n\n" + vkey + "\n");
        assertThat(status(out, file, "--key", keys.toString())).isZero();
        Path checkpoint = Files.writeString(folder.resolve("checkpoint"), checkpoints().getFirst().toString());
        assertThat(status(out, file, "--key", vkey, "--checkpoint", checkpoint.toString())).isZero();
        Path changed = kept.with(Table.CHARGES, 1, "amount_yuan", "0.01").write(folder, List.of(KeptBundle.SEALER));
        assertThat(status(out, changed.toString(), "--key", KeptBundle.SEALER.key().toVkey())).isEqualTo(1);
        assertThat(status(out, folder.resolve("none.zip").toString())).isEqualTo(2);
        assertThat(out.toString()).contains("none.zip cannot be read");
        assertThat(status(out, file, "--key", "a+b+c")).isEqualTo(2);
        assertThat(out.toString()).contains("not a public key: a+b+c");
        assertThat(status(out, file, "--checkpoint", keys.toString())).isEqualTo(2);
        assertThat(out.toString()).contains("not a checkpoint");
    }
}
