package cn.jingshu.products.transit.gtfs;

import cn.jingshu.products.transit.geo.Position;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.apache.commons.csv.CSVRecord;

/** One row of a table; its answers name the table and the line when a value is wrong. */
final class Row {
    private final String table;
    private final CSVRecord fields;

    Row(String table, CSVRecord fields) {
        this.table = table;
        this.fields = fields;
    }

    /** The value of a column; empty when the column or the value is missing. */
    String text(String column) {
        return fields.isSet(column) ? fields.get(column).strip() : "";
    }

    String required(String column) {
        String value = text(column);
        if (value.isEmpty()) {
            throw wrong(column + " is empty");
        }
        return value;
    }

    int wholeNumber(String column, int ifEmpty) {
        String value = text(column);
        try {
            return value.isEmpty() ? ifEmpty : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(column + " '" + value + "' is not a whole number");
        }
    }

    Position position(String latitudeColumn, String longitudeColumn) {
        double latitude = decimal(latitudeColumn);
        double longitude = decimal(longitudeColumn);
        if (!Position.isPlace(latitude, longitude)) {
            throw wrong(latitude + ", " + longitude + " is no place on earth");
        }
        return new Position(latitude, longitude);
    }

    LocalDate date(String column) {
        String value = required(column);
        try {
            return LocalDate.parse(value, DateTimeFormatter.BASIC_ISO_DATE);
        } catch (DateTimeParseException e) {
            throw wrong(column + " '" + value + "' is not a date like 20261123");
        }
    }

    /** Seconds of a time like 25:10:00; -1 when empty. */
    int seconds(String column) {
        String value = text(column);
        if (value.isEmpty()) {
            return -1;
        }
        int seconds = ServiceTime.parse(value);
        if (seconds < 0) {
            throw wrong(column + " '" + value + "' is not a time like 25:10:00");
        }
        return seconds;
    }

    GtfsException wrong(String what) {
        return new GtfsException(table + " line " + (fields.getRecordNumber() + 1) + ": " + what);
    }

    private double decimal(String column) {
        String value = required(column);
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw wrong(column + " '" + value + "' is not a number");
        }
    }
}
