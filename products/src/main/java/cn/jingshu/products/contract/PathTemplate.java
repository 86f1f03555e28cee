package cn.jingshu.products.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A path as {@code google.api.http} writes it: {@code /v1/{name=lines/*}/stops/{stop_id}:near}.
 *
 * @param segments what each part between slashes must be
 * @param variables the fields bound by the path, in order
 * @param verb the part behind the last colon; empty: none
 * @see "https://github.com/googleapis/googleapis/blob/master/google/api/http.proto: Path template syntax"
 */
public record PathTemplate(List<Segment> segments, List<Variable> variables, String verb) {

    /** What one part between slashes must be. */
    public sealed interface Segment {
        /** Exactly this text. */
        record Literal(String text) implements Segment {}

        /** Any one part. */
        record AnyOne() implements Segment {}

        /** All parts to the end; none as well. */
        record AnyRest() implements Segment {}
    }

    /**
     * A field bound by the path.
     *
     * @param field its name in the contract, with dots for nested fields
     * @param start index of its first segment
     * @param end index behind its last segment
     */
    public record Variable(String field, int start, int end) {}

    public PathTemplate {
        segments = List.copyOf(segments);
        variables = List.copyOf(variables);
    }

    /** @throws ContractException if {@code template} is not of that form */
    static PathTemplate parse(String where, String template) {
        return new Parser(where, template).parse();
    }

    /** True: {@code variable} may span several parts, so that {@code %2F} in it stays as it is. */
    boolean spansParts(Variable variable) {
        return variable.end() - variable.start() != 1
                || segments.get(variable.start()) instanceof Segment.AnyRest;
    }

    /** Whether it answers one path only, the one it is written as. */
    boolean isLiteral() {
        return segments.stream().allMatch(segment -> segment instanceof Segment.Literal);
    }

    /** The template without variables: two with the same shape answer the same paths. */
    String shape() {
        var out = new StringBuilder();
        for (Segment segment : segments) {
            out.append('/').append(text(segment));
        }
        return verb.isEmpty() ? out.toString() : out.append(':').append(verb).toString();
    }

    private static String text(Segment segment) {
        return switch (segment) {
            case Segment.Literal(var text) -> text;
            case Segment.AnyOne() -> "*";
            case Segment.AnyRest() -> "**";
        };
    }

    /** The template as OpenAPI writes it: each variable is its JSON name in braces. */
    String openApi() {
        var out = new StringBuilder();
        for (int i = 0; i < segments.size(); ) {
            Variable variable = variableAt(i);
            if (variable == null) {
                out.append('/').append(text(segments.get(i++)));
            } else {
                out.append("/{").append(jsonPath(variable.field())).append('}');
                i = Math.max(variable.end(), i + 1);
            }
        }
        return verb.isEmpty() ? out.toString() : out.append(':').append(verb).toString();
    }

    private @Nullable Variable variableAt(int segment) {
        return variables.stream()
                .filter(variable -> variable.start() == segment)
                .findFirst()
                .orElse(null);
    }

    /** {@code stop_area.line_id} as REST callers write it: {@code stopArea.lineId}. */
    static String jsonPath(String fieldPath) {
        var out = new StringBuilder(fieldPath.length());
        boolean raise = false;
        for (int i = 0; i < fieldPath.length(); i++) {
            char c = fieldPath.charAt(i);
            if (c == '_') {
                raise = true;
            } else {
                out.append(raise && c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
                raise = false;
            }
        }
        return out.toString();
    }

    private static final class Parser {
        private final String where;
        private final String template;
        private final List<Segment> segments = new ArrayList<>();
        private final List<Variable> variables = new ArrayList<>();
        private int at;

        Parser(String where, String template) {
            this.where = where;
            this.template = template;
        }

        PathTemplate parse() {
            do {
                require('/');
                segment(true);
            } while (at < template.length() && template.charAt(at) == '/');
            String verb = "";
            if (at < template.length()) {
                require(':');
                verb = word();
            }
            if (at < template.length()) {
                throw fault("unexpected '" + template.charAt(at) + "' at character " + (at + 1));
            }
            for (int i = 0; i < segments.size() - 1; i++) {
                if (segments.get(i) instanceof Segment.AnyRest) {
                    throw fault("** must be the last part");
                }
            }
            Set<String> names = new HashSet<>();
            for (Variable variable : variables) {
                if (!names.add(variable.field())) {
                    throw fault("variable " + variable.field() + " stands twice");
                }
            }
            return new PathTemplate(segments, variables, verb);
        }

        private void segment(boolean variableAllowed) {
            if (at < template.length() && template.charAt(at) == '{') {
                if (!variableAllowed) {
                    throw fault("a variable stands inside a variable");
                }
                at++;
                variable();
            } else if (template.startsWith("**", at)) {
                at += 2;
                segments.add(new Segment.AnyRest());
            } else if (template.startsWith("*", at)) {
                at++;
                segments.add(new Segment.AnyOne());
            } else {
                segments.add(new Segment.Literal(word()));
            }
        }

        private void variable() {
            String field = word();
            int start = segments.size();
            if (at < template.length() && template.charAt(at) == '=') {
                at++;
                segment(false);
                while (at < template.length() && template.charAt(at) == '/') {
                    at++;
                    segment(false);
                }
            } else {
                segments.add(new Segment.AnyOne());
            }
            require('}');
            variables.add(new Variable(field, start, segments.size()));
        }

        private String word() {
            int start = at;
            while (at < template.length() && "/{}=:*".indexOf(template.charAt(at)) < 0) {
                at++;
            }
            if (at == start) {
                throw fault("a name is missing at character " + (at + 1));
            }
            return template.substring(start, at);
        }

        private void require(char wanted) {
            if (at >= template.length() || template.charAt(at) != wanted) {
                throw fault("'" + wanted + "' is missing at character " + (at + 1));
            }
            at++;
        }

        private ContractException fault(String why) {
            return new ContractException(where + ": the path template \"" + template + "\" is wrong: " + why + ".");
        }
    }
}
