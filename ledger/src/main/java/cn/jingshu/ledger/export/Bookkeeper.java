package cn.jingshu.ledger.export;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose books they are and with whom they deal, for forms that ask for it.
 *
 * @param name of the accounting entity (会计核算单位)
 * @param creditCode its unified social credit code
 * @param customers consumers (客户)
 * @param suppliers merchants (供应商)
 * @param written the entries of the exported months that people wrote or handed in papers for, by their id; every other one the system made by itself
 */
public record Bookkeeper(String name, String creditCode, List<Party> customers, List<Party> suppliers, Map<UUID, Written> written) {
    public Bookkeeper {
        customers = List.copyOf(customers);
        suppliers = List.copyOf(suppliers);
        written = Map.copyOf(written);
    }

    /**
     * Who wrote an entry.
     *
     * @param preparedBy 制单人
     * @param reviewedBy 审核人; null: one person was enough
     * @param attachments papers kept with it (附件数), at least zero
     */
    public record Written(String preparedBy, @Nullable String reviewedBy, int attachments) {}

    /**
     * Someone the entries name.
     *
     * @param code as the postings' dimensions have it
     */
    public record Party(String code, String name) {}

    /** Says who keeps the books, in the same view of the database. */
    @FunctionalInterface
    public interface Source {
        Bookkeeper read(ExportView view) throws SQLException;
    }
}
