package cn.jingshu.products.declared;

import cn.jingshu.products.kind.Declaration;
import cn.jingshu.products.kind.DescriptorSets;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.ServiceDescriptor;

/**
 * A declaration that is right in itself, with its contract.
 *
 * @param set the contract as it is kept
 * @param service the same, linked
 * @param artefact the file that belongs to it, of a model; empty: none
 */
public record Prepared(Declaration declaration, FileDescriptorSet set, ServiceDescriptor service, ByteString artefact) {
    /** The same under a contract that was kept. @throws IllegalArgumentException if it cannot be linked */
    public Prepared under(FileDescriptorSet kept) {
        return new Prepared(declaration, kept, DescriptorSets.service(kept), artefact);
    }
}
