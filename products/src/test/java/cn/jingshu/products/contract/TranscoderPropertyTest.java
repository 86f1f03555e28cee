package cn.jingshu.products.contract;

import static org.assertj.core.api.Assertions.assertThat;

import cn.jingshu.products.garden.GardenProduct;
import cn.jingshu.products.garden.v1.Colour;
import cn.jingshu.products.garden.v1.Plant;
import cn.jingshu.products.garden.v1.PlantManyRequest;
import cn.jingshu.products.garden.v1.Position;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Protobuf's own JSON is the reference: what we write it reads, what it writes we read. */
class TranscoderPropertyTest {
    private static final int ROUNDS = 2_000;
    private static final Contracts GARDEN = Contracts.of(List.of(new GardenProduct(GardenProduct.ALL)));
    private static final ContractMethod GET = GARDEN.findMethod("jingshu.garden.v1.GardenService/GetPlant").orElseThrow();

    @Test
    void whatWeWriteTheReferenceReads() throws InvalidProtocolBufferException {
        for (long seed = 0; seed < ROUNDS; seed++) {
            Plant plant = plant(new Random(seed), 0);
            Plant.Builder read = Plant.newBuilder();
            JsonFormat.parser().merge(new String(Transcoder.write(GET, plant).bytes(), StandardCharsets.UTF_8), read);
            assertThat(read.build()).as("seed %d", seed).isEqualTo(plant);
        }
    }

    @Test
    void whatTheReferenceWritesWeRead() throws InvalidProtocolBufferException {
        var matched = (RouteMatch.Matched) GARDEN.routes().match("POST", "/v1/garden/plants:plant");
        for (long seed = 0; seed < ROUNDS; seed++) {
            var request = PlantManyRequest.newBuilder()
                    .addPlants(plant(new Random(seed), 0))
                    .build();
            String json = JsonFormat.printer().print(request);
            assertThat(Transcoder.read(matched, "", json.getBytes(StandardCharsets.UTF_8)))
                    .as("seed %d", seed)
                    .isEqualTo(new RequestReading.Read(request));
        }
    }

    @Test
    void noBodyWhateverItHoldsThrows() {
        var matched = (RouteMatch.Matched) GARDEN.routes().match("POST", "/v1/garden/plants:plant");
        String alphabet = "{}[]\",:\\u0019e+-.truefalsn plantsId\ud83c花\u0000";
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            var text = new StringBuilder("{\"plants\":[{\"plantId\":\"a\",\"counts\":{\"x\":1},\"age\":\"1s\"}]}");
            for (int i = random.nextInt(6); i >= 0; i--) {
                text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(Transcoder.read(matched, text.toString(), body)).as("seed %d", seed).isNotNull();
        }
    }

    private static Plant plant(Random random, int depth) {
        Plant.Builder plant = Plant.newBuilder().setPlantId("p" + text(random));
        if (random.nextBoolean()) {
            plant.setColour(random.nextBoolean() ? Colour.RED : Colour.GREEN)
                    .setPosition(position(random))
                    .addTags(text(random))
                    .putCounts(text(random), random.nextLong())
                    .setPlantedAt(Timestamp.newBuilder()
                            .setSeconds(random.nextLong(-62_135_596_800L, 253_402_300_800L))
                            .setNanos(nanos(random)))
                    .setWorth(Int64Value.of(random.nextLong()))
                    .setKnown(FieldMask.newBuilder().addPaths("plant_id").addPaths("position.latitude"));
        }
        if (random.nextBoolean()) {
            int sign = random.nextBoolean() ? 1 : -1;
            plant.setAge(Duration.newBuilder()
                            .setSeconds(sign * random.nextLong(315_576_000_000L))
                            .setNanos(sign * nanos(random)))
                    .setHeight(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)))
                    .setWeight(random.nextFloat() * 1e-20f)
                    .setSeal(ByteString.copyFromUtf8(text(random)))
                    .setAlive(true)
                    .setLeaves(random.nextInt())
                    .setCells(random.nextLong())
                    .setBalance(random.nextLong())
                    .addTrack(position(random))
                    .addTrack(position(random));
        }
        switch (random.nextInt(3)) {
            case 0 -> plant.setApples(0);
            case 1 -> plant.setNut(text(random));
            default -> plant.clearFruit();
        }
        if (depth < 3 && random.nextBoolean()) {
            plant.setParent(plant(random, depth + 1)).putGrafts(random.nextInt(), plant(random, depth + 1));
        }
        return plant.build();
    }

    private static Position position(Random random) {
        return Position.newBuilder()
                .setLatitude(random.nextDouble(-90, 90))
                .setLongitude(random.nextInt(-180, 180))
                .build();
    }

    private static int nanos(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1_000) * 1_000_000;
            case 2 -> random.nextInt(1_000_000) * 1_000;
            default -> random.nextInt(1_000_000_000);
        };
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> 0x80 + random.nextInt(0x700);
                        case 2 -> 0x4e00 + random.nextInt(0x5000);
                        default -> 0x1f300 + random.nextInt(0x200);
                    });
        }
        return text.toString();
    }
}
