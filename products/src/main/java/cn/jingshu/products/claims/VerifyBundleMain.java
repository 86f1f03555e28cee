package cn.jingshu.products.claims;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks an evidence bundle on a desk, without network or database. Arguments: the bundle, the public key as Base64. */
public final class VerifyBundleMain {
    private VerifyBundleMain() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("two arguments: bundle, public key");
        }
        switch (EvidenceBundle.check(Files.readAllBytes(Path.of(args[0])), args[1])) {
            case EvidenceBundle.Check.Sound(var caseId, var file, var events) ->
                System.out.printf("sound: case %s, %s, %d events, %d tasks%n", caseId, file.state(), events.size(), file.tasks().size());
            case EvidenceBundle.Check.Broken(var why) -> {
                System.out.println("BROKEN: " + why);
                System.exit(1);
            }
        }
    }
}
