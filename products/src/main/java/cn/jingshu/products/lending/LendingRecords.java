package cn.jingshu.products.lending;

import cn.jingshu.products.domain.DataSession;
import cn.jingshu.products.domain.Row;
import cn.jingshu.products.lending.estimate.EnterpriseFacts;
import cn.jingshu.products.lending.estimate.EstimateAsk;
import cn.jingshu.products.lending.estimate.OwnedUnit;
import cn.jingshu.products.lending.estimate.PersonFacts;
import cn.jingshu.products.lending.estimate.Proceedings;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is known of a person or an enterprise. Amounts of income and deposits and real estate of a person are not even read
 * without written consent. Adverse proceedings that ended longer ago than they may be kept are not read.
 */
final class LendingRecords {
    private static final int MONTHS = 24;

    private static final String NEWEST_CONTRIBUTION = "SELECT max(month) AS newest FROM personal_contribution";
    private static final String CONTRIBUTIONS = """
            SELECT count(*) AS known, count(*) FILTER (WHERE paid AND month > ?) AS months
              FROM personal_contribution WHERE person = ?
            """;
    private static final String BASES = """
            SELECT base_fen FROM personal_contribution WHERE person = ? AND paid AND month > ? ORDER BY month DESC LIMIT 6
            """;
    private static final String NEWEST_DEPOSIT = "SELECT max(month) AS newest FROM personal_provident_fund";
    private static final String DEPOSIT_MONTHS = """
            SELECT month FROM personal_provident_fund WHERE person = ? ORDER BY month DESC LIMIT 24
            """;
    private static final String FUND_ACCOUNT = """
            SELECT deposit_fen, balance_fen FROM personal_provident_fund WHERE person = ? ORDER BY month DESC LIMIT 1
            """;
    private static final String TALENT = """
            SELECT count(*) AS known FROM talent WHERE person = ? AND from_day <= ? AND (until_day IS NULL OR until_day >= ?)
            """;
    private static final String UNITS = """
            SELECT r.share, r.appraised_fen, h.use,
                   (SELECT CAST(COALESCE(sum(m.secured_fen), 0) AS bigint) FROM mortgage m
                     WHERE m.unit_code = r.unit_code AND (m.released_on IS NULL OR m.released_on > ?)) AS secured_fen,
                   EXISTS (SELECT 1 FROM seizure s
                            WHERE s.unit_code = r.unit_code AND (s.until_day IS NULL OR s.until_day > ?)) AS seized
              FROM real_estate r
              LEFT JOIN house h ON h.unit_code = r.unit_code
             WHERE r.owner = ?
             ORDER BY r.unit_code
             LIMIT 200
            """;
    private static final String PERSON_LITIGATION = """
            SELECT count(*) FILTER (WHERE closed_on IS NULL) AS open, count(*) FILTER (WHERE closed_on IS NOT NULL) AS closed
              FROM personal_litigation WHERE person = ? AND against AND (closed_on IS NULL OR closed_on > ?)
            """;
    private static final String PERSON_ENFORCEMENT = """
            SELECT count(*) FILTER (WHERE closed_on IS NULL) AS open, count(*) FILTER (WHERE closed_on IS NOT NULL) AS closed
              FROM personal_enforcement WHERE person = ? AND against AND (closed_on IS NULL OR closed_on > ?)
            """;
    private static final String ENTERPRISE_LITIGATION = """
            SELECT count(*) FILTER (WHERE closed_on IS NULL) AS open, count(*) FILTER (WHERE closed_on IS NOT NULL) AS closed
              FROM enterprise_litigation WHERE enterprise = ? AND against AND (closed_on IS NULL OR closed_on > ?)
            """;
    private static final String ENTERPRISE_ENFORCEMENT = """
            SELECT count(*) FILTER (WHERE closed_on IS NULL) AS open, count(*) FILTER (WHERE closed_on IS NOT NULL) AS closed
              FROM enterprise_enforcement WHERE enterprise = ? AND against AND (closed_on IS NULL OR closed_on > ?)
            """;
    private static final String ENTERPRISE = "SELECT state, established_on FROM enterprise WHERE enterprise = ?";
    private static final String NEWEST_REPORT = "SELECT max(report_year) AS newest FROM enterprise_annual_report";
    private static final String REPORTS = """
            SELECT report_year, revenue_fen, profit_fen FROM enterprise_annual_report
             WHERE enterprise = ? AND report_year > ? ORDER BY report_year DESC
            """;
    private static final String DISHONEST = """
            SELECT count(*) AS known FROM dishonest_enterprise
             WHERE enterprise = ? AND listed_on <= ? AND (removed_on IS NULL OR removed_on > ?)
            """;
    private static final String ABNORMAL = """
            SELECT count(*) AS known FROM abnormal_enterprise
             WHERE enterprise = ? AND listed_on <= ? AND (removed_on IS NULL OR removed_on > ?)
            """;
    private static final String NEWEST_EMPLOYER = "SELECT max(month) AS newest FROM employer_contribution";
    private static final String EMPLOYER = """
            SELECT count(*) AS months, count(*) FILTER (WHERE paid_fen < due_fen) AS arrears,
                   CAST(COALESCE(sum(base_fen), 0) AS bigint) AS payroll,
                   COALESCE(sum(insured) FILTER (WHERE month > ?), 0) / 3.0 AS now,
                   COALESCE(sum(insured) FILTER (WHERE month <= ?), 0) / 3.0 AS before
              FROM employer_contribution WHERE enterprise = ? AND month > ? AND month <= ?
            """;
    private static final String NEWEST_EMPLOYER_DEPOSIT = "SELECT max(month) AS newest FROM employer_provident_fund";
    private static final String EMPLOYER_DEPOSITS =
            "SELECT count(*) AS known FROM employer_provident_fund WHERE enterprise = ? AND month > ? AND month <= ?";
    private static final String RIGHTS = """
            SELECT count(*) AS known FROM intellectual_property
             WHERE enterprise = ? AND granted_on <= ? AND (until_day IS NULL OR until_day >= ?)
            """;
    private static final String QUALIFICATIONS = """
            SELECT count(DISTINCT kind) AS known FROM enterprise_qualification
             WHERE enterprise = ? AND from_day <= ? AND (until_day IS NULL OR until_day >= ?)
            """;

    private final DataSession session;
    private final LocalDate today;
    private final LocalDate adverseSince;

    /**
     * @param today the day the estimate speaks of
     * @param adverseSince proceedings that ended on or before this day are not read
     */
    LendingRecords(DataSession session, LocalDate today, LocalDate adverseSince) {
        this.session = session;
        this.today = today;
        this.adverseSince = adverseSince;
    }

    /** What is known of a person, by token. */
    PersonFacts person(String token, EstimateAsk.Consented consented) {
        LocalDate newest = newest(NEWEST_CONTRIBUTION);
        LocalDate since = newest.minusMonths(MONTHS);
        Pair contributions = session.select(CONTRIBUTIONS, row -> new Pair(row.integer("known"), row.integer("months")), since, token)
                .getFirst();
        List<Long> bases = consented.income()
                ? session.select(BASES, row -> row.integer("base_fen"), token, since) : List.of();
        List<LocalDate> deposits = session.select(DEPOSIT_MONTHS, row -> row.date("month"), token);
        Optional<Pair> account = consented.deposits()
                ? session.find(FUND_ACCOUNT, row -> new Pair(row.integer("deposit_fen"), row.integer("balance_fen")), token)
                : Optional.empty();
        return new PersonFacts(
                contributions.first() == 0 ? -1 : (int) contributions.second(),
                bases.isEmpty() ? null : mean(bases),
                deposits.isEmpty() ? -1 : inARow(deposits, newest(NEWEST_DEPOSIT)),
                account.map(Pair::first).orElse(null),
                account.map(Pair::second).orElse(null),
                consented.realEstate() ? units(token) : null,
                count(TALENT, token, today, today) > 0,
                proceedings(PERSON_LITIGATION, PERSON_ENFORCEMENT, token));
    }

    /** What is known of an enterprise, by token; empty: it is not on the register. */
    Optional<EnterpriseFacts> enterprise(String token) {
        Optional<Registered> registered =
                session.find(ENTERPRISE, row -> new Registered(row.text("state"), row.date("established_on")), token);
        if (registered.isEmpty()) {
            return Optional.empty();
        }
        long latestYear = session.select(NEWEST_REPORT, row -> row.findInteger("newest").orElse((long) today.getYear() - 1)).getFirst();
        List<Report> reports = session.select(REPORTS, row -> new Report(row.integer("report_year"),
                row.findInteger("revenue_fen").orElse(null), row.findInteger("profit_fen").orElse(null)), token, latestYear - 3);
        Optional<Report> published = reports.stream().filter(report -> report.revenueFen() != null).findFirst();
        LocalDate month = newest(NEWEST_EMPLOYER);
        LocalDate deposited = newest(NEWEST_EMPLOYER_DEPOSIT);
        Employer employer = session.select(EMPLOYER, row -> new Employer((int) row.integer("months"), (int) row.integer("arrears"),
                        row.integer("payroll"), row.decimal("now").doubleValue(), row.decimal("before").doubleValue()),
                month.minusMonths(3), month.minusMonths(9), token, month.minusMonths(12), month).getFirst();
        return Optional.of(new EnterpriseFacts(
                registered.get().establishedOn(),
                registered.get().state().equals("ACTIVE"),
                count(DISHONEST, token, today, today) > 0,
                count(ABNORMAL, token, today, today) > 0,
                reports.stream().anyMatch(report -> report.year() == latestYear),
                published.map(Report::revenueFen).orElse(null),
                published.map(Report::profitFen).orElse(null),
                employer.months(),
                employer.arrears(),
                employer.now(),
                employer.before(),
                employer.payrollFen(),
                (int) count(EMPLOYER_DEPOSITS, token, deposited.minusMonths(12), deposited),
                (int) count(RIGHTS, token, today, today),
                (int) count(QUALIFICATIONS, token, today, today),
                proceedings(ENTERPRISE_LITIGATION, ENTERPRISE_ENFORCEMENT, token),
                units(token)));
    }

    private record Pair(long first, long second) {}

    private record Registered(String state, LocalDate establishedOn) {}

    private record Report(long year, @Nullable Long revenueFen, @Nullable Long profitFen) {}

    private record Employer(int months, int arrears, long payrollFen, double now, double before) {}

    /** The newest month on record of anybody; this month where nothing is. */
    private LocalDate newest(String sql) {
        return session.select(sql, row -> row.findDate("newest").orElse(today.withDayOfMonth(1))).getFirst();
    }

    private long count(String sql, Object... parameters) {
        return session.select(sql, row -> row.integer("known"), parameters).getFirst();
    }

    private static Long mean(List<Long> amounts) {
        return amounts.stream().mapToLong(Long::longValue).sum() / amounts.size();
    }

    private static int inARow(List<LocalDate> months, LocalDate newest) {
        int count = 0;
        for (LocalDate month : months) {
            if (!month.equals(newest.minusMonths(count))) {
                break;
            }
            count++;
        }
        return count;
    }

    private List<OwnedUnit> units(String token) {
        return session.select(UNITS, row -> new OwnedUnit(row.decimal("share").doubleValue(),
                row.findText("use").map(use -> use.equals("RESIDENTIAL")).orElse(null), row.findInteger("appraised_fen").orElse(null),
                row.integer("secured_fen"), row.bool("seized")), today, today, token);
    }

    private Proceedings proceedings(String litigation, String enforcement, String token) {
        Pair sued = session.select(litigation, LendingRecords::openAndClosed, token, adverseSince).getFirst();
        Pair enforced = session.select(enforcement, LendingRecords::openAndClosed, token, adverseSince).getFirst();
        return new Proceedings((int) sued.first(), (int) sued.second(), (int) enforced.first(), (int) enforced.second());
    }

    private static Pair openAndClosed(Row row) {
        return new Pair(row.integer("open"), row.integer("closed"));
    }
}
