package cn.jingshu.marketplace.edge;

import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.spi.Answer;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/**
 * What a product found, as bytes that either edge can answer from again: a call made over gRPC may be retried over REST.
 * The first byte is the version of the form; the contract's message follows to the end.
 */
final class StoredAnswer {
    private static final int FORM = 1;

    /** What is kept of a stream: that it was opened. Its items went to whoever read it. */
    static final ByteString STREAMED = ByteString.copyFrom(new byte[] {2});

    private StoredAnswer() {}

    static ByteString write(Answer.Found<? extends Message> found) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeLong(found.rows());
            out.writeBoolean(found.hit());
            out.writeBoolean(found.stale());
            Instant modifiedAt = found.modifiedAt();
            out.writeBoolean(modifiedAt != null);
            if (modifiedAt != null) {
                out.writeLong(modifiedAt.getEpochSecond());
                out.writeInt(modifiedAt.getNano());
            }
            out.write(bytesOf(found.message()));
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory takes bytes", impossible);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    /** @throws IllegalStateException when the bytes are not of this form, or the contract has changed since */
    static Answer.Found<Message> read(ContractMethod method, ByteString stored) {
        try (DataInputStream in = new DataInputStream(stored.newInput())) {
            int form = in.readUnsignedByte();
            if (form != FORM) {
                throw new IllegalStateException("a stored answer has form " + form);
            }
            long rows = in.readLong();
            boolean hit = in.readBoolean();
            boolean stale = in.readBoolean();
            Instant modifiedAt = in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
            return new Answer.Found<>(
                    DynamicMessage.parseFrom(method.response(), in.readAllBytes()), rows, hit, stale, modifiedAt);
        } catch (IOException torn) {
            throw new IllegalStateException("a stored answer cannot be read", torn);
        }
    }

    /** Tells one request of one operation from every other, whichever edge it comes through. */
    static ByteString hashOf(ContractMethod method, Message request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(method.fullMethodName().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return ByteString.copyFrom(digest.digest(bytesOf(request)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** As {@link #hashOf(ContractMethod, Message)}, of a stream that goes on behind {@code lastEventId}. */
    static ByteString hashOf(ContractMethod method, Message request, String lastEventId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(hashOf(method, request).toByteArray());
            return ByteString.copyFrom(digest.digest(lastEventId.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Equal messages give equal bytes. */
    private static byte[] bytesOf(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory takes bytes", impossible);
        }
        return bytes;
    }
}
