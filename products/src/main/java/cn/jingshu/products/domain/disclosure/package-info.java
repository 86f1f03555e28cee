/**
 * What keeps aggregates from telling of single subjects: small cells are withheld together with those they could be computed
 * from, and a question is refused whose cohort is an earlier one but for a few subjects.
 */
@NullMarked
package cn.jingshu.products.domain.disclosure;

import org.jspecify.annotations.NullMarked;
