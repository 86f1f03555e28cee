package cn.jingshu.marketplace.policy;

import cn.jingshu.ledger.period.Periods;
import cn.jingshu.ledger.settlement.PolicyChoices;
import cn.jingshu.ledger.settlement.PolicyRates;
import cn.jingshu.marketplace.governance.AuditLog;
import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.party.People;
import cn.jingshu.marketplace.party.Role;
import cn.jingshu.marketplace.store.Database;
import cn.jingshu.marketplace.store.DatabaseException;
import cn.jingshu.marketplace.store.Row;
import cn.jingshu.marketplace.store.Transaction;
import cn.jingshu.products.domain.JdbcDataDomain;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of policy and how they change: proposed by one person of the bureau with citation and day, approved by another before that day. What holds
 * is never edited, and nothing begins to hold in the past or in a month that is closed; the rates of the books begin with a month.
 */
@Singleton
public final class PolicyProposals {
    /** Before the name of a rate of the books, such as {@code rate.TREASURY}. */
    static final String RATE = "rate.";
    /** Before the name of a choice of the books, such as {@code choice.TREASURY_BASE}. */
    static final String CHOICE = "choice.";
    /** Characters of a citation, ground or decision. */
    public static final int MOST_TEXT = 1_000;

    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final int MILLIONTHS = 1_000_000;
    /** A number is not proposed further ahead than anybody plans. */
    private static final int YEARS_AHEAD = 10;

    private static final String PROPOSE = """
            INSERT INTO market.policy_proposal (id, name, value, effective_on, citation, ground, proposed_by, proposed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT ON CONSTRAINT policy_proposal_pk DO NOTHING
            """;
    private static final String DECIDE = """
            UPDATE market.policy_proposal SET approved = ?, decided_by = ?, decided_at = ?, decision = ? WHERE id = ?
            """;
    private static final String ENACT = """
            INSERT INTO market.policy_parameter (name, effective_from, value, citation) VALUES (?, ?, ?, ?)
            """;
    private static final String LOCKED = """
            SELECT id, name, value, effective_on, citation, ground, proposed_by, proposed_at, approved, decided_by, decided_at, decision
              FROM market.policy_proposal
             WHERE id = ?
               FOR UPDATE
            """;
    private static final String ALL = """
            SELECT id, name, value, effective_on, citation, ground, proposed_by, proposed_at, approved, decided_by, decided_at, decision
              FROM market.policy_proposal
             ORDER BY (approved IS NULL) DESC, proposed_at DESC, id
             LIMIT ?
            """;

    private final Database database;
    private final PolicyParameters parameters;
    private final Provider<PolicyRates> rates;
    private final Provider<PolicyChoices> choices;
    private final Periods periods;
    private final JdbcDataDomain domain;
    private final Clock clock;

    PolicyProposals(Database database, PolicyParameters parameters, Provider<PolicyRates> rates, Provider<PolicyChoices> choices, Periods periods,
            JdbcDataDomain domain, Clock clock) {
        this.database = database;
        this.parameters = parameters;
        this.rates = rates;
        this.choices = choices;
        this.periods = periods;
        this.domain = domain;
        this.clock = clock;
    }

    /**
     * A number as it holds from a moment on.
     *
     * @param state whether it is past, holds now, or is to come
     */
    public record Dated(String name, String value, Instant from, String citation, State state) {}

    /** Where a number stands in time. */
    public enum State {
        /** A later one took its place. */
        PAST,
        IN_FORCE,
        /** Approved, and its day has not come. */
        TO_COME
    }

    /**
     * A proposal.
     *
     * @param approved null: not decided
     */
    public record Proposal(UUID id, String name, String value, LocalDate effectiveOn, String citation, String ground, UUID proposedBy, Instant proposedAt,
            @Nullable Boolean approved, @Nullable UUID decidedBy, @Nullable Instant decidedAt, @Nullable String decision) {}

    /** What is proposed. */
    public record Proposed(String name, String value, LocalDate effectiveOn, String citation, String ground) {}

    /** Why a step is refused; stable text. */
    public enum Refusal {
        UNKNOWN("没有该提案", "there is no such proposal"),
        ID_TAKEN("该编号已用于其他内容", "the id was used for something else"),
        NO_SUCH_NUMBER("没有该政策数值", "there is no such number of policy"),
        VALUE_UNFIT("数值格式或范围不符", "the value has not the form or range of this number"),
        UNDER_THE_LAW("短于法律规定的最短保存期限", "it is shorter than what the law asks for at least"),
        NOT_TO_COME("生效日期须晚于今天:不得追溯", "it begins to hold after today: nothing is set back"),
        TOO_FAR("生效日期不得晚于十年后", "it begins to hold within ten years"),
        PERIOD_CLOSED("生效日期所在或之后的月份已关账", "a month from that day on is closed"),
        NO_FIRST_OF_MONTH("账务比率须自某月一日起施行", "a rate of the books begins with a month"),
        DATE_TAKEN("该数值在同一日期已有记录", "there is a number of that day already"),
        SAME_PERSON("提出人不得审批自己的事项", "who proposed it does not approve it"),
        NOT_THE_BUREAU("须由数据主管部门办理", "the data bureau does it"),
        DECIDED("已有决定", "it is decided already");

        private final String zh;
        private final String en;

        Refusal(String zh, String en) {
            this.zh = zh;
            this.en = en;
        }

        public String zh() {
            return zh;
        }

        public String en() {
            return en;
        }
    }

    /** What came of a step. */
    public sealed interface Outcome {
        /** {@code already}: it stood before, so nothing was changed or logged. */
        record Done(boolean already) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    private static Outcome refused(Refusal refusal) {
        return new Outcome.Refused(refusal);
    }

    /** Proposes a number under an id its maker chose. */
    public Outcome propose(UUID id, Proposed proposed, UUID by) {
        Optional<Proposal> before = database.inTransaction(t -> t.find(LOCKED, PolicyProposals::read, id));
        if (before.isPresent()) {
            return same(before.get(), proposed, by) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
        }
        Optional<Refusal> unfit = unfit(proposed);
        if (unfit.isPresent()) {
            return refused(unfit.get());
        }
        return database.inTransaction(t -> {
            if (!isOfTheBureau(t, by)) {
                return refused(Refusal.NOT_THE_BUREAU);
            }
            if (t.change(PROPOSE, id, proposed.name(), proposed.value(), proposed.effectiveOn(), proposed.citation(), proposed.ground(), by,
                    clock.instant()) == 0) {
                return same(t.find(LOCKED, PolicyProposals::read, id).orElseThrow(), proposed, by) ? new Outcome.Done(true) : refused(Refusal.ID_TAKEN);
            }
            AuditLog.append(t, clock, by, "policy.propose", "policy_proposal", id,
                    Map.of("name", proposed.name(), "value", proposed.value(), "on", proposed.effectiveOn().toString()));
            return new Outcome.Done(false);
        });
    }

    private static boolean same(Proposal before, Proposed proposed, UUID by) {
        return before.proposedBy().equals(by) && new Proposed(before.name(), before.value(), before.effectiveOn(), before.citation(),
                before.ground()).equals(proposed);
    }

    private static boolean isOfTheBureau(Transaction t, UUID by) throws SQLException {
        return People.getIn(t, by).roles().contains(Role.REGULATOR);
    }

    /** Decides about one; what is approved holds from its day on. */
    public Outcome decide(UUID id, boolean approved, String decision, UUID by) {
        Optional<Proposal> found = find(id);
        if (found.isEmpty()) {
            return refused(Refusal.UNKNOWN);
        }
        Proposal looked = found.get();
        // The day may have come, or its month have been closed, since it was proposed.
        Optional<Refusal> unfit = approved && looked.approved() == null
                ? unfit(new Proposed(looked.name(), looked.value(), looked.effectiveOn(), looked.citation(), looked.ground())) : Optional.empty();
        try {
            return database.inTransaction(t -> {
                Proposal proposal = t.find(LOCKED, PolicyProposals::read, id).orElseThrow();
                if (!isOfTheBureau(t, by)) {
                    return refused(Refusal.NOT_THE_BUREAU);
                }
                if (proposal.approved() != null) {
                    return proposal.approved() == approved && by.equals(proposal.decidedBy()) && decision.equals(proposal.decision())
                            ? new Outcome.Done(true) : refused(Refusal.DECIDED);
                }
                if (proposal.proposedBy().equals(by)) {
                    return refused(Refusal.SAME_PERSON);
                }
                if (unfit.isPresent()) {
                    return refused(unfit.get());
                }
                t.change(DECIDE, approved, by, clock.instant(), decision, id);
                if (approved) {
                    enact(t, proposal, by);
                }
                AuditLog.append(t, clock, by, approved ? "policy.approve" : "policy.refuse", "policy_proposal", id,
                        Map.of("name", proposal.name(), "value", proposal.value(), "on", proposal.effectiveOn().toString()));
                return new Outcome.Done(false);
            });
        } catch (DatabaseException e) {
            if (e.violates("policy_parameter_pk") || e.violates("policy_rate_pk") || e.violates("policy_choice_pk")) {
                return refused(Refusal.DATE_TAKEN); // by another proposal, at the same moment
            }
            throw e;
        }
    }

    private static void enact(Transaction t, Proposal p, UUID by) throws SQLException {
        if (p.name().startsWith(RATE)) {
            long millionths = new BigDecimal(p.value()).movePointRight(6).longValueExact();
            t.join(connection -> {
                PolicyRates.enact(connection, p.name().substring(RATE.length()), p.effectiveOn(), millionths, MILLIONTHS, p.citation(), p.proposedBy(), by);
                return true;
            });
        } else if (p.name().startsWith(CHOICE)) {
            t.join(connection -> {
                PolicyChoices.enact(connection, p.name().substring(CHOICE.length()), p.effectiveOn(), p.value(), p.citation(), p.proposedBy(), by);
                return true;
            });
        } else {
            t.change(ENACT, p.name(), p.effectiveOn().atStartOfDay(ZONE).toInstant(), p.value(), p.citation());
        }
    }

    /** What is wrong with a proposal today; empty: nothing. */
    private Optional<Refusal> unfit(Proposed proposed) {
        List<Dated> known = listAll().stream().filter(each -> each.name().equals(proposed.name())).toList();
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZONE);
        if (known.isEmpty()) {
            return Optional.of(Refusal.NO_SUCH_NUMBER);
        }
        if (!NumberForm.of(proposed.name()).fits(proposed.value())) {
            return Optional.of(Refusal.VALUE_UNFIT);
        }
        if (isUnderTheLaw(proposed, today)) {
            return Optional.of(Refusal.UNDER_THE_LAW);
        }
        if (!proposed.effectiveOn().isAfter(today)) {
            return Optional.of(Refusal.NOT_TO_COME);
        }
        if (proposed.effectiveOn().isAfter(today.plusYears(YEARS_AHEAD))) {
            return Optional.of(Refusal.TOO_FAR);
        }
        if ((proposed.name().startsWith(RATE) || proposed.name().startsWith(CHOICE)) && proposed.effectiveOn().getDayOfMonth() != 1) {
            return Optional.of(Refusal.NO_FIRST_OF_MONTH);
        }
        YearMonth month = YearMonth.from(proposed.effectiveOn());
        if (periods.listPeriods().stream().anyMatch(each -> !each.isOpen() && !each.period().isBefore(month))) {
            return Optional.of(Refusal.PERIOD_CLOSED);
        }
        Instant from = proposed.effectiveOn().atStartOfDay(ZONE).toInstant();
        return known.stream().anyMatch(each -> each.from().equals(from)) ? Optional.of(Refusal.DATE_TAKEN) : Optional.empty();
    }

    private boolean isUnderTheLaw(Proposed proposed, LocalDate today) {
        return NumberForm.of(proposed.name()) == NumberForm.PERIOD && NumberForm.period(proposed.value()).filter(period -> domain.kept().stream()
                .filter(each -> each.kept().rule().equals(proposed.name()))
                .map(each -> each.kept().least())
                .anyMatch(least -> shorter(period, least, today))).isPresent();
    }

    private static boolean shorter(Period one, Period least, LocalDate today) {
        return today.minus(one).isAfter(today.minus(least));
    }

    /** What form a value of this number has. */
    public static String formZh(String name) {
        return NumberForm.of(name).zh();
    }

    /** What form a value of this number has. */
    public static String formEn(String name) {
        return NumberForm.of(name).en();
    }

    /** Every number there is and was, by name and date. */
    public List<Dated> listAll() {
        Instant now = clock.instant();
        List<Dated> all = new ArrayList<>();
        parameters.listAll().forEach(each -> all.add(new Dated(each.name(), each.value(), each.effectiveFrom(), each.citation(), State.PAST)));
        rates.get().rates().forEach(each -> all.add(new Dated(RATE + each.rule().name(),
                new BigDecimal(each.rate().numerator()).divide(new BigDecimal(each.rate().denominator()), java.math.MathContext.DECIMAL64)
                        .stripTrailingZeros().toPlainString(),
                each.from().atStartOfDay(ZONE).toInstant(), each.citation(), State.PAST)));
        choices.get().choices().forEach(each -> all.add(new Dated(CHOICE + each.rule().name(), each.choice(),
                each.from().atStartOfDay(ZONE).toInstant(), each.citation(), State.PAST)));
        return all.stream().map(each -> new Dated(each.name(), each.value(), each.from(), each.citation(), stateOf(each, all, now)))
                .sorted(Comparator.comparing(Dated::name).thenComparing(Dated::from)).toList();
    }

    private static State stateOf(Dated of, List<Dated> all, Instant now) {
        if (of.from().isAfter(now)) {
            return State.TO_COME;
        }
        boolean superseded = all.stream().anyMatch(each -> each.name().equals(of.name()) && each.from().isAfter(of.from()) && !each.from().isAfter(now));
        return superseded ? State.PAST : State.IN_FORCE;
    }

    public Optional<Proposal> find(UUID id) {
        return database.inTransaction(t -> t.find(LOCKED, PolicyProposals::read, id));
    }

    /** Those that wait first. */
    public List<Proposal> list(int most) {
        return database.inTransaction(t -> t.list(ALL, PolicyProposals::read, most));
    }

    private static Proposal read(Row row) throws SQLException {
        String approved = row.textOrNull("approved");
        return new Proposal(row.uuid("id"), row.text("name"), row.text("value"), row.day("effective_on"), row.text("citation"), row.text("ground"),
                row.uuid("proposed_by"), row.instant("proposed_at"), approved == null ? null : approved.startsWith("t"), row.uuidOrNull("decided_by"),
                row.instantOrNull("decided_at"), row.textOrNull("decision"));
    }
}
