package cn.jingshu.marketplace.governance;

import io.micronaut.data.annotation.MappedEntity;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The numbers of policy, each with the day it begins to hold and where it is written. */
@Singleton
public final class PolicyParameters {
    private final PolicyParameterRepository repository;

    PolicyParameters(PolicyParameterRepository repository) {
        this.repository = repository;
    }

    /** One number of policy from {@code effectiveFrom} on, until a later record of the same name. */
    @MappedEntity(schema = "market", value = "policy_parameter")
    public record PolicyParameter(String name, Instant effectiveFrom, String value, String citation) {
        /** The value as an exact decimal. */
        public BigDecimal decimal() {
            return new BigDecimal(value);
        }
    }

    /** @throws NoSuchElementException when no such number holds at {@code moment} */
    public PolicyParameter getAt(String name, Instant moment) {
        return repository.findFirstByNameAndEffectiveFromLessThanEqualsOrderByEffectiveFromDesc(name, moment)
                .orElseThrow(() -> new NoSuchElementException("no policy number " + name + " at " + moment));
    }

    /** The number as it holds at {@code moment}; empty: there is none. */
    public Optional<PolicyParameter> findAt(String name, Instant moment) {
        return repository.findFirstByNameAndEffectiveFromLessThanEqualsOrderByEffectiveFromDesc(name, moment);
    }

    public List<PolicyParameter> listAll() {
        return repository.listOrderByNameAndEffectiveFrom();
    }
}
