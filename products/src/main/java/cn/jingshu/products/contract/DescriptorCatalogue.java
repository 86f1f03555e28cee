package cn.jingshu.products.contract;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import com.google.api.AnnotationsProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.ExtensionRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The services of every {@code .proto} that was compiled with this module, read from the descriptor set the compiler
 * left on the class path: a new product is in it by its {@code .proto} alone, and no product is started to read it.
 */
public final class DescriptorCatalogue {
    private static final String DESCRIPTOR_SET = "/META-INF/jingshu/contracts.binpb";

    private DescriptorCatalogue() {}

    /** The contracts of all services that carry the product option. */
    public static Contracts contracts() {
        return Contracts.described(services());
    }

    /** All services that carry the product option, in the order of the descriptor set. */
    static List<ServiceDescriptor> services() {
        Map<String, FileDescriptor> files = new HashMap<>();
        List<ServiceDescriptor> services = new ArrayList<>();
        for (FileDescriptorProto proto : descriptorSet().getFileList()) {
            // protoc writes a file behind all it imports, so every import is known already.
            FileDescriptor[] imports =
                    proto.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
            FileDescriptor file;
            try {
                file = FileDescriptor.buildFrom(proto, imports);
            } catch (DescriptorValidationException e) {
                throw new IllegalStateException(proto.getName() + " in " + DESCRIPTOR_SET + " is broken", e);
            }
            files.put(proto.getName(), file);
            file.getServices().stream()
                    .filter(service -> service.getOptions().hasExtension(ContractOptionsProto.product))
                    .forEach(services::add);
        }
        return services;
    }

    private static FileDescriptorSet descriptorSet() {
        var extensions = ExtensionRegistry.newInstance();
        ContractOptionsProto.registerAllExtensions(extensions);
        AnnotationsProto.registerAllExtensions(extensions);
        try (InputStream in = DescriptorCatalogue.class.getResourceAsStream(DESCRIPTOR_SET)) {
            if (in == null) {
                throw new IllegalStateException(DESCRIPTOR_SET + " is not on the class path");
            }
            return FileDescriptorSet.parseFrom(in, extensions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
