package cn.jingshu.products.contract;

import cn.jingshu.products.contract.PathTemplate.Segment;
import cn.jingshu.products.contract.PathTemplate.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All addresses of all contracts, in a tree by path part. A literal goes before a variable and a variable before a
 * rest, part by part from the left; a call costs a walk down its own path, however many products there are.
 */
public final class Routes {
    /** Longest path that is looked at, in parts. */
    private static final int MAX_PARTS = 32;

    private static final RouteMatch NOWHERE = new RouteMatch.NoSuchPath();

    private final Node root = new Node();

    /** By path and verb: the calls whose path binds nothing and is written as in the contract, found without a walk. */
    private final Map<String, Map<String, RouteMatch>> literal = new HashMap<>();

    private Routes() {}

    /** @throws ContractException if two methods would answer the same call */
    public static Routes of(List<Contract> contracts) {
        var routes = new Routes();
        for (Contract contract : contracts) {
            for (ContractMethod method : contract.methods()) {
                for (HttpBinding binding : method.bindings()) {
                    routes.add(new Route(method, binding));
                }
            }
        }
        routes.rememberLiterals(contracts);
        return routes;
    }

    private void rememberLiterals(List<Contract> contracts) {
        for (Contract contract : contracts) {
            for (ContractMethod method : contract.methods()) {
                for (HttpBinding binding : method.bindings()) {
                    String path = binding.path().shape();
                    if (binding.path().isLiteral()) {
                        literal.computeIfAbsent(path, _ -> new HashMap<>()).put(binding.verb(), walk(binding.verb(), path));
                    }
                }
            }
        }
    }

    /**
     * Where the call leads.
     *
     * @param verb the HTTP method in capitals
     * @param rawPath the path as it came, percent-encoded, without the query
     */
    public RouteMatch match(String verb, String rawPath) {
        Map<String, RouteMatch> byVerb = literal.get(rawPath);
        RouteMatch known = byVerb == null ? null : byVerb.get(verb);
        return known == null ? walk(verb, rawPath) : known;
    }

    private RouteMatch walk(String verb, String rawPath) {
        if (!rawPath.startsWith("/")) {
            return NOWHERE;
        }
        String[] raw = rawPath.substring(1).split("/", MAX_PARTS + 1);
        if (raw.length > MAX_PARTS) {
            return NOWHERE;
        }
        String[] parts = new String[raw.length];
        for (int i = 0; i < raw.length; i++) {
            String part = PercentText.decode(raw[i], false);
            if (part == null || part.isEmpty()) {
                return NOWHERE;
            }
            parts[i] = part;
        }
        var search = new Search(verb, raw, parts);
        search.walk(root, 0);
        return search.result();
    }

    private void add(Route route) {
        PathTemplate path = route.binding().path();
        Node node = root;
        for (Segment segment : path.segments()) {
            node = node.child(segment);
        }
        Map<String, Route> byVerb = node.ends.computeIfAbsent(path.verb(), _ -> new TreeMap<>());
        Route other = byVerb.putIfAbsent(route.binding().verb(), route);
        if (other != null) {
            throw new ContractException(route.method().fullMethodName() + " and "
                    + other.method().fullMethodName() + " would both answer "
                    + route.binding().verb() + " " + path.shape() + ".");
        }
    }

    private record Route(ContractMethod method, HttpBinding binding) {}

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        @Nullable Node one;
        @Nullable Node rest;

        /** By custom verb (empty: none), then by HTTP method: what ends here. */
        final Map<String, Map<String, Route>> ends = new HashMap<>();

        Node child(Segment segment) {
            return switch (segment) {
                case Segment.Literal(var text) -> literals.computeIfAbsent(text, _ -> new Node());
                case Segment.AnyOne() -> {
                    Node node = one == null ? new Node() : one;
                    one = node;
                    yield node;
                }
                case Segment.AnyRest() -> {
                    Node node = rest == null ? new Node() : rest;
                    rest = node;
                    yield node;
                }
            };
        }
    }

    /** One walk down the tree, left to right, most particular branch first. */
    private static final class Search {
        private final String verb;
        private final String[] raw;
        private final String[] parts;
        private final String lastPart;

        /** The custom verb the path may end in; empty: none. */
        private final String customVerb;

        private final TreeSet<String> allowed = new TreeSet<>();
        private @Nullable Route found;
        private boolean foundByCustomVerb;

        Search(String verb, String[] raw, String[] parts) {
            this.verb = verb;
            this.raw = raw;
            this.parts = parts;
            this.lastPart = parts[parts.length - 1];
            int colon = lastPart.lastIndexOf(':');
            this.customVerb = colon > 0 ? lastPart.substring(colon + 1) : "";
        }

        RouteMatch result() {
            Route route = found;
            if (route != null) {
                return new RouteMatch.Matched(route.method(), route.binding(), variables(route.binding().path()));
            }
            return allowed.isEmpty() ? NOWHERE : new RouteMatch.WrongVerb(List.copyOf(allowed));
        }

        private void walk(Node node, int part) {
            if (part == parts.length) {
                end(node, "");
                rest(node);
                return;
            }
            boolean last = part == parts.length - 1;
            if (last && !customVerb.isEmpty()) {
                String stem = lastPart.substring(0, lastPart.length() - customVerb.length() - 1);
                Node literal = node.literals.get(stem);
                if (literal != null) {
                    end(literal, customVerb);
                }
                if (node.one != null) {
                    end(node.one, customVerb);
                }
                if (node.rest != null) {
                    end(node.rest, customVerb);
                }
            }
            Node literal = node.literals.get(parts[part]);
            if (found == null && literal != null) {
                walk(literal, part + 1);
            }
            if (found == null && node.one != null) {
                walk(node.one, part + 1);
            }
            rest(node);
        }

        private void rest(Node node) {
            if (found == null && node.rest != null) {
                if (!customVerb.isEmpty()) {
                    end(node.rest, customVerb);
                }
                end(node.rest, "");
            }
        }

        private void end(Node node, String custom) {
            Map<String, Route> byVerb = node.ends.get(custom);
            if (found == null && byVerb != null) {
                found = byVerb.get(verb);
                foundByCustomVerb = !custom.isEmpty();
                allowed.addAll(byVerb.keySet());
            }
        }

        private Map<String, String> variables(PathTemplate path) {
            if (path.variables().isEmpty()) {
                return Map.of();
            }
            Map<String, String> variables = new LinkedHashMap<>();
            for (Variable variable : path.variables()) {
                boolean spans = path.spansParts(variable);
                boolean toEnd = path.segments().get(variable.end() - 1) instanceof Segment.AnyRest;
                int end = toEnd ? parts.length : variable.end();
                List<String> values = new ArrayList<>();
                for (int i = variable.start(); i < end; i++) {
                    values.add(part(i, spans));
                }
                variables.put(variable.field(), String.join("/", values));
            }
            return variables;
        }

        private String part(int index, boolean spans) {
            String part = parts[index];
            if (spans) {
                String kept = PercentText.decodeKeepingSlashes(raw[index]);
                part = kept == null ? part : kept;
            }
            return foundByCustomVerb && index == parts.length - 1
                    ? part.substring(0, part.length() - customVerb.length() - 1)
                    : part;
        }
    }
}
