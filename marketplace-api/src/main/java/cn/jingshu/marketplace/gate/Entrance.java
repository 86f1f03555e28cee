package cn.jingshu.marketplace.gate;

import cn.jingshu.marketplace.pricing.Purpose;

/** Where a call comes in: it has room for it or not. Asked last of all that takes nothing from anyone. */
@FunctionalInterface
public interface Entrance {
    /** Room without end. */
    Entrance OPEN = _ -> true;

    /** Whether a call for this purpose may come in; true: it is in, and whoever made the entrance lets it out again. */
    boolean admits(Purpose purpose);
}
