package cn.jingshu.products.transit.gtfs;

import cn.jingshu.products.spi.ProductFault;
import org.jspecify.annotations.Nullable;

/** An archive cannot be taken as a timetable; the message is one sentence that names the file and what is wrong. */
public final class GtfsException extends ProductFault {
    GtfsException(String message) {
        this(message, null);
    }

    GtfsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
