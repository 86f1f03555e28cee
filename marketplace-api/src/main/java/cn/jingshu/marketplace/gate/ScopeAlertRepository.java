package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.gate.ScopeAlerts.ScopeAlert;
import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.Pageable;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.util.List;
import java.util.UUID;

/** The rows of {@code market.scope_alert}, as the bureau reads them. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface ScopeAlertRepository extends GenericRepository<ScopeAlert, UUID> {
    List<ScopeAlert> list(Pageable page);
}
