package cn.jingshu.marketplace.runtime;

import cn.jingshu.ledger.log.InclusionProof;
import cn.jingshu.ledger.log.LogCheck;
import cn.jingshu.ledger.log.SealedLog;
import cn.jingshu.ledger.log.SignedCheckpoint;
import cn.jingshu.ledger.seal.Checkpoint;
import cn.jingshu.ledger.seal.KeySet;
import cn.jingshu.ledger.seal.LogLeaf;
import cn.jingshu.ledger.seal.NodeHash;
import cn.jingshu.ledger.seal.SealKey;
import cn.jingshu.ledger.seal.SignedNote;
import cn.jingshu.marketplace.seal.Sealing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The append-only log at the command line: sign it, check it, change its keys, check a proof without it. */
@Command(name = "log", mixinStandardHelpOptions = true, description = "The append-only log: sign, check, keys, proofs.")
final class LogCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine.usage(this, System.out);
        return CommandLine.ExitCode.USAGE;
    }

    @Command(name = "sign", mixinStandardHelpOptions = true,
            description = "Seal what was booked and metered until now, and print the signed checkpoint.")
    int sign(@Mixin WorkspaceOptions workspace) {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            Optional<SignedCheckpoint> signed = context.get(Sealing.class).seal();
            out.println();
            out.print(signed.map(checkpoint -> checkpoint.note().toString())
                    .orElse("This data folder has not the keys of the log; a node that has them signs it in its time.\n"));
            out.flush();
            return 0;
        }
    }

    @Command(name = "check", mixinStandardHelpOptions = true,
            description = "Hold every leaf against the books and the meter, and every checkpoint against the leaves; status 1 if one differs.")
    int check(@Mixin WorkspaceOptions workspace) {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            LogCheck.Result result = context.get(LogCheck.class).run();
            out.printf("%n%,d leaves, %,d checkpoints, %d sets of keys%n", result.leaves(), result.checkpoints(), result.keySets());
            result.faults().forEach(fault -> out.println("FAIL " + fault));
            out.println(result.faults().isEmpty() ? "ok   all of it holds" : result.faults().size() + " faults");
            out.flush();
            return result.faults().isEmpty() ? 0 : Jingshu.FAILED;
        }
    }

    @Command(name = "keys", mixinStandardHelpOptions = true, description = "Print the keys of the log, the notes that told them included.")
    int keys(@Mixin WorkspaceOptions workspace) {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            List<SignedNote> notes = context.get(SealedLog.class).listKeySets();
            KeySet.history(notes);
            notes.forEach(note -> out.printf("%n%s", note));
            out.flush();
            return 0;
        }
    }

    @Command(name = "rotate-keys", mixinStandardHelpOptions = true,
            description = "Take new keys into use, signed by the ones before, and sign a checkpoint with them.")
    int rotateKeys(@Mixin WorkspaceOptions workspace) {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            SignedCheckpoint signed = context.get(Sealing.class).rotateKeys();
            out.printf("%nChange of keys:%n%n%s%nFirst checkpoint signed with them:%n%n%s",
                    context.get(SealedLog.class).listKeySets().getLast(), signed.note());
            out.flush();
            return 0;
        } catch (IllegalStateException noKeys) {
            throw new StartFailure(String.valueOf(noKeys.getMessage()), noKeys);
        }
    }

    @Command(name = "replace-lost-keys", mixinStandardHelpOptions = true,
            description = "Take new keys into use because the keystore is lost. The old ones cannot sign them: everybody who checks the log has to be told.")
    int replaceLostKeys(@Mixin WorkspaceOptions workspace,
            @Option(names = "--reason", required = true, paramLabel = "TEXT",
                    description = "What happened, one line; it stands in the log's history of keys for ever.") String reason) {
        PrintWriter out = spec.commandLine().getOut();
        try (CommandContext context = CommandContext.open(workspace)) {
            SignedCheckpoint signed = context.get(Sealing.class).replaceLostKeys(reason.strip());
            out.printf("%nNew keys in place of lost ones:%n%n%s%nFirst checkpoint signed with them:%n%n%s%n"
                            + "Publish the keys by another way than this server, and tell every auditor: nothing signed by the old keys vouches for them.%n",
                    context.get(SealedLog.class).listKeySets().getLast(), signed.note());
            out.flush();
            return 0;
        } catch (IllegalStateException | IllegalArgumentException refused) {
            throw new StartFailure(String.valueOf(refused.getMessage()), refused);
        }
    }

    @Command(name = "verify", mixinStandardHelpOptions = true,
            description = "Check a proof downloaded from the portal, without database and network; status 1 if it proves nothing.")
    int verify(
            @Parameters(paramLabel = "FILE", description = "The proof, or the batches of a line, as JSON.") Path file,
            @Option(names = "--key", required = true, paramLabel = "VKEY", description = "A public key of the log, told by someone you trust; may be repeated.")
                    List<String> keys)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        JsonNode read = new ObjectMapper().readTree(Files.readString(file));
        List<JsonNode> proofs = read.has("batches") ? read.path("batches").valueStream().map(batch -> batch.path("proof")).toList() : List.of(read);
        boolean holds = !proofs.isEmpty();
        for (JsonNode proof : proofs) {
            String fault = faultOf(proof, keys, out);
            out.println(fault.isEmpty() ? "ok   the leaf is under the signed checkpoint" : "FAIL " + fault);
            holds &= fault.isEmpty();
        }
        if (proofs.isEmpty()) {
            out.println("FAIL the file has no batch, so it proves nothing");
        }
        out.flush();
        return holds ? 0 : Jingshu.FAILED;
    }

    /** Why a proof proves nothing; empty: it proves its leaf. */
    private static String faultOf(JsonNode proof, List<String> keys, PrintWriter out) {
        try {
            SignedNote note = SignedNote.parse(proof.path("note").asText());
            Optional<Checkpoint> checkpoint = Checkpoint.in(note);
            if (checkpoint.isEmpty()) {
                return "the note is no checkpoint";
            }
            for (String key : keys) {
                if (!note.isSignedBy(SealKey.ofVkey(key))) {
                    return "the checkpoint is not signed by " + key;
                }
            }
            LogLeaf leaf = LogLeaf.parse(proof.path("leaf").asText());
            out.printf("%n%s%n%s%n", leaf.toText(), checkpoint.get().toText());
            InclusionProof inclusion = new InclusionProof(proof.path("index").asLong(-1), checkpoint.get().size(), leaf,
                    hashes(proof.path("sha256")), hashes(proof.path("sm3")));
            return inclusion.holds(checkpoint.get()) ? "" : "the leaf is not under the checkpoint's root";
        } catch (IllegalArgumentException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }

    private static List<NodeHash> hashes(JsonNode texts) {
        List<NodeHash> hashes = new ArrayList<>();
        texts.forEach(text -> hashes.add(NodeHash.ofBase64(text.asText())));
        return hashes;
    }
}
