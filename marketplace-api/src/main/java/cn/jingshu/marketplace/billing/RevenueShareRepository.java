package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.billing.RevenueShares.RevenueShare;
import cn.jingshu.marketplace.billing.RevenueShares.Weight;
import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.annotation.Query;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/** The rows of {@code market.revenue_share}. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface RevenueShareRepository extends GenericRepository<RevenueShare, UUID> {
    @Query("""
            INSERT INTO market.revenue_share
                   (id, product_code, party_id, weight, effective_from, approved_by, approved_at, reason)
            VALUES (:id, :product, :party, :weight, :effectiveFrom, :approvedBy, :approvedAt, :reason)
            ON CONFLICT (id) DO NOTHING
            """)
    void addOnce(UUID id, String product, UUID party, BigDecimal weight, YearMonth effectiveFrom,
            UUID approvedBy, Instant approvedAt, String reason);

    /** The weights that hold in the month of {@code firstDay}: each product's latest ones that are not later. */
    @Query("""
            SELECT s.product_code, s.party_id, s.weight, 'OPERATOR' = ANY (o.kinds) AS operator
              FROM market.revenue_share s
              JOIN market.organisation o ON o.id = s.party_id
             WHERE s.effective_from = (SELECT max(l.effective_from)
                                         FROM market.revenue_share l
                                        WHERE l.product_code = s.product_code AND l.effective_from <= :firstDay)
             ORDER BY s.product_code, s.party_id
            """)
    List<Weight> listInForce(LocalDate firstDay);
}
