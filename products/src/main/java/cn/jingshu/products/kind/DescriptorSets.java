package cn.jingshu.products.kind;

import cn.jingshu.products.contract.v1.ContractOptionsProto;
import com.google.api.AnnotationsProto;
import com.google.api.HttpBodyProto;
import com.google.api.HttpProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Contracts that are kept as serialized descriptor sets. Files that everybody imports are the house's own, whatever a set holds. */
public final class DescriptorSets {
    private static final int MAX_FILES = 50;

    private static final Map<String, FileDescriptor> KNOWN = Stream.of(
                    DescriptorProtos.getDescriptor(), TimestampProto.getDescriptor(), DurationProto.getDescriptor(),
                    FieldMaskProto.getDescriptor(), WrappersProto.getDescriptor(), com.google.protobuf.AnyProto.getDescriptor(),
                    HttpProto.getDescriptor(), AnnotationsProto.getDescriptor(), HttpBodyProto.getDescriptor(),
                    ContractOptionsProto.getDescriptor())
            .collect(Collectors.toUnmodifiableMap(FileDescriptor::getName, file -> file));

    private static final ExtensionRegistry EXTENSIONS = ExtensionRegistry.newInstance();

    static {
        ContractOptionsProto.registerAllExtensions(EXTENSIONS);
        AnnotationsProto.registerAllExtensions(EXTENSIONS);
    }

    private DescriptorSets() {}

    /** @throws IllegalArgumentException if the bytes are no descriptor set */
    public static FileDescriptorSet parse(byte[] bytes) {
        try {
            return FileDescriptorSet.parseFrom(bytes, EXTENSIONS);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("these bytes are no descriptor set", e);
        }
    }

    /** The set without the files that everybody imports. */
    public static FileDescriptorSet own(FileDescriptorSet set) {
        FileDescriptorSet.Builder own = FileDescriptorSet.newBuilder();
        set.getFileList().stream().filter(file -> !KNOWN.containsKey(file.getName())).forEach(own::addFile);
        return own.build();
    }

    /**
     * The one service with the option {@code product}.
     *
     * @throws IllegalArgumentException if the set cannot be linked, or holds none or several such services
     */
    public static ServiceDescriptor service(FileDescriptorSet set) {
        List<ServiceDescriptor> services = new ArrayList<>();
        for (FileDescriptor file : link(set)) {
            file.getServices().stream()
                    .filter(service -> service.getOptions().hasExtension(ContractOptionsProto.product))
                    .forEach(services::add);
        }
        if (services.size() != 1) {
            throw new IllegalArgumentException(
                    "a contract is one service with the option (jingshu.contract.v1.product); there are " + services.size());
        }
        return services.getFirst();
    }

    private static List<FileDescriptor> link(FileDescriptorSet set) {
        if (set.getFileCount() > MAX_FILES) {
            throw new IllegalArgumentException("a descriptor set of more than " + MAX_FILES + " files");
        }
        Map<String, FileDescriptor> files = new HashMap<>(KNOWN);
        List<FileDescriptor> own = new ArrayList<>();
        for (FileDescriptorProto proto : set.getFileList()) {
            if (KNOWN.containsKey(proto.getName())) {
                continue;
            }
            FileDescriptor[] imports = new FileDescriptor[proto.getDependencyCount()];
            for (int i = 0; i < imports.length; i++) {
                FileDescriptor imported = files.get(proto.getDependency(i));
                if (imported == null) {
                    throw new IllegalArgumentException(proto.getName() + " imports " + proto.getDependency(i) + ", which is not in the set before it");
                }
                imports[i] = imported;
            }
            try {
                FileDescriptor file = FileDescriptor.buildFrom(proto, imports);
                files.put(proto.getName(), file);
                own.add(file);
            } catch (DescriptorValidationException e) {
                throw new IllegalArgumentException(proto.getName() + " is broken: " + e.getMessage(), e);
            }
        }
        return own;
    }
}
