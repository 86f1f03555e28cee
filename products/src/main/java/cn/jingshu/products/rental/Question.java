package cn.jingshu.products.rental;

import cn.jingshu.products.address.Address;
import cn.jingshu.products.identifier.RealEstateUnit;
import org.jspecify.annotations.Nullable;

/**
 * One listing to be verified, read and checked.
 *
 * @param unit the unit's code; null: asked by address
 * @param address the address; null: asked by code
 * @param written the code or address as it was asked, for counting distinct questions
 * @param publisher identifier of who publishes, canonical
 * @param holder identifier of who must be the right holder: the publisher, or who commissioned the publisher
 * @param comparePublisher false: the holder is not compared
 */
record Question(@Nullable RealEstateUnit unit, @Nullable Address address, String written, String publisher, String holder,
        boolean comparePublisher) {
    /** Nobody's identifier and no address gets into a log. */
    @Override
    public String toString() {
        return "Question[" + (unit != null ? "by unit code" : "by address") + "]";
    }
}
