package cn.jingshu.ledger.verify;

import cn.jingshu.ledger.bundle.SafeText;
import cn.jingshu.ledger.bundle.Table;
import cn.jingshu.ledger.money.Money;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table of a bundle row by row, in exactly the form in which it is written: UTF-8, RFC 4180, the known columns. A row has a
 * bounded length.
 */
final class TableReader implements AutoCloseable {
    private static final int LONGEST_ROW = 1 << 22;

    /** A row as it stands in the file, its line counted from 1, the names being the first. */
    record Row(Table table, long line, List<String> cells) {
        String place() {
            return table.file() + ":" + line;
        }

        String cell(String column) {
            return cells.get(table.indexOf(column));
        }

        /** Null: the cell is empty. */
        @Nullable String text(String column) {
            return SafeText.text(cell(column));
        }

        /** @throws IllegalArgumentException if it is empty */
        String required(String column) {
            String text = text(column);
            if (text == null) {
                throw new IllegalArgumentException(column + " is empty");
            }
            return text;
        }

        /** @throws IllegalArgumentException if it is neither true nor false */
        boolean flag(String column) {
            return switch (cell(column)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(column + " is neither true nor false: " + cell(column));
            };
        }

        long whole(String column) {
            return Long.parseLong(cell(column));
        }

        /** @throws IllegalArgumentException if it is no number, or not written in the one way numbers are */
        BigDecimal decimal(String column) {
            BigDecimal number = new BigDecimal(cell(column));
            if (!number.toPlainString().equals(cell(column))) {
                throw new IllegalArgumentException(column + " is no number in plain digits: " + cell(column));
            }
            return number;
        }

        /** @throws IllegalArgumentException if it is no id, or not written as ids are: {@link UUID#fromString} takes zeros left out */
        UUID uuid(String column) {
            UUID id = UUID.fromString(cell(column));
            if (!id.toString().equals(cell(column))) {
                throw new IllegalArgumentException(column + " is no id: " + cell(column));
            }
            return id;
        }

        /** @throws ArithmeticException or IllegalArgumentException if it is no amount with two decimals */
        Money yuan(String column) {
            Money money = Money.ofYuan(cell(column));
            if (!money.toYuan().equals(cell(column))) {
                throw new IllegalArgumentException(column + " is not an amount with two decimals: " + cell(column));
            }
            return money;
        }
    }

    private final Table table;
    private final Reader reader;
    private long line;

    /** @throws IOException if the first line does not name the table's columns */
    TableReader(Table table, InputStream in) throws IOException {
        this.table = table;
        this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)), 1 << 16);
        List<String> names = readCells();
        if (names == null || !names.equals(table.columns().stream().map(Table.Column::name).toList())) {
            throw new IOException(table.file() + ": the first line is not that of the table");
        }
    }

    /** The next row; null: there is none. @throws IOException if the file is not of the form */
    @Nullable Row next() throws IOException {
        List<String> cells = readCells();
        if (cells == null) {
            return null;
        }
        if (cells.size() != table.columns().size()) {
            throw broken(cells.size() + " cells instead of " + table.columns().size());
        }
        return new Row(table, line, cells);
    }

    private IOException broken(String why) {
        return new IOException(table.file() + ":" + line + ": " + why);
    }

    private @Nullable List<String> readCells() throws IOException {
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        line++;
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        int length = 0;
        while (true) {
            boolean quoted = c == '"';
            if (quoted) {
                c = reader.read();
            }
            while (true) {
                if (++length > LONGEST_ROW) {
                    throw broken("a row of more than " + LONGEST_ROW + " characters");
                }
                if (c < 0) {
                    throw broken("the file ends within a row");
                }
                if (quoted && c == '"') {
                    c = reader.read();
                    if (c != '"') {
                        break;
                    }
                } else if (!quoted && (c == ',' || c == '\r')) {
                    break;
                } else if (!quoted && (c == '"' || c == '\n')) {
                    throw broken("a sign that has to be between quotation marks");
                }
                cell.append((char) c);
                c = reader.read();
            }
            cells.add(cell.toString());
            cell.setLength(0);
            if (c == ',') {
                c = reader.read();
            } else if (c == '\r') {
                if (reader.read() != '\n') {
                    throw broken("a row that does not end with CR LF");
                }
                return cells;
            } else {
                throw broken("something behind a closing quotation mark");
            }
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
