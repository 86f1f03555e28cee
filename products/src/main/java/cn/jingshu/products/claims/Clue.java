package cn.jingshu.products.claims;

import java.util.List;

/**
 * One clue.
 *
 * @param records ids of the claims or records it rests on, in their order of time; they stay inside where they are the domain's
 * @param providers codes of the institutions concerned, sorted; told only after a person approved it
 */
public record Clue(ClueKind kind, List<String> records, List<String> providers) {
    public Clue {
        records = List.copyOf(records);
        providers = providers.stream().distinct().sorted().toList();
    }
}
