package cn.jingshu.marketplace.portal;

import cn.jingshu.marketplace.portal.PersonalRequestsView.Slip;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests of people, for those who answer; the person is in none of them. Fields of an answer: {@code granted}, {@code answer}, {@code load}; of a paper
 * entered at the window: {@code person}, what is to be done and about what, {@code statement}, {@code evidence}.
 *
 * @param mayEnter the reader is of the bureau
 * @param slip what was just entered, to be given to the person; null: nothing
 */
public record PersonalCasesView(Reading<List<Row>> cases, boolean mayEnter, List<ResourcesView.Choice> wishes, List<ResourcesView.Choice> products,
        List<ResourcesView.Choice> resources, @Nullable Slip slip, Form form) {
    public PersonalCasesView {
        wishes = List.copyOf(wishes);
        products = List.copyOf(products);
        resources = List.copyOf(resources);
    }

    /** @param mayTell it is answered, and the reader may note that the person was told */
    public record Row(UUID id, String number, Bilingual wish, String about, String statement, Bilingual way, Instant raisedAt, LocalDate due, Bilingual status,
            String css, @Nullable String answer, @Nullable Instant toldAt, boolean mayAnswer, boolean mayTell) {}
}
