package cn.jingshu.products.kind;

import cn.jingshu.products.contract.Contract;
import cn.jingshu.products.contract.ContractMethod;
import cn.jingshu.products.contract.FieldFacts;
import cn.jingshu.products.contract.HttpBinding;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether callers of a contract go on working with the one that would take its place: within a version a contract only grows,
 * on the wire (protobuf), in JSON, in what it demands of a request, and in what is counted.
 *
 * @see "https://protobuf.dev/programming-guides/proto3/#updating: what may be changed of a message"
 */
public final class Compatibility {
    private final Faults faults;
    private final Set<String> seen = new HashSet<>();

    private Compatibility(Faults faults) {
        this.faults = faults;
    }

    /** Notes every way in which {@code after} breaks callers of {@code before}. */
    public static void within(Contract before, Contract after, Faults faults) {
        new Compatibility(faults).compare(before, after);
    }

    /**
     * Notes what another version must keep, too: an operation of the same name counts in the same unit, because both are sold by
     * one price and stand on one line of a bill.
     */
    public static void between(Contract before, Contract after, Faults faults) {
        for (ContractMethod method : before.methods()) {
            find(after, method.name()).ifPresent(other -> faults.require(other.meterUnit() == method.meterUnit(), method.name(),
                    "各版本同名操作的计量单位须相同:" + method.meterUnit(), "counts in another unit than in version " + before.version() + ": "
                            + method.meterUnit()));
        }
    }

    private static Optional<ContractMethod> find(Contract contract, String name) {
        return contract.methods().stream().filter(method -> method.name().equals(name)).findFirst();
    }

    private void compare(Contract before, Contract after) {
        require(before.serviceName().equals(after.serviceName()), "", "服务名改变", "the service has another name");
        for (ContractMethod method : before.methods()) {
            Optional<ContractMethod> other = find(after, method.name());
            require(other.isPresent(), method.name(), "操作被去掉", "the operation is gone");
            other.ifPresent(now -> compare(method, now));
        }
    }

    private void compare(ContractMethod before, ContractMethod now) {
        String place = before.name();
        Set<String> addresses = new HashSet<>();
        now.bindings().forEach(binding -> addresses.add(address(binding)));
        for (HttpBinding binding : before.bindings()) {
            require(addresses.contains(address(binding)), place, "地址改变:" + address(binding), "no longer answers " + address(binding));
        }
        require(before.meterUnit() == now.meterUnit(), place, "计量单位改变", "counts in another unit");
        require(now.notModifiedUnits() <= before.notModifiedUnits() && now.refusedUnits() <= before.refusedUnits()
                && now.failedUnits() <= before.failedUnits(), place, "未获应答的调用收费提高", "makes a call without an answer cost more");
        require(before.staleIsFree() == now.staleIsFree() || now.staleIsFree(), place, "过期应答改为收费", "bills a stale answer now");
        require(before.personal() || !now.personal(), place, "改为需要个人同意", "needs consent now");
        require(before.streaming() == now.streaming() && before.answersBytes() == now.answersBytes(), place, "应答方式改变", "answers in another manner");
        require(now.maxAnswerBytes() >= before.maxAnswerBytes(), place, "应答上限变小", "allows smaller answers");
        require(before.request().getFullName().equals(now.request().getFullName())
                && before.response().getFullName().equals(now.response().getFullName()), place, "消息名改变", "its messages have other names");
        compare(before, now, before.request(), now.request(), true);
        if (!before.answersBytes() && !now.answersBytes()) {
            compare(before, now, before.response(), now.response(), false);
        }
    }

    private static String address(HttpBinding binding) {
        return binding.verb() + " " + binding.path() + " " + (binding.takesBody() ? "body" : "");
    }

    private void compare(ContractMethod before, ContractMethod now, Descriptor old, Descriptor young, boolean asked) {
        if (!seen.add(old.getFullName() + asked)) {
            return;
        }
        List<FieldFacts> fields = now.fieldsOf(young);
        for (FieldFacts was : before.fieldsOf(old)) {
            String place = old.getName() + "." + was.field().getName();
            FieldDescriptor same = young.findFieldByNumber(was.field().getNumber());
            if (same == null || !same.getName().equals(was.field().getName())) {
                require(false, place, "字段被去掉、改名或改号", "is gone, or has another name or number");
                continue;
            }
            compare(before, now, was, fields.stream().filter(each -> each.field().equals(same)).findFirst().orElseThrow(), place, asked);
        }
        if (asked) {
            for (FieldFacts is : fields) {
                require(!is.required() || old.findFieldByNumber(is.field().getNumber()) != null, young.getName() + "." + is.field().getName(),
                        "新增了必填参数", "is a new parameter that has to be given");
            }
        }
    }

    private void compare(ContractMethod before, ContractMethod now, FieldFacts was, FieldFacts is, String place, boolean asked) {
        FieldDescriptor old = was.field();
        FieldDescriptor young = is.field();
        require(old.getType() == young.getType() && old.isRepeated() == young.isRepeated() && old.hasPresence() == young.hasPresence()
                && old.isMapField() == young.isMapField(), place, "类型改变", "has another type");
        require(old.getJsonName().equals(young.getJsonName()), place, "JSON 名改变", "has another name in JSON");
        require(was.unit().equals(is.unit()), place, "单位改变", "has another unit");
        require(is.sensitivity().getNumber() >= was.sensitivity().getNumber(), place, "敏感级别降低", "is classified lower than it was");
        if (asked) {
            require(was.required() || !is.required(), place, "改为必填", "has to be given now");
            require(was.subject() == is.subject(), place, "改变了所查询之人的标识", "names a person now, or no longer");
            require(is.maxLength() >= was.maxLength() && notAbove(is.minimum(), was.minimum(), Double.NEGATIVE_INFINITY)
                    && notAbove(was.maximum(), is.maximum(), Double.POSITIVE_INFINITY), place, "允许范围变窄", "takes less than it did");
        }
        if (old.getType() == FieldDescriptor.Type.MESSAGE && young.getType() == FieldDescriptor.Type.MESSAGE) {
            require(old.getMessageType().getFullName().equals(young.getMessageType().getFullName()), place, "消息名改变", "holds another message");
            if (!old.isMapField() && isOurs(old.getMessageType())) {
                compare(before, now, old.getMessageType(), young.getMessageType(), asked);
            }
        }
        if (old.getType() == FieldDescriptor.Type.ENUM && young.getType() == FieldDescriptor.Type.ENUM) {
            values(old.getEnumType(), young.getEnumType(), place);
        }
    }

    private static boolean isOurs(Descriptor message) {
        return !message.getFullName().startsWith("google.");
    }

    private void values(EnumDescriptor old, EnumDescriptor young, String place) {
        for (EnumValueDescriptor value : old.getValues()) {
            EnumValueDescriptor now = young.findValueByName(value.getName());
            require(now != null && now.getNumber() == value.getNumber(), place, "取值 " + value.getName() + " 被去掉或改号",
                    "the value " + value.getName() + " is gone or has another number");
        }
    }

    /** Whether a bound is at most another, where none is {@code unbounded}. */
    private static boolean notAbove(@Nullable Double bound, @Nullable Double other,
            double unbounded) {
        double left = bound == null ? unbounded : bound;
        double right = other == null ? unbounded : other;
        return left <= right;
    }

    private void require(boolean holds, String place, String zh, String en) {
        faults.require(holds, place, zh + ",须登记新版本", en + ": that needs a new version");
    }
}
