package cn.jingshu.marketplace.term;

import cn.jingshu.marketplace.governance.PolicyParameters;
import cn.jingshu.marketplace.governance.PolicyParameters.PolicyParameter;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How long each term is on any day, and where that is written: the one place of terms in working days. */
@Singleton
public final class Terms {
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");

    private final PolicyParameters parameters;

    Terms(PolicyParameters parameters) {
        this.parameters = parameters;
    }

    /**
     * A term's length.
     *
     * @param workingDays at least 1
     */
    public record Length(int workingDays, String citation) {}

    /** The lengths as they stand, read at once so that many dates are reckoned from one picture. */
    public static final class Table {
        private final List<PolicyParameter> parameters;

        private Table(List<PolicyParameter> parameters) {
            this.parameters = parameters;
        }

        /** The length of a term that begins on {@code day}; what began before any was in force has the first. */
        public Length lengthOf(Term term, LocalDate day) {
            return length(term.parameter(), day).orElseThrow(() -> new IllegalStateException("no length of " + term));
        }

        /** The most a term may be extended by; empty: it may not. */
        public Optional<Length> extensionOf(Term term, LocalDate day) {
            return term.extensionParameter().flatMap(name -> length(name, day));
        }

        private Optional<Length> length(String name, LocalDate day) {
            List<PolicyParameter> versions = parameters.stream().filter(each -> each.name().equals(name))
                    .sorted(Comparator.comparing(PolicyParameter::effectiveFrom)).toList();
            return versions.stream()
                    .filter(each -> !LocalDate.ofInstant(each.effectiveFrom(), ZONE).isAfter(day))
                    .reduce((_, later) -> later)
                    .or(() -> versions.stream().findFirst())
                    .map(each -> new Length(each.decimal().intValueExact(), each.citation()));
        }
    }

    public Table read() {
        return new Table(parameters.listAll());
    }
}
