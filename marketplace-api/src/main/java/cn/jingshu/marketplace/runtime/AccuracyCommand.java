package cn.jingshu.marketplace.runtime;

import cn.jingshu.products.transit.BostonAccuracy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Measures the transit product's arrival predictor on true arrivals. */
@Command(name = "accuracy", mixinStandardHelpOptions = true,
        description = "Measure the arrival predictor on a day of true arrivals (MBTA stop crossings).")
final class AccuracyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "stop_crossing_*.csv: scheduled and actual times at time points.")
    private Path file;

    @Override
    public Integer call() throws Exception {
        if (!Files.isReadable(file)) {
            throw new StartFailure("The file " + file + " cannot be read.");
        }
        BostonAccuracy.main(new String[] {file.toString()});
        return 0;
    }
}
