package cn.jingshu.marketplace.portal;

import java.util.Set;

/**
 * Who is looking at the page.
 *
 * @param areas which parts of the menu the person may open; the pages check again
 */
public record SignedIn(String personName, String organisationName, Set<Area> areas) {
    public SignedIn {
        areas = Set.copyOf(areas);
    }

    /** A part of the menu that is not for everyone. */
    public enum Area {
        CONSUMER,
        OPERATOR,
        /** Who sees how shares came about. */
        SHARER,
        /** Who declares products, or decides about them. */
        DECLARER,
        APPROVER,
        /** Who has something to do within a term, or watches that it is done. */
        TERMS
    }

    public boolean may(Area area) {
        return areas.contains(area);
    }
}
