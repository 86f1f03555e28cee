package cn.jingshu.products.contract;

import cn.jingshu.products.contract.HttpBinding.Body;
import cn.jingshu.products.contract.PathTemplate.Variable;
import com.google.protobuf.Descriptors.Descriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One value a caller gives in the path or the query of an address.
 *
 * @param name as callers write it, with dots for nested fields: {@code area.latitude}
 * @param inPath true: in the path; false: in the query
 * @param required true: an address without it is refused; what a nested message requires is required only where the
 *     message itself is
 */
record Parameter(String name, boolean inPath, boolean required, FieldFacts facts) {

    /** The parameters of an address: those of the path in its order, then those of the query in the contract's order. */
    static List<Parameter> of(ContractMethod method, HttpBinding binding) {
        List<Parameter> parameters = new ArrayList<>();
        Set<String> inPath = new HashSet<>();
        for (Variable variable : binding.path().variables()) {
            String name = PathTemplate.jsonPath(variable.field());
            inPath.add(name);
            parameters.add(new Parameter(name, true, true, find(method, name)));
        }
        if (!(binding.body() instanceof Body.Whole)) {
            collect(method, binding, method.request(), "", true, inPath, new HashSet<>(), parameters);
        }
        return parameters;
    }

    private static FieldFacts find(ContractMethod method, String path) {
        Descriptor message = method.request();
        String[] names = path.split("\\.", -1);
        for (int i = 0; ; i++) {
            FieldFacts facts = method.facts(message).find(names[i]);
            if (facts == null) {
                throw new IllegalStateException(method + " has no field " + path + " past the check of its contract");
            }
            if (i == names.length - 1) {
                return facts;
            }
            message = facts.field().getMessageType();
        }
    }

    private static void collect(
            ContractMethod method,
            HttpBinding binding,
            Descriptor message,
            String prefix,
            boolean messageRequired,
            Set<String> inPath,
            Set<Descriptor> above,
            List<Parameter> parameters) {
        if (!above.add(message)) {
            return; // a message inside itself: the query reaches it, the list stays finite
        }
        for (FieldFacts facts : method.facts(message).fields()) {
            String name = prefix + facts.jsonName();
            boolean required = messageRequired && facts.required();
            boolean single = facts.kind() == FieldKind.MESSAGE && !facts.field().isRepeated();
            if (facts.field() == binding.bodyField() || inPath.contains(name)) {
                continue;
            }
            if (single) {
                Descriptor inner = facts.field().getMessageType();
                collect(method, binding, inner, name + ".", required, inPath, above, parameters);
            } else if (facts.kind() != FieldKind.MESSAGE) { // maps and lists of messages cannot stand in a query
                parameters.add(new Parameter(name, false, required, facts));
            }
        }
        above.remove(message);
    }
}
