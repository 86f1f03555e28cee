package cn.jingshu.ledger.export;

import java.sql.SQLException;
import java.util.List;

/**
 * Whose books they are and with whom they deal, for forms that ask for it.
 *
 * @param name of the accounting entity (会计核算单位)
 * @param creditCode its unified social credit code
 * @param customers consumers (客户)
 * @param suppliers merchants (供应商)
 */
public record Bookkeeper(String name, String creditCode, List<Party> customers, List<Party> suppliers) {
    public Bookkeeper {
        customers = List.copyOf(customers);
        suppliers = List.copyOf(suppliers);
    }

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
