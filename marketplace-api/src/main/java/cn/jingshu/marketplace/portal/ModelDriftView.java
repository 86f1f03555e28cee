package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far the inputs of models have moved. */
public record ModelDriftView(Reading<List<Model>> models) {
    /**
     * A model of a product.
     *
     * @param source the training data, as the model names them; empty: not known
     * @param large one of its inputs moved far
     */
    public record Model(Bilingual product, String name, String source, boolean large, List<Input> inputs) {
        public Model {
            inputs = List.copyOf(inputs);
        }
    }

    /**
     * One input.
     *
     * @param id of its bar on the page
     * @param shift null: too few cases so far, and neither index nor day is known
     * @param meter the index as far as the scale of the page goes
     */
    public record Input(String id, String name, DriftOrigin origin, long reference, long cases, @Nullable DriftShift shift, String index, String meter,
            @Nullable LocalDate day) {}
}
