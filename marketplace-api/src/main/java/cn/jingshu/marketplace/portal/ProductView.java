package cn.jingshu.marketplace.portal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One product: what it is, what feeds it, what it costs, its contract, and a form to try it.
 *
 * @param shortfalls what its data lack now, a sentence each; empty: nothing is known to be lacking
 * @param outgoing versions on their way out
 * @param registrationCode the code of its registration (登记); empty: not registered yet
 * @param mapHref where the product can be seen at work; null: nowhere
 * @param tryIt null: no operation of the product can be tried
 */
public record ProductView(
        ProductCard card,
        List<Bilingual> shortfalls,
        List<Outgoing> outgoing,
        String registrationCode,
        List<Resource> resources,
        Reading<List<Price>> prices,
        List<OperationDoc> operations,
        @Nullable String mapHref,
        @Nullable TryIt tryIt,
        FirstCall firstCall) {

    public ProductView {
        shortfalls = List.copyOf(shortfalls);
        outgoing = List.copyOf(outgoing);
        resources = List.copyOf(resources);
        operations = List.copyOf(operations);
    }

    /** A version that nobody should begin to use from {@code deprecatedAt} on; {@code sunsetAt} null: its end is not decided. */
    public record Outgoing(int version, Instant deprecatedAt, @Nullable Instant sunsetAt) {}

    /**
     * A data resource (数据资源) behind the product.
     *
     * @param law what the law says about it; null: nothing in particular
     * @param blocked true: the law blocks it and it can never be granted
     */
    public record Resource(
            String id, Bilingual name, Bilingual provider, Update update, @Nullable Bilingual law, boolean blocked) {}

    /** How often a resource is brought up to date. */
    public enum Update implements Labelled {
        PERIODIC,
        REAL_TIME
    }

    /**
     * A plan's price beside the ceiling it must not exceed.
     *
     * @param fenPerUnit price in fen a unit, where not every unit costs the same the most one can cost on average; null:
     *     free of charge
     * @param ceilingFenPerUnit the ceiling (上限收费标准) of a unit; null: none is needed because the use is free
     * @param quotaUnits units a calendar month; null: no quota
     * @param basis where the ceiling was fixed
     * @param tariff the whole tariff in words; null: a price for each unit says it all
     * @param ceiling the whole ceiling in words; null likewise
     * @param trial whether it is a trial price (试行收费标准)
     */
    public record Price(
            String plan,
            Bilingual planName,
            PurposeClass purpose,
            @Nullable BigDecimal fenPerUnit,
            @Nullable BigDecimal ceilingFenPerUnit,
            MeterUnit unit,
            @Nullable Long quotaUnits,
            long callsPerMinute,
            LocalDate effectiveFrom,
            @Nullable Bilingual basis,
            @Nullable Bilingual tariff,
            @Nullable Bilingual ceiling,
            boolean trial) {
        /** A price for each unit. */
        public Price(String plan, Bilingual planName, PurposeClass purpose, @Nullable BigDecimal fenPerUnit,
                @Nullable BigDecimal ceilingFenPerUnit, MeterUnit unit, @Nullable Long quotaUnits, long callsPerMinute,
                LocalDate effectiveFrom, @Nullable Bilingual basis) {
            this(plan, planName, purpose, fenPerUnit, ceilingFenPerUnit, unit, quotaUnits, callsPerMinute, effectiveFrom,
                    basis, null, null, false);
        }
    }

    /** What a call costs that got no answer, in units of the meter. */
    public record WithoutAnswer(int notModified, int refused, int failed) {
        static final WithoutAnswer NOTHING = new WithoutAnswer(0, 0, 0);

        /** Whether it costs anything at all. */
        public boolean costs() {
            return !equals(NOTHING);
        }
    }

    /** One operation of the contract. */
    public record OperationDoc(
            String name,
            Bilingual summary,
            String httpMethod,
            String path,
            String grpcMethod,
            MeterUnit unit,
            boolean personal,
            boolean streaming,
            boolean staleIsFree,
            WithoutAnswer withoutAnswer,
            List<FieldDoc> request,
            List<FieldDoc> answer) {
        public OperationDoc {
            request = List.copyOf(request);
            answer = List.copyOf(answer);
        }
    }

    /**
     * One field of a message.
     *
     * @param path its JSON name, with the names of the messages around it: {@code vehicles[].position.latitude}
     * @param unit of measure; empty: none
     * @param resources ids of the data resources that feed it
     */
    public record FieldDoc(
            String path,
            String type,
            String unit,
            Sensitivity sensitivity,
            Bilingual doc,
            List<String> resources,
            boolean required,
            boolean subject) {
        public FieldDoc {
            resources = List.copyOf(resources);
        }
    }

    /** How protected a field is (GB/T 43697; PIPL Art. 28). */
    public enum Sensitivity implements Labelled {
        PUBLIC,
        INTERNAL,
        PERSONAL,
        SENSITIVE_PERSONAL
    }

    /**
     * The form that tries one operation on a sandbox key, generated from the contract.
     *
     * @param operation the chosen operation
     * @param operations what can be chosen
     * @param inputs one for each request field
     * @param keptKey how the test key of the last try is named, {@code js_test_…9fK2}; empty: none is kept
     * @param answer of the last try; null: not tried yet
     */
    public record TryIt(
            String operation,
            List<Choice> operations,
            List<Input> inputs,
            String keptKey,
            Form form,
            @Nullable TryAnswer answer) {
        public TryIt {
            operations = List.copyOf(operations);
            inputs = List.copyOf(inputs);
        }
    }

    /** A value that can be chosen, and what it is called. */
    public record Choice(String value, Bilingual name) {}

    /**
     * One input of a generated form.
     *
     * @param choices allowed values of a {@code CHOICE}; empty for the others
     * @param minimum smallest number; null: unbounded
     * @param maximum largest number; null: unbounded
     * @param maxLength of a text; null: the edge's default
     */
    public record Input(
            String name,
            Kind kind,
            Bilingual doc,
            String unit,
            boolean required,
            List<Choice> choices,
            @Nullable Double minimum,
            @Nullable Double maximum,
            @Nullable Integer maxLength) {
        public Input {
            choices = List.copyOf(choices);
        }

        /** What kind of field it is. */
        public enum Kind {
            TEXT,
            NUMBER,
            YES_NO,
            CHOICE
        }
    }

    /** What came back: the status line, the headers worth seeing, and the body as it was sent. */
    public record TryAnswer(int status, String requestLine, List<Header> headers, String body, long latencyMicros) {
        public TryAnswer {
            headers = List.copyOf(headers);
        }
    }

    /** One header of an answer. */
    public record Header(String name, String value) {}
}
