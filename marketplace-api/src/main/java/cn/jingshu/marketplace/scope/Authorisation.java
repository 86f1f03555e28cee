package cn.jingshu.marketplace.scope;

import java.time.LocalDate;
import java.util.Set;
import java.util.UUID;

/**
 * What an operator was authorised to run under an agreement (授权), in force on the days {@code [startsOn, endsOn)} in
 * Asia/Shanghai.
 *
 * @see "plan, part 2.3: whole authorisation (整体授权); later by domain or by scenario, case by case"
 */
public record Authorisation(
        UUID id, UUID operatorId, UUID agreementId, Extent extent, LocalDate startsOn, LocalDate endsOn) {

    public Authorisation {
        if (!endsOn.isAfter(startsOn)) {
            throw new IllegalArgumentException("authorisation from " + startsOn + " to " + endsOn);
        }
    }

    /** How much of the city's data it covers. */
    public sealed interface Extent {
        /** 整体授权: everything the law does not exclude. */
        record Whole() implements Extent {}

        /** 分领域授权: the resources of these providers, by their codes in the catalogue. */
        record Domain(Set<String> providers, SeparatePlan plan) implements Extent {
            public Domain {
                providers = Set.copyOf(providers);
                if (providers.isEmpty()) {
                    throw new IllegalArgumentException("an authorisation by domain names its providers");
                }
            }
        }

        /** 依场景授权: calls bound to these scenarios. */
        record ByScenario(Set<UUID> scenarios, SeparatePlan plan) implements Extent {
            public ByScenario {
                scenarios = Set.copyOf(scenarios);
                if (scenarios.isEmpty()) {
                    throw new IllegalArgumentException("an authorisation by scenario names its scenarios");
                }
            }
        }
    }

    /** What a part needs that the whole does not: a plan of its own and the city government's decision (一事一议). */
    public record SeparatePlan(Ground ground, String planCitation, String governmentCitation) {
        public SeparatePlan {
            if (planCitation.isBlank() || governmentCitation.isBlank()) {
                throw new IllegalArgumentException("a part needs its own plan and the city government's decision");
            }
        }
    }

    /** Why a field is authorised on its own. Source: the plan names these four. */
    public enum Ground {
        ADDED_VALUE,
        ECONOMY,
        INDUSTRY,
        RESEARCH
    }

    /** An authorisation with what was decided about it. */
    public record Reviewed(Authorisation authorisation, Standing standing) {}
}
