package cn.jingshu.marketplace.management;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.util.List;
import java.util.stream.Collectors;

/** A table as CSV after RFC 4180, with the mark that lets spreadsheets read its Chinese. */
public final class Csv {
    private final StringBuilder lines = new StringBuilder("\uFEFF");

    public void line(List<String> cells) {
        lines.append(cells.stream().map(Csv::cell).collect(Collectors.joining(","))).append("\r\n");
    }

    /** A cell a spreadsheet would take for a formula is given a quote in front, so that it stays a text. */
    private static String cell(String text) {
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0
                && !text.matches("-?\\d+(\\.\\d+)?");
        String safe = formula ? "'" + text : text;
        return safe.matches("[^\",\r\n]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    public MutableHttpResponse<String> answer(String fileName) {
        return HttpResponse.ok(lines.toString())
                .contentType("text/csv; charset=utf-8")
                .header("Content-Disposition", "attachment; filename=\"" + fileName + "\"")
                .header("Cache-Control", "no-store");
    }
}
