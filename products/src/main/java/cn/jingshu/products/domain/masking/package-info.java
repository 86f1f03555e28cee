/**
 * Masked samples of tables: identifiers go, what others may know of a person is made coarse until nobody stands alone, sensitive values
 * are parted from whom they were about; and the measure of how far that went.
 */
@NullMarked
package cn.jingshu.products.domain.masking;

import org.jspecify.annotations.NullMarked;
