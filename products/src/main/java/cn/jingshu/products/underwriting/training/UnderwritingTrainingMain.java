package cn.jingshu.products.underwriting.training;

import cn.jingshu.products.statistics.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/**
 * Trains the models of underwriting and writes them, one file each. Arguments: the file {@code heart_cleveland_303.data}, the file
 * {@code insurance_charges_1338.csv}, the folder of the synthetic population, the folder to write to
 * ({@code products/src/main/resources/model/underwriting}) and the day to note.
 */
public final class UnderwritingTrainingMain {
    private UnderwritingTrainingMain() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 5) {
            throw new IllegalArgumentException("five arguments: Cleveland file, charges file, Synthea folder, output folder, day");
        }
        String day = LocalDate.parse(args[4]).toString();
        ClevelandTraining cleveland = ClevelandTraining.read(Path.of(args[0]));
        List<StoredModel> models = List.of(cleveland.full(day), cleveland.records(day),
                ChargesTraining.read(Path.of(args[1])).model(day), SyntheaTraining.read(Path.of(args[2])).model(day));
        Path folder = Files.createDirectories(Path.of(args[3]));
        for (StoredModel model : models) {
            Files.writeString(folder.resolve(model.id() + ".json"), model.json());
            System.out.println(model.id() + " " + model.provenance().rows() + " rows " + model.metrics());
            for (int i = 0; i < model.features().size(); i++) {
                System.out.printf("  %-30s %9.4f%n", model.features().get(i).name(), model.coefficients().get(i + 1));
            }
        }
    }
}
