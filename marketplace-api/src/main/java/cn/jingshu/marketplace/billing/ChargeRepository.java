package cn.jingshu.marketplace.billing;

import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.annotation.Query;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The rows of {@code market.charge}. A month is given by its first day. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface ChargeRepository extends GenericRepository<ChargeRow, UUID> {
    @Query("""
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share, total_quantity,
                   ceiling_id, ceiling_month_fen, corrects, shadow_fen
              FROM market.charge
             WHERE period = :period
             ORDER BY organisation_id, product_code, operation, usage_period, id
            """)
    List<ChargeRow> listOf(LocalDate period);

    @Query("""
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share, total_quantity,
                   ceiling_id, ceiling_month_fen, corrects, shadow_fen
              FROM market.charge
             WHERE period = :period AND organisation_id = :organisationId
             ORDER BY product_code, operation, usage_period, id
            """)
    List<ChargeRow> listOf(LocalDate period, UUID organisationId);

    @Query("""
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share, total_quantity,
                   ceiling_id, ceiling_month_fen, corrects, shadow_fen
              FROM market.charge
             WHERE period = :period AND usage_period = :usagePeriod AND subscription_id = :subscriptionId
             ORDER BY product_code, operation, id
            """)
    List<ChargeRow> listOf(LocalDate period, LocalDate usagePeriod, UUID subscriptionId);

    @Query("""
            SELECT id, period, usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit,
                   tariff_id, fen_per_unit, ceiling_fen, quantity, amount_fen, vat_fen, terms, month_share, total_quantity,
                   ceiling_id, ceiling_month_fen, corrects, shadow_fen
              FROM market.charge
             WHERE id = :id
            """)
    Optional<ChargeRow> find(UUID id);

    @Query("""
            SELECT usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit, tariff_id,
                   CAST(sum(quantity) AS bigint) AS quantity, CAST(sum(amount_fen) AS bigint) AS amount_fen,
                   CAST(sum(shadow_fen) AS bigint) AS shadow_fen, (array_agg(id ORDER BY period))[1] AS first_id,
                   (array_agg(terms ORDER BY period))[1] AS terms,
                   (array_agg(month_share ORDER BY period))[1] AS month_share,
                   (array_agg(ceiling_id ORDER BY period))[1] AS ceiling_id,
                   (array_agg(ceiling_fen ORDER BY period))[1] AS ceiling_fen,
                   (array_agg(ceiling_month_fen ORDER BY period))[1] AS ceiling_month_fen,
                   CAST(coalesce(sum(refunded.refunded_fen), 0) AS bigint) AS refunded_fen
              FROM market.charge
              LEFT JOIN (SELECT line.corrects, sum(line.amount_fen) AS refunded_fen
                           FROM market.credit_note_line line
                           JOIN market.credit_note note ON note.id = line.note_id
                          WHERE note.kind = 'REFUND'
                          GROUP BY line.corrects) refunded ON refunded.corrects = id
             WHERE period < :period
             GROUP BY usage_period, subscription_id, organisation_id, product_code, operation, purpose, unit, tariff_id
            """)
    List<BilledRow> listBilledBefore(LocalDate period);
}
