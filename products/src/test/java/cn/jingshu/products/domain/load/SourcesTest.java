package cn.jingshu.products.domain.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.SharedData;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and interfaces are read record by record, and what is wrong with them is said in a sentence. */
class SourcesTest {
    private static final Charset GB18030 = Charset.forName("GB18030");

    @TempDir
    private Path folder;

    private SourceFile file(byte[] content) throws IOException {
        Path path = folder.resolve("f" + System.nanoTime());
        Files.write(path, content);
        return SourceFile.look(path, null);
    }

    private SourceFile file(String content) throws IOException {
        return file(content.getBytes(StandardCharsets.UTF_8));
    }

    private static List<SourceRecord> all(RecordSource.Opening opening) throws IOException {
        return all(opening, "");
    }

    private static List<SourceRecord> all(RecordSource.Opening opening, String position) throws IOException {
        List<SourceRecord> records = new ArrayList<>();
        try (RecordSource source = opening.from(position)) {
            for (SourceRecord record = source.next(); record != null; record = source.next()) {
                records.add(record);
            }
        }
        return records;
    }

    private List<SourceRecord> csv(String content) throws IOException {
        return all(CsvSource.of(file(content), ','));
    }

    /* Encodings */

    @Test
    void findsOutHowATextIsEncoded() throws IOException {
        String text = "编号,名称\n1,荆门市龙泉街道\n";
        for (byte[] bytes : List.of(text.getBytes(StandardCharsets.UTF_8), ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8), text.getBytes(GB18030))) {
            SourceFile file = file(bytes);
            assertThat(all(CsvSource.of(file, ',')).getFirst().values()).containsEntry("编号", "1").containsEntry("名称", "荆门市龙泉街道");
        }
        assertThat(file(text.getBytes(GB18030)).encoding()).isEqualTo(TextEncoding.GB18030);
        assertThat(file("a,b\n1,2\n").encoding()).isEqualTo(TextEncoding.UTF_8);
    }

    /** 70,000 ASCII characters before the first Chinese one, so that it does not stand in the first chunk. */
    @Test
    void looksAtTheWholeFile() throws IOException {
        String text = "a\n" + "1234567\n".repeat(10_000) + "荆门\n";
        assertThat(file(text.getBytes(GB18030)).encoding()).isEqualTo(TextEncoding.GB18030);
        assertThat(file(text).encoding()).isEqualTo(TextEncoding.UTF_8);
        // Rare characters take four bytes in either, and one of them lies across the cut.
        for (int before = 65_530; before < 65_540; before++) {
            String rare = "a".repeat(before) + "𠮷\n";
            assertThat(file(rare).encoding()).isEqualTo(TextEncoding.UTF_8);
            assertThat(file(rare.getBytes(GB18030)).encoding()).as("behind " + before).isEqualTo(TextEncoding.GB18030);
        }
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        for (byte[] bytes : List.of("a,b\n荆,2\n".getBytes(StandardCharsets.UTF_16), "a\u0000b\n".getBytes(StandardCharsets.UTF_8), new byte[] {'a', '\n', (byte) 0xFF, '\n'})) {
            SourceFile file = file(bytes);
            assertThatThrownBy(() -> all(CsvSource.of(file, ','))).isInstanceOf(UnfitSourceException.class);
            assertThatThrownBy(() -> all(JsonLinesSource.of(file))).isInstanceOf(UnfitSourceException.class);
        }
        Path gb = folder.resolve("gb.csv");
        Files.write(gb, "名称\n荆门\n".getBytes(GB18030));
        assertThatThrownBy(() -> all(CsvSource.of(SourceFile.look(gb, TextEncoding.UTF_8), ','))).isInstanceOf(UnfitSourceException.class)
                .hasMessageContaining("not encoded as UTF-8");
    }

    /* CSV */

    /** Files in the layout of the OMOP model, of made-up people. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource({"PERSON, 28", "CONDITION_OCCURRENCE, 470", "DRUG_EXPOSURE, 883", "MEASUREMENT, 10040", "VISIT_OCCURRENCE, 1791"})
    void everyRecordOfTheStatedFilesIsRead(String table, int records) throws IOException {
        Path file = SharedData.file("health-profile/synthea27nj_omop/" + table + ".csv");
        assertThat(all(CsvSource.of(SourceFile.look(file, null), ','))).hasSize(records)
                .allSatisfy(record -> assertThat(record.values().get("person_id")).matches("[0-9]+"));
    }

    @Test
    void quotesLineBreaksAndLineEndsAreRead() throws IOException {
        List<SourceRecord> records = csv("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\n,\"\"\r3,4");
        assertThat(records.get(0).values()).containsEntry("a", "x, \"y\"\nz").containsEntry("b", "2");
        assertThat(records.get(1).values()).containsEntry("a", null).containsEntry("b", null);
        assertThat(records.get(2).values()).containsEntry("a", "3");
        assertThat(records).hasSize(3);
        assertThat(records.get(0).line()).isEqualTo(2);
        assertThat(records.get(1).line()).isEqualTo(5);
    }

    @Test
    void aRecordOfAnotherWidthIsRejectedAloneWithItsLine() throws IOException {
        List<SourceRecord> records = csv("a,b\n1\n2,3\n4,5,6\n");
        assertThat(records).extracting(SourceRecord::fault).containsExactly(RejectReason.TOO_FEW_FIELDS, null, RejectReason.TOO_MANY_FIELDS);
        assertThat(records).extracting(SourceRecord::line).containsExactly(2L, 3L, 4L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a,a\n1,2\n", "a,,b\n1,2,3\n", "a,b\n1,\"2\n", "a,b\n1,\"2\"x\n"})
    void whatCannotBeReadWholeIsRefused(String content) {
        assertThatThrownBy(() -> csv(content)).isInstanceOf(UnfitSourceException.class)
                .satisfies(each -> assertThat(((UnfitSourceException) each).zh()).isNotBlank());
    }

    @Test
    void hugeFieldsAndHeadersFillNoMemory() {
        assertThatThrownBy(() -> csv("a,b\n1,\"" + "x".repeat(2 << 20))).isInstanceOf(UnfitSourceException.class).hasMessageContaining("1 MiB");
        assertThatThrownBy(() -> csv("a,".repeat(2_000) + "b\n")).isInstanceOf(UnfitSourceException.class).hasMessageContaining("columns");
        assertThatThrownBy(() -> all(JsonLinesSource.of(file("{\"a\":\"" + "x".repeat(5 << 20) + "\"}")))).isInstanceOf(UnfitSourceException.class);
    }

    @Test
    void readingGoesOnBehindAPosition() throws IOException {
        RecordSource.Opening csv = CsvSource.of(file("a\n1\n\n2\n3\n"), ',');
        RecordSource.Opening lines = JsonLinesSource.of(file("{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}"));
        for (RecordSource.Opening opening : List.of(csv, lines)) {
            List<SourceRecord> whole = all(opening);
            for (int taken = 0; taken <= whole.size(); taken++) {
                String position = "";
                try (RecordSource source = opening.from("")) {
                    for (int i = 0; i < taken; i++) {
                        source.next();
                    }
                    position = taken == 0 ? "" : source.position();
                }
                assertThat(all(opening, position)).as("behind " + taken).isEqualTo(whole.subList(taken, whole.size()));
            }
        }
    }

    @Test
    void whateverIsWrittenIsReadAgain() throws IOException {
        Random random = new Random(20_261_130);
        String characters = "ab,\"\n\r荆𠮷 '\t";
        for (int round = 0; round < 300; round++) {
            StringBuilder content = new StringBuilder("a,b\n");
            List<List<@Nullable String>> written = new ArrayList<>();
            for (int row = 0; row < 5; row++) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    StringBuilder value = new StringBuilder();
                    for (int length = random.nextInt(6); length > 0; length--) {
                        value.appendCodePoint(characters.codePointAt(characters.offsetByCodePoints(0, random.nextInt(characters.codePointCount(0, characters.length())))));
                    }
                    values.add(value.isEmpty() ? null : value.toString());
                    content.append(i == 0 ? "" : ",").append('"').append(value.toString().replace("\"", "\"\"")).append('"');
                }
                content.append('\n');
                written.add(values);
            }
            List<List<@Nullable String>> read = new ArrayList<>();
            csv(content.toString()).forEach(each -> read.add(new ArrayList<>(each.values().values())));
            assertThat(read).as("seed 20261130 round " + round).isEqualTo(written);
        }
    }

    /* JSON Lines */

    @Test
    void jsonLinesKeepTheirDigitsAndFaultyOnesAreRejectedAlone() throws IOException {
        List<SourceRecord> records = all(JsonLinesSource.of(file("""
                {"a": 1.10, "b": "荆", "c": null, "d": true}
                {"a": {"b": 1}}
                [1]
                {"a": 1, "a": 2}
                {"a": 1
                {"a": "\\u0000"}
                {"a": 123456789012345678901234567890}
                """)));
        assertThat(records.get(0).values()).containsEntry("a", "1.10").containsEntry("b", "荆").containsEntry("c", null).containsEntry("d", "true");
        assertThat(records).extracting(SourceRecord::fault).containsExactly(null, RejectReason.NESTED, RejectReason.NOT_AN_OBJECT,
                RejectReason.NAME_TWICE, RejectReason.NOT_JSON, RejectReason.HAS_NUL, null);
        assertThat(records.get(6).values()).containsEntry("a", "123456789012345678901234567890");
    }

    /* Parquet */

    private static Path resource(String name) {
        return Path.of("src/test/resources/load", name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stays-snappy.parquet", "stays-gzip.parquet"})
    void parquetIsReadWithItsTypes(String name) throws IOException {
        RecordSource.Opening opening = ParquetSource.of(SourceFile.look(resource(name), null));
        List<SourceRecord> records = all(opening);
        assertThat(records).hasSize(300);
        assertThat(records.get(11).values()).containsEntry("stay_id", "s0011").containsEntry("admitted_on", "2026-01-12")
                .containsEntry("cost_yuan", "11.11").containsEntry("days", "4").containsEntry("recorded_at", "2026-01-01T00:00:00Z")
                .containsEntry("insured", "false").containsEntry("diagnosis", "诊断4");
        assertThat(records.get(10).values()).containsEntry("discharged_on", null);
        assertThat(all(opening, "299")).hasSize(1);
    }

    @Test
    void parquetThatCannotBeReadIsRefusedInASentence() throws IOException {
        assertThatThrownBy(() -> all(ParquetSource.of(SourceFile.look(resource("stays-zstd.parquet"), null))))
                .isInstanceOf(UnfitSourceException.class).hasMessageContaining("Snappy or GZIP");
        assertThatThrownBy(() -> all(ParquetSource.of(SourceFile.look(resource("nested.parquet"), null))))
                .isInstanceOf(UnfitSourceException.class).hasMessageContaining("nested");
        byte[] whole = Files.readAllBytes(resource("stays-gzip.parquet"));
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            byte[] broken = whole.clone();
            for (int i = 0; i < 8; i++) {
                broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            }
            SourceFile file = file(round % 3 == 0 ? java.util.Arrays.copyOf(broken, random.nextInt(broken.length)) : broken);
            try {
                assertThat(all(ParquetSource.of(file)).size()).isLessThanOrEqualTo(300);
            } catch (UnfitSourceException said) {
                assertThat(said.en()).as("seed 7 round " + round).isNotBlank();
            }
        }
    }

    /* Archives */

    private SourceFile zip(Map<String, String> entries) throws IOException {
        Path path = folder.resolve("z" + System.nanoTime() + ".zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return SourceFile.look(path, null);
    }

    static final Map<String, String> FEED = Map.of(
            "agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nj,荆门公交,https://bus.example,Asia/Shanghai\n",
            "stops.txt", "stop_id,stop_name,stop_lat,stop_lon\ns1,龙泉公园,31.03,112.20\ns2,火车站,31.04,112.21\n",
            "routes.txt", "route_id,agency_id,route_short_name,route_type\nr1,j,1路,3\n",
            "trips.txt", "trip_id,route_id,service_id,direction_id\nt1,r1,w,0\n",
            "stop_times.txt", "trip_id,stop_sequence,stop_id,arrival_time,departure_time\nt1,1,s1,25:10:00,25:11:00\nt1,2,s2,25:20:00,25:21:00\n",
            "calendar_dates.txt", "service_id,date,exception_type\nw,20261130,1\n");

    @Test
    void aFeedIsASetOfTables() throws IOException {
        SourceFile archive = zip(FEED);
        assertThat(GtfsZip.isArchive(archive)).isTrue();
        List<LoadRequest.Part> parts = GtfsZip.parts(archive);
        assertThat(parts).extracting(each -> each.table().name()).containsExactly("gtfs_agency", "gtfs_stop", "gtfs_route", "gtfs_trip",
                "gtfs_stop_time", "gtfs_calendar_date");
        assertThat(all(parts.get(4).source()).get(0).values()).containsEntry("arrival_time", "25:10:00");
        Map<String, String> less = new java.util.HashMap<>(FEED);
        less.remove("trips.txt");
        SourceFile lacking = zip(less);
        assertThatThrownBy(() -> GtfsZip.parts(lacking)).isInstanceOf(UnfitSourceException.class).hasMessageContaining("trips.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../stops.txt", "/etc/passwd", "a\\..\\b", "C:stops.txt"})
    void anEntryThatLeadsOutOfItsArchiveRefusesTheArchive(String entry) throws IOException {
        Map<String, String> entries = new java.util.HashMap<>(FEED);
        entries.put(entry, "x");
        SourceFile archive = zip(entries);
        assertThatThrownBy(() -> GtfsZip.parts(archive)).isInstanceOf(UnfitSourceException.class).hasMessageContaining("leads out");
    }

    @Test
    void anArchiveThatUnpacksToMuchMoreThanItIsIsNotRead() throws IOException {
        Map<String, String> entries = new java.util.HashMap<>(FEED);
        entries.put("shapes.txt", "shape_id,shape_pt_sequence,shape_pt_lat,shape_pt_lon\n" + "a,1,31,112\n".repeat(2_000_000));
        SourceFile bomb = zip(entries);
        List<LoadRequest.Part> parts = GtfsZip.parts(bomb);
        assertThatThrownBy(() -> all(parts.getLast().source())).isInstanceOf(UnfitSourceException.class).hasMessageContaining("unpacks");
        SourceFile noZip = file("PK\u0003\u0004 not really");
        assertThatThrownBy(() -> GtfsZip.parts(noZip)).isInstanceOf(UnfitSourceException.class).hasMessageContaining("no zip");
    }

    /* Interfaces */

    @Test
    void pagesOfAnInterfaceAreFollowedByTheirCursors() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            String query = exchange.getRequestURI().getQuery();
            String answer = switch (exchange.getRequestURI().getPath()) {
                case "/rows" -> query == null ? "{\"items\":[{\"a\":1.50},{\"a\":\"荆\"}],\"next\":\"p 2&\"}"
                        : query.equals("cursor=p 2&") ? "{\"items\":[{\"a\":3},[1]],\"next\":null}" : "{}";
                case "/loop" -> "{\"items\":[],\"next\":\"" + (query == null ? "x" : query.substring(7)) + "\"}";
                case "/none" -> "{\"rows\":[]}";
                default -> "no json";
            };
            exchange.getResponseHeaders().add("ETag", "\"v1\"");
            boolean same = "\"v1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            int status = same ? 304 : exchange.getRequestURI().getPath().equals("/away") ? 302 : 200;
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, status == 200 ? body.length : -1);
            if (status == 200) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        try (var client = HttpSource.newClient()) {
            RecordSource.Opening rows = interfaceOf(client, server, "/rows");
            List<SourceRecord> records = all(rows);
            assertThat(records).hasSize(4);
            assertThat(records.get(0).values()).containsEntry("a", "1.50");
            assertThat(records.get(3).fault()).isEqualTo(RejectReason.NOT_AN_OBJECT);
            for (int taken = 1; taken <= 4; taken++) {
                String position;
                try (RecordSource source = rows.from("")) {
                    for (int i = 0; i < taken; i++) {
                        source.next();
                    }
                    position = source.position();
                }
                assertThat(all(rows, position)).as("behind " + taken).isEqualTo(records.subList(taken, 4));
            }
            assertThat(rows.isUnchanged("\"v1\"")).isTrue();
            assertThat(rows.isUnchanged("\"v0\"")).isFalse();
            try (RecordSource once = rows.from(""); RecordSource twice = rows.from("")) {
                while (once.next() != null && twice.next() != null) {
                    // read to the end
                }
                twice.next();
                assertThat(once.digest()).isEqualTo(twice.digest()).hasSize(64);
                assertThat(once.entityTag()).isEqualTo("\"v1\"");
            }
            for (String wrong : List.of("/loop", "/none", "/text")) {
                assertThatThrownBy(() -> all(interfaceOf(client, server, wrong))).as(wrong).isInstanceOf(UnfitSourceException.class);
            }
            int before = asked.get();
            assertThatThrownBy(() -> all(interfaceOf(client, server, "/away"))).isInstanceOf(IOException.class).hasMessageContaining("302");
            assertThat(asked.get()).as("no redirect is followed").isEqualTo(before + 1);
        } finally {
            server.stop(0);
        }
        try (var client = HttpSource.newClient()) {
            assertThatThrownBy(() -> all(interfaceOf(client, server, "/rows"))).isInstanceOf(IOException.class).hasMessageContaining("cannot be reached");
        }
    }

    private static RecordSource.Opening interfaceOf(java.net.http.HttpClient client, HttpServer server, String path) {
        return HttpSource.of(client, new HttpSource.Interface("test", URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path),
                Map.of("X-Key", "secret"), "cursor", "items", "next", true));
    }
}
