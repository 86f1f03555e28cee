package cn.jingshu.products.contract;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code .proto} files of a contract as gRPC users compile them. They lie on the class path under {@code proto/}; those of a
 * contract that was made of a declaration are written from its descriptors.
 */
public final class ProtoFiles {
    private ProtoFiles() {}

    /** Names of the contract's file and of all it imports from us, imports first; Google's files are not among them. */
    public static List<String> of(Contract contract) {
        Set<String> names = new LinkedHashSet<>();
        collect(contract.file(), names);
        return List.copyOf(names);
    }

    private static void collect(FileDescriptor file, Set<String> names) {
        file.getDependencies().forEach(imported -> collect(imported, names));
        if (!file.getPackage().startsWith("google.")) {
            names.add(file.getName());
        }
    }

    private static Optional<FileDescriptor> find(FileDescriptor file, String name) {
        return file.getName().equals(name)
                ? Optional.of(file)
                : file.getDependencies().stream().flatMap(imported -> find(imported, name).stream()).findFirst();
    }

    /** The text of the file that {@link #of} names; empty: the contract has no such file. */
    public static Optional<String> read(Contract contract, String name) {
        if (!of(contract).contains(name)) {
            return Optional.empty();
        }
        try (InputStream in = ProtoFiles.class.getResourceAsStream("/proto/" + name)) {
            return in == null
                    ? find(contract.file(), name).map(ProtoText::of)
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
