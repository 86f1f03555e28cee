package cn.jingshu.marketplace.catalogue;

import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.annotation.Query;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.util.List;

/** The rows of {@code market.data_resource} that are listed, each with the names of its provider. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface DataResourceRepository extends GenericRepository<DataResource, String> {
    @Query("""
            SELECT r.id, r.provider_code, v.name_zh AS provider_zh, v.name_en AS provider_en, r.name_zh, r.name_en,
                   r.update_cycle, r.kind, r.note, r.note_zh, r.blocked_by
              FROM market.data_resource r
              JOIN market.data_provider v ON v.code = r.provider_code
             WHERE r.withdrawn_on IS NULL
             ORDER BY r.ordinal
            """)
    List<DataResource> listInOrder();
}
