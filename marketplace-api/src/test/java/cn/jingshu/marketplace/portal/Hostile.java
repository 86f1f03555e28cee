package cn.jingshu.marketplace.portal;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts an attack into every text of a view, however deep it lies. */
final class Hostile {
    /** Breaks out of an element, of an attribute in either quote, and of a comment, wherever escaping is missing. */
    static final String ATTACK = "javascript:x'\"--><script>hostile()</script><img src=hostile onerror=hostile()>";

    private Hostile() {}

    static Record of(Record view) {
        try {
            RecordComponent[] components = view.getClass().getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            @Nullable Object[] values = new @Nullable Object[components.length];
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                components[i].getAccessor().setAccessible(true);
                values[i] = attacked(components[i].getAccessor().invoke(view));
            }
            var constructor = view.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot rebuild " + view.getClass(), e);
        }
    }

    private static @Nullable Object attacked(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String _ -> ATTACK;
            case Record record -> of(record);
            case Optional<?> optional -> optional.map(Hostile::attacked);
            case List<?> list when list.stream().anyMatch(Objects::isNull) -> list; // counts, of which some are unknown
            case List<?> list -> IntStream.range(0, list.size()).mapToObj(i -> attacked(list.get(i))).toList();
            case Map<?, ?> map -> map.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue()).isEmpty() ? "" : attackedValue(entry.getValue())));
            default -> value;
        };
    }

    private static Object attackedValue(Object value) {
        return value instanceof Bilingual ? new Bilingual(ATTACK, ATTACK) : ATTACK;
    }
}
