package cn.jingshu.products.contract;

import cn.jingshu.products.contract.OpenApiDocument.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the published document, derived from the contracts on the class path, to the file named on the command line. */
public final class OpenApiMain {
    /** The server of the published document: where a first start answers. */
    static final String SERVER_URL = "http://localhost:8080";

    private OpenApiMain() {}

    /** The document that {@code openapi/} publishes and the SDKs are generated from. */
    static String document() {
        return OpenApiDocument.render(DescriptorCatalogue.contracts(), Dialect.V3_0, SERVER_URL);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("One argument is needed: the file to write.");
            System.exit(2);
        }
        Path file = Path.of(arguments[0]).toAbsolutePath();
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, document());
    }
}
