package cn.jingshu.products.lending;

import cn.jingshu.products.spi.Answer;
import com.google.protobuf.Message;
import java.util.List;

/** A request, or an item of a batch, that cannot be answered; carries what is said of it out of the depth of a reading. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Answer.Fault fault;
    private final String field;
    private final String zh;
    private final String en;

    private RefusedException(Answer.Fault fault, String field, String zh, String en) {
        super(fault + " " + field, null, false, false);
        this.fault = fault;
        this.field = field;
        this.zh = zh;
        this.en = en;
    }

    /** A field is wrong. */
    static RefusedException invalid(String field, String zh, String en) {
        return new RefusedException(Answer.Fault.INVALID_REQUEST, field, zh, en);
    }

    static RefusedException notFound(String zh, String en) {
        return new RefusedException(Answer.Fault.NOT_FOUND, "", zh, en);
    }

    static RefusedException away(String zh, String en) {
        return new RefusedException(Answer.Fault.SOURCE_UNAVAILABLE, "", zh, en);
    }

    Answer.Fault fault() {
        return fault;
    }

    String zh() {
        return field.isEmpty() ? zh : field + ":" + zh;
    }

    String en() {
        return field.isEmpty() ? en : field + ": " + en;
    }

    <A extends Message> Answer<A> answer() {
        return new Answer.Refused<>(fault, zh, en, field.isEmpty() ? List.of() : List.of(new Answer.Violation(field, zh, en)));
    }
}
