package cn.jingshu.products.lending.estimate;

import cn.jingshu.products.lending.policy.PolicyBook;

/** What the points come to, from best to worst. */
public enum Band {
    A,
    B,
    C,
    D;

    static Band of(double points, PolicyBook.Uses policy) {
        if (points >= policy.fraction("band.a")) {
            return A;
        }
        if (points >= policy.fraction("band.b")) {
            return B;
        }
        return points >= policy.fraction("band.c") ? C : D;
    }

    /** The share of the reckoned amount it leaves; of the lowest none. */
    double factor(PolicyBook.Uses policy) {
        return switch (this) {
            case A -> policy.fraction("band.factor.a");
            case B -> policy.fraction("band.factor.b");
            case C -> policy.fraction("band.factor.c");
            case D -> 0;
        };
    }
}
