package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cn.jingshu.products.garden.GardenProduct;
import cn.jingshu.products.garden.v1.Colour;
import cn.jingshu.products.garden.v1.ListPlantsRequest;
import cn.jingshu.products.garden.v1.ListPlantsResponse;
import cn.jingshu.products.garden.v1.Plant;
import cn.jingshu.products.garden.v1.PlantManyRequest;
import cn.jingshu.products.garden.v1.Position;
import cn.jingshu.products.garden.v1.ReplacePlantRequest;
import cn.jingshu.products.spi.Answer.Violation;
import com.google.api.HttpBody;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranscoderTest {
    private static final Contracts GARDEN = Contracts.of(List.of(new GardenProduct(GardenProduct.ALL)));

    @Test
    void aQueryFillsNestedRepeatedAndWellKnownFields() {
        var request = (ListPlantsRequest) read(
                "GET",
                "/v1/garden/plants",
                "colours=RED&colours=2&near.latitude=31.5&near.longitude=0&pageSize=20&since=2026-11-01T16:00:00%2B08:00"
                        + "&within=1.5s&watered=false&fields=plantId,plantedAt&seed=18446744073709551615&person=%E5%BC%A0"
                        + "&tags=a+b&token=_-8",
                "");
        assertThat(request.getColoursList()).containsExactly(Colour.RED, Colour.GREEN);
        assertThat(request.getNear().getLatitude()).isEqualTo(31.5);
        assertThat(request.getNear().hasLongitude()).isTrue();
        assertThat(request.getPageSize()).isEqualTo(20);
        assertThat(Timestamps.toString(request.getSince())).isEqualTo("2026-11-01T08:00:00Z");
        assertThat(Durations.toNanos(request.getWithin())).isEqualTo(1_500_000_000L);
        assertThat(request.hasWatered()).isTrue();
        assertThat(request.getWatered().getValue()).isFalse();
        assertThat(request.getFields().getPathsList()).containsExactly("plant_id", "planted_at");
        assertThat(request.getSeed()).isEqualTo(-1L);
        assertThat(request.getPerson()).isEqualTo("张");
        assertThat(request.getTagsList()).containsExactly("a b");
        assertThat(request.getToken()).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xef}));
    }

    @Test
    void namesOfTheContractAreUnderstoodToo() {
        assertThat(((ListPlantsRequest) read("GET", "/v1/garden/plants", "page_size=7", "")).getPageSize())
                .isEqualTo(7);
    }

    @Test
    void aBodyIsTheRequest() {
        var request = (PlantManyRequest) read(
                "POST",
                "/v1/garden/plants:plant",
                "",
                """
                {"plants": [{"plantId": "p\\u82b1", "colour": "GREEN", "position": {"latitude": 1e1, "longitude": "-0.5"},
                  "tags": ["a", "\\ud83c\\udf31"], "counts": {"x": "9007199254740993", "y": 2.0}, "grafts": {"7": {"plantId": "q"}},
                  "plantedAt": "2026-11-01T08:00:00.123456Z", "age": "-1.25s", "worth": "5", "known": "plantId",
                  "weight": 0.5, "seal": "//8=", "leaves": 4294967295, "balance": "-3", "parent": null, "nut": ""}],
                 "atOnce": false}""");
        Plant plant = request.getPlants(0);
        assertThat(plant.getPlantId()).isEqualTo("p花");
        assertThat(plant.getPosition().getLatitude()).isEqualTo(10);
        assertThat(plant.getTagsList()).containsExactly("a", "🌱");
        assertThat(plant.getCountsMap()).containsEntry("x", 9007199254740993L).containsEntry("y", 2L);
        assertThat(plant.getGraftsMap().get(7)).isEqualTo(Plant.newBuilder().setPlantId("q").build());
        assertThat(Timestamps.toString(plant.getPlantedAt())).isEqualTo("2026-11-01T08:00:00.123456Z");
        assertThat(Durations.toNanos(plant.getAge())).isEqualTo(-1_250_000_000L);
        assertThat(plant.getWorth().getValue()).isEqualTo(5);
        assertThat(plant.getLeaves()).isEqualTo(-1);
        assertThat(plant.hasParent()).isFalse();
        assertThat(plant.hasNut()).isTrue();
        assertThat(request.hasAtOnce()).isTrue();
        assertThat(request.getAtOnce()).isFalse();
    }

    @Test
    void aBodyFieldLeavesTheOthersToPathAndQuery() {
        var request = (ReplacePlantRequest)
                read("PUT", "/v1/garden/beds/b/plants/p", "dryRun=true", "{\"plantId\":\"n\"}");
        assertThat(request.getName()).isEqualTo("beds/b/plants/p");
        assertThat(request.getPlant().getPlantId()).isEqualTo("n");
        assertThat(request.getDryRun()).isTrue();
        assertThat(broken("PUT", "/v1/garden/beds/b/plants/p", "plant.plantId=x", "{\"plantId\":\"n\"}"))
                .extracting(Violation::field)
                .containsExactly("plant.plantId");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
        key=secret                             | key            | there is no such query parameter
        near.altitude=1                        | near.altitude  | there is no such query parameter
        near=1                                 | near           | there is no such query parameter
        pageSize.x=1                           | pageSize.x     | there is no such query parameter
        =1                                     |                | there is no such query parameter
        pageSize=ten                           | pageSize       | a whole number is expected
        pageSize=                              | pageSize       | a whole number is expected
        pageSize=1.5                           | pageSize       | a whole number is expected
        pageSize=2147483648                    | pageSize       | outside the range of int32
        pageSize=1e999999                      | pageSize       | outside the range of int32
        pageSize=101                           | pageSize       | must be at most 100
        pageSize=-1                            | pageSize       | must be at least 1
        pageSize=5&pageSize=5                  | pageSize       | this parameter stands twice
        page_size=5&pageSize=5                 | pageSize       | this parameter stands twice
        seed=-1                                | seed           | outside the range of uint64
        seed=4                                 | seed           | must be at least 5
        colours=BLUE                           | colours        | one of COLOUR_UNSPECIFIED, RED, GREEN is expected
        colours=9                              | colours        | one of COLOUR_UNSPECIFIED, RED, GREEN is expected
        near.latitude=91&near.longitude=0      | near.latitude  | must be at most 90
        near.latitude=NaN&near.longitude=0     | near.latitude  | a finite number is expected
        near.latitude=1e400&near.longitude=0   | near.latitude  | a finite number is expected
        near.latitude=1                        | near.longitude | is required
        since=yesterday                        | since          | an RFC 3339 time is expected, for instance 2026-11-01T08:00:00Z
        since=10000-01-01T00:00:00Z            | since          | an RFC 3339 time is expected, for instance 2026-11-01T08:00:00Z
        within=1h                              | within         | seconds with an s behind them are expected, for instance 1.5s
        watered=yes                            | watered        | true or false is expected
        fields=a..-                            | fields         | field paths joined by commas are expected
        person=a&firm=b                        | firm           | cannot be given together with person
        person=%ff                             | person         | the query parameter is not valid percent-encoded UTF-8
        person=%4                              | person         | the query parameter is not valid percent-encoded UTF-8
        tags=a&tags=b&tags=c                   | tags           | must not have more than 2 items
        token=AAAAAAAAAA                       | token          | must not be longer than 4
        token=***                              | token          | Base64 in a string is expected
        """)
    void aQueryThatBreaksTheContractIsAnAnswer(String query, String field, String why) {
        List<Violation> violations = broken("GET", "/v1/garden/plants", query, "");
        assertThat(violations).hasSize(1);
        assertThat(violations.getFirst().field()).isEqualTo(field == null ? "" : field);
        assertThat(violations.getFirst().en()).isEqualTo(why);
        assertThat(violations.getFirst().zh()).matches(".*\\p{IsHan}.*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
        ``                                                      |                        | the body is not valid JSON: at character 1: the JSON ends too early
        {                                                       |                        | the body is not valid JSON: at character 2: a name in double quotes is expected
        {"plants":[],}                                          |                        | the body is not valid JSON: at character 14: a name in double quotes is expected
        {'plants':[]}                                           |                        | the body is not valid JSON: at character 2: a name in double quotes is expected
        {"plants":[]} x                                         |                        | the body is not valid JSON: at character 15: there is text behind the JSON value
        {"plants":[{"plantId":"a"}],"plants":[]}                |                        | the body is not valid JSON: at character 40: the name plants stands twice in one object
        {"plants":[{"height":01}]}                              |                        | the body is not valid JSON: at character 23: ',' is expected
        {"plants":[{"plantId":"\\ud800"}]}                       |                        | the body is not valid JSON: at character 31: half of a surrogate pair stands alone
        {"plants":[{"height":NaN}]}                             |                        | the body is not valid JSON: at character 22: not a JSON value
        []                                                      |                        | the body must be a JSON object
        {"trees":[]}                                            | trees                  | there is no such field
        {"plants":{}}                                           | plants                 | a JSON array is expected
        {"plants":[]}                                           | plants                 | is required
        {}                                                      | plants                 | is required
        {"plants":[{}]}                                         | plants[0].plantId      | is required
        {"plants":[{"plantId":"a"},{"plantId":"a"},{"plantId":"a"}]} | plants            | must not have more than 2 items
        {"plants":[{"plantId":7}]}                              | plants[0].plantId      | a string is expected
        {"plants":[{"plantId":"a","plant_id":"a"}]}             | plants[0].plant_id     | this field stands twice
        {"plants":[{"plantId":"a","root":1}]}                   | plants[0].root         | there is no such field
        {"plants":[{"plantId":"a","alive":"true"}]}             | plants[0].alive        | true or false is expected
        {"plants":[{"plantId":"a","alive":1}]}                  | plants[0].alive        | true or false is expected
        {"plants":[{"plantId":"a","position":[]}]}              | plants[0].position     | a JSON object is expected
        {"plants":[{"plantId":"a","position":{"latitude":1}}]}  | plants[0].position.longitude | is required
        {"plants":[{"plantId":"a","track":[null]}]}             | plants[0].track[0]     | a JSON object is expected
        {"plants":[{"plantId":"a","counts":{"x":"y"}}]}         | plants[0].counts["x"]  | a whole number is expected
        {"plants":[{"plantId":"a","grafts":{"x":{}}}]}          | plants[0].grafts["x"]  | a whole number is expected
        {"plants":[{"plantId":"a","apples":1,"nut":"n"}]}       | plants[0].nut          | cannot be given together with apples
        {"plants":[{"plantId":"a","weight":1e39}]}              | plants[0].weight       | a finite number is expected
        """)
    void aBodyThatBreaksTheContractIsAnAnswer(String body, String field, String why) {
        List<Violation> violations = broken("POST", "/v1/garden/plants:plant", "", body);
        assertThat(violations).hasSize(1);
        assertThat(violations.getFirst().en()).isEqualTo(why);
        assertThat(violations.getFirst().field()).isEqualTo(field == null ? "" : field);
        assertThat(violations.getFirst().zh()).matches(".*\\p{IsHan}.*");
    }

    @Test
    void invalidUtf8InABodyIsRefused() {
        byte[] body = "{\"plants\":[{\"plantId\":\"?\"}]}".getBytes(StandardCharsets.UTF_8);
        body[23] = (byte) 0xff;
        assertThat(Transcoder.read(match("POST", "/v1/garden/plants:plant"), "", body))
                .isInstanceOfSatisfying(RequestReading.Broken.class, broken -> assertThat(broken.violations())
                        .extracting(Violation::en)
                        .containsExactly("the body is not valid UTF-8"));
    }

    @Test
    void aDeepBodyIsRefusedBeforeItHurts() {
        assertThat(broken("POST", "/v1/garden/plants:plant", "", "[".repeat(1_000_000)))
                .extracting(Violation::en)
                .containsExactly("the body is not valid JSON: at character 33: nested deeper than 32 levels");
        String parents = "{\"parent\":".repeat(40) + "{}" + "}".repeat(40);
        assertThat(broken("POST", "/v1/garden/plants:plant", "", "{\"plants\":[" + parents + "]}"))
                .hasSize(1);
    }

    @Test
    void manyMistakesGrowNoAnswer() {
        assertThat(broken("GET", "/v1/garden/plants", "x=1&".repeat(10_000), "")).hasSize(Violations.MOST);
    }

    @Test
    void whatThePathGivesIsGivenOnce() {
        assertThat(broken("GET", "/v1/garden/plants/p1", "plantId=p2", ""))
                .extracting(Violation::en)
                .containsExactly("is given by the path already");
        assertThat(broken("GET", "/v1/garden/beds/123456789/plants/p1", "", ""))
                .extracting(Violation::field)
                .containsExactly("bedId");
    }

    @Test
    void anAddressWithoutBodyTakesNone() {
        assertThat(broken("GET", "/v1/garden/plants", "", "{}"))
                .extracting(Violation::en)
                .containsExactly("this operation takes no body");
        assertThat(broken("POST", "/v1/garden/plants:plant", "atOnce=true", "{\"plants\":[{\"plantId\":\"a\"}]}"))
                .extracting(Violation::field)
                .containsExactly("atOnce");
    }

    @Test
    void whatGrpcBringsIsHeldAgainstTheSameRules() {
        ContractMethod list = method("ListPlants");
        var request = ListPlantsRequest.newBuilder()
                .setPageSize(500)
                .addColoursValue(9)
                .setNear(Position.newBuilder().setLatitude(Double.NaN).setLongitude(0))
                .build();
        assertThat(Transcoder.check(list, request))
                .isInstanceOfSatisfying(RequestReading.Broken.class, broken -> assertThat(broken.violations())
                        .extracting(Violation::field)
                        .containsExactly("colours[0]", "near.latitude", "pageSize"));
        assertThat(Transcoder.check(list, ListPlantsRequest.getDefaultInstance()))
                .isInstanceOf(RequestReading.Read.class);
    }

    @Test
    void aDescribedContractReadsIntoDynamicMessages() {
        var described = Contracts.described(List.of(new GardenProduct(GardenProduct.ALL).contract()));
        var matched = (RouteMatch.Matched) described.routes().match("GET", "/v1/garden/plants");
        String query = "near.latitude=1&near.longitude=2&since=2026-11-01T08:00:00Z&watered=true&colours=RED";
        assertThat(Transcoder.read(matched, query, new byte[0]))
                .isInstanceOfSatisfying(RequestReading.Read.class, read -> {
                    assertThat(read.request()).isInstanceOf(DynamicMessage.class);
                    assertThat(read.request().toByteString())
                            .isEqualTo(read("GET", "/v1/garden/plants", query, "").toByteString());
                });
    }

    @Test
    void anAnswerAlwaysCarriesFieldsWithoutPresence() {
        assertThat(json(method("ListPlants"), ListPlantsResponse.getDefaultInstance()))
                .isEqualTo("{\"plants\":[],\"nextCursor\":\"\"}");
        assertThat(json(method("GetPlant"), Plant.newBuilder().setHeight(2).build()))
                .isEqualTo("{\"plantId\":\"\",\"colour\":\"COLOUR_UNSPECIFIED\",\"tags\":[],\"counts\":{},\"grafts\":{},"
                        + "\"height\":2,\"weight\":0,\"seal\":\"\",\"alive\":false,\"leaves\":0,\"cells\":\"0\","
                        + "\"balance\":\"0\",\"track\":[]}");
    }

    @Test
    void textIsNotEscapedBeyondNeed() {
        Plant plant = Plant.newBuilder().setPlantId("花<a>&\"\\\n\u0001🌱\ud800").build();
        assertThat(json(method("GetPlant"), plant)).startsWith("{\"plantId\":\"花<a>&\\\"\\\\\\n\\u0001🌱\ufffd\",");
    }

    @Test
    void bytesPassThroughWithTheirContentType() {
        ContractMethod photo = method("GetPhoto");
        Payload payload = Transcoder.write(
                photo,
                HttpBody.newBuilder()
                        .setContentType("image/png")
                        .setData(ByteString.copyFromUtf8("png"))
                        .build());
        assertThat(payload.contentType()).isEqualTo("image/png");
        assertThat(payload.bytes()).asString().isEqualTo("png");
        assertThat(Transcoder.write(photo, HttpBody.getDefaultInstance()).contentType())
                .isEqualTo("application/octet-stream");
    }

    @Test
    void onlyDeclaredFieldsLeave() {
        UnknownFieldSet secret = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(4711).build())
                .build();
        Plant dirty = Plant.newBuilder()
                .setPlantId("p")
                .setUnknownFields(secret)
                .setParent(Plant.newBuilder().setUnknownFields(secret))
                .addTrack(Position.newBuilder().setLatitude(1).setUnknownFields(secret))
                .putGrafts(1, Plant.newBuilder().setUnknownFields(secret).build())
                .build();
        Plant clean = Plant.newBuilder()
                .setPlantId("p")
                .setParent(Plant.getDefaultInstance())
                .addTrack(Position.newBuilder().setLatitude(1))
                .putGrafts(1, Plant.getDefaultInstance())
                .build();
        assertThat(Transcoder.strip(method("GetPlant"), dirty)).isEqualTo(clean);
        assertThat(Transcoder.strip(method("GetPlant"), dirty).toByteString()).isEqualTo(clean.toByteString());
        assertThat(Transcoder.strip(method("GetPlant"), clean)).isSameAs(clean);
        assertThat(json(method("GetPlant"), dirty)).doesNotContain("4711");

        HttpBody body = HttpBody.newBuilder()
                .setContentType("x/y")
                .addExtensions(Any.pack(clean))
                .build();
        assertThat(Transcoder.strip(method("GetPhoto"), body))
                .isEqualTo(HttpBody.newBuilder().setContentType("x/y").build());
    }

    @Test
    void anAnswerOfAnotherTypeIsABrokenProduct() {
        assertThatThrownBy(() -> Transcoder.write(method("GetPlant"), ListPlantsResponse.getDefaultInstance()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its contract says jingshu.garden.v1.Plant");
    }

    private static ContractMethod method(String name) {
        return GARDEN.findMethod("jingshu.garden.v1.GardenService/" + name).orElseThrow();
    }

    private static String json(ContractMethod method, Message answer) {
        return new String(Transcoder.write(method, answer).bytes(), StandardCharsets.UTF_8);
    }

    private static RouteMatch.Matched match(String verb, String path) {
        return (RouteMatch.Matched) GARDEN.routes().match(verb, path);
    }

    private static Message read(String verb, String path, String query, String body) {
        RequestReading reading =
                Transcoder.read(match(verb, path), query, body.getBytes(StandardCharsets.UTF_8));
        assertThat(reading).isInstanceOf(RequestReading.Read.class);
        return ((RequestReading.Read) reading).request();
    }

    private static List<Violation> broken(String verb, String path, String query, String body) {
        RequestReading reading =
                Transcoder.read(match(verb, path), query, body.getBytes(StandardCharsets.UTF_8));
        assertThat(reading).isInstanceOf(RequestReading.Broken.class);
        return ((RequestReading.Broken) reading).violations();
    }
}
