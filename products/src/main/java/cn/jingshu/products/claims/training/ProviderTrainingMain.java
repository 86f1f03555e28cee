package cn.jingshu.products.claims.training;

import cn.jingshu.products.statistics.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/** Trains the provider model. Arguments: the CSV file of summaries, the folder to write to, the day to note. */
public final class ProviderTrainingMain {
    private ProviderTrainingMain() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new IllegalArgumentException("three arguments: file of summaries, output folder, day");
        }
        StoredModel model = ProviderTraining.read(Path.of(args[0])).model(LocalDate.parse(args[2]).toString());
        Files.writeString(Files.createDirectories(Path.of(args[1])).resolve(model.id() + ".json"), model.json());
        System.out.println(model.id() + " " + model.provenance().rows() + " rows " + model.metrics());
    }
}
