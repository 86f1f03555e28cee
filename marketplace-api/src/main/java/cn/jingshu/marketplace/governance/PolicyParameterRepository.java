package cn.jingshu.marketplace.governance;

import cn.jingshu.marketplace.governance.PolicyParameters.PolicyParameter;
import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The rows of {@code market.policy_parameter}; its key is name and date together. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface PolicyParameterRepository extends GenericRepository<PolicyParameter, String> {
    Optional<PolicyParameter> findFirstByNameAndEffectiveFromLessThanEqualsOrderByEffectiveFromDesc(
            String name, Instant moment);

    List<PolicyParameter> listOrderByNameAndEffectiveFrom();
}
