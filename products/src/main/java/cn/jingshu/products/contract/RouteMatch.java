package cn.jingshu.products.contract;

import java.util.List;
import java.util.Map;

/** Where an HTTP call leads. */
public sealed interface RouteMatch {
    /**
     * To a method.
     *
     * @param pathVariables by field name in the contract, percent-decoded
     */
    record Matched(ContractMethod method, HttpBinding binding, Map<String, String> pathVariables)
            implements RouteMatch {}

    /**
     * To a path that is called by other verbs: 405.
     *
     * @param allowed the verbs for {@code Allow}, in alphabetical order; never empty
     */
    record WrongVerb(List<String> allowed) implements RouteMatch {}

    /** Nowhere: 404. */
    record NoSuchPath() implements RouteMatch {}
}
