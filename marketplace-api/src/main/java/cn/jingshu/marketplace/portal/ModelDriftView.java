package cn.jingshu.marketplace.portal;

import java.time.LocalDate;
import java.util.List;

/** How far the inputs of models have moved. */
public record ModelDriftView(Reading<List<Model>> models) {
    /**
     * A model of a product.
     *
     * @param source the training data, as the model names them; empty: not known
     * @param large one of its inputs moved far
     * @param waiting names of inputs with too few cases so far
     */
    public record Model(Bilingual product, String name, String source, boolean large, List<Judged> judged, List<String> waiting) {
        public Model {
            judged = List.copyOf(judged);
            waiting = List.copyOf(waiting);
        }
    }

    /**
     * One input with enough cases.
     *
     * @param id of its bar on the page
     * @param meter the index as far as the scale of the page goes
     */
    public record Judged(String id, String name, DriftOrigin origin, long reference, long cases, DriftShift shift, String index, String meter,
            LocalDate day) {}
}
