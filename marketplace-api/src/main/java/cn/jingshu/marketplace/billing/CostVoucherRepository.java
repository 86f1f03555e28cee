package cn.jingshu.marketplace.billing;

import cn.jingshu.ledger.money.Money;
import cn.jingshu.marketplace.billing.CostVouchers.CostVoucher;
import cn.jingshu.marketplace.billing.CostVouchers.Kind;
import cn.jingshu.marketplace.store.RepositoryFailures;
import io.micronaut.data.annotation.ConvertException;
import io.micronaut.data.annotation.Query;
import io.micronaut.data.jdbc.annotation.JdbcRepository;
import io.micronaut.data.model.query.builder.sql.Dialect;
import io.micronaut.data.repository.GenericRepository;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of {@code market.cost_voucher}. */
@JdbcRepository(dialect = Dialect.POSTGRES)
@ConvertException(RepositoryFailures.class)
interface CostVoucherRepository extends GenericRepository<CostVoucher, UUID> {
    @Query("""
            INSERT INTO market.cost_voucher
                   (id, period, kind, product_code, merchant_id, amount_fen, input_vat_fen, document, document_sha256,
                    document_reference, description, entered_by, entered_at)
            VALUES (:id, :month, :kind, :product, :merchant, :amount, :inputVat, :document,
                    decode(CAST(:documentSha256 AS text), 'hex'), :documentReference, :description, :enteredBy, :enteredAt)
            ON CONFLICT (id) DO NOTHING
            """)
    int addOnce(UUID id, YearMonth month, Kind kind, @Nullable String product, @Nullable UUID merchant,
            Money amount, Money inputVat, String document, @Nullable String documentSha256, @Nullable String documentReference,
            String description, String enteredBy, Instant enteredAt);

    @Query("""
            SELECT id, period, kind, product_code, merchant_id, amount_fen, input_vat_fen, document,
                   encode(document_sha256, 'hex') AS document_sha256, document_reference, description, entered_by
              FROM market.cost_voucher
             WHERE id = :id
            """)
    Optional<CostVoucher> find(UUID id);

    @Query("""
            SELECT id, period, kind, product_code, merchant_id, amount_fen, input_vat_fen, document,
                   encode(document_sha256, 'hex') AS document_sha256, document_reference, description, entered_by
              FROM market.cost_voucher
             WHERE period = :month
             ORDER BY entered_at, id
            """)
    List<CostVoucher> listOf(YearMonth month);
}
