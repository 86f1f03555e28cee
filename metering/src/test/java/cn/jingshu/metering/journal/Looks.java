package cn.jingshu.metering.journal;

import java.io.IOException;
import java.sql.SQLException;

/** Makes a node say what it has not shipped, as its own thread would. */
public final class Looks {
    private Looks() {}

    /** What waits at one look and still waits at the next is said. */
    public static void twice(Shipper shipper) throws SQLException, IOException {
        shipper.look();
        shipper.look();
    }
}
