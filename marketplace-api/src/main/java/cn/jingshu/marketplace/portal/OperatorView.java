package cn.jingshu.marketplace.portal;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operator's month: revenue against the permitted revenue, the settlement, the trial balance.
 *
 * @param months months that can be shown, latest first
 * @param close how far the close of the month has come
 * @param settlement empty: the month is not closed, so nothing is settled
 */
public record OperatorView(
        YearMonth month,
        List<YearMonth> months,
        Close close,
        Reading<Revenue> revenue,
        Reading<Optional<Settlement>> settlement,
        Reading<List<Balance>> trialBalance) {

    public OperatorView {
        months = List.copyOf(months);
    }

    /** How far the close of a month has come; each step is finished before the next begins. */
    public enum Close implements Labelled {
        OPEN,
        RATED,
        POSTED,
        SETTLED,
        CLOSED;

        /** Part of the class name in the style sheet. */
        public String css() {
            return this == CLOSED ? "done" : "warning";
        }
    }

    /**
     * Revenue so far and what may be earned.
     *
     * @param yearFen revenue of the calendar year so far, without VAT
     * @param permittedFen the year's permitted revenue (最高准许收入); null: not fixed yet, trial prices apply
     */
    public record Revenue(long monthFen, long yearFen, @Nullable Long permittedFen, long calls, long consumers) {
        /** What may still be earned this year; below zero: revenue to be returned. Null: no permitted revenue. */
        public @Nullable Long leftFen() {
            return permittedFen == null ? null : Long.valueOf(permittedFen - yearFen);
        }
    }

    /**
     * Where every fen the consumers owe goes.
     *
     * @param binding false: a monthly accrual; the annual close binds
     * @param owedFen what the consumers owe, VAT included
     */
    public record Settlement(boolean binding, long owedFen, List<Share> shares) {
        private static final int CHART_WIDTH = 1000;

        public Settlement {
            shares = List.copyOf(shares);
        }

        /** What the shares add up to. */
        public long sumFen() {
            return shares.stream().mapToLong(Share::fen).sum();
        }

        /** Zero in a right settlement; the page says so loudly when it is not. */
        public long differenceFen() {
            return owedFen - sumFen();
        }

        /** The shares as steps from the whole down to nothing, in a chart 1,000 wide. */
        public List<Bar> bars() {
            long lowest = 0;
            long highest = Math.max(owedFen, 0);
            long at = owedFen;
            for (Share share : shares) {
                at -= share.fen();
                lowest = Math.min(lowest, at);
                highest = Math.max(highest, at);
            }
            List<Bar> bars = new ArrayList<>();
            long right = owedFen;
            for (Share share : shares) {
                long left = right - share.fen();
                int from = scale(Math.min(left, right), lowest, highest);
                int to = scale(Math.max(left, right), lowest, highest);
                bars.add(new Bar(share, from, Math.max(to - from, share.fen() == 0 ? 0 : 1)));
                right = left;
            }
            return bars;
        }

        private static int scale(long fen, long lowest, long highest) {
            return highest == lowest ? 0 : (int) Math.round((double) (fen - lowest) * CHART_WIDTH / (highest - lowest));
        }
    }

    /** One share of what is owed. */
    public record Share(Part part, Bilingual party, long fen) {}

    /** Where a share goes. */
    public enum Part implements Labelled {
        VAT,
        MERCHANT_SERVICE,
        COSTS,
        SURCHARGES,
        INCOME_TAX,
        TREASURY,
        OPERATOR,
        MERCHANT;

        /** Part of the class name in the style sheet: shares of one kind have one colour. */
        public String css() {
            return switch (this) {
                case VAT, SURCHARGES, INCOME_TAX -> "tax";
                case MERCHANT_SERVICE, COSTS -> "cost";
                case TREASURY -> "treasury";
                case OPERATOR -> "operator";
                case MERCHANT -> "merchant";
            };
        }
    }

    /** A share drawn: from {@code x}, {@code width} wide. */
    public record Bar(Share share, int x, int width) {}

    /** One account of the trial balance (试算平衡); one of the two sides is zero. */
    public record Balance(String code, Bilingual name, long debitFen, long creditFen) {}

    public static long debits(List<Balance> balances) {
        return balances.stream().mapToLong(Balance::debitFen).sum();
    }

    public static long credits(List<Balance> balances) {
        return balances.stream().mapToLong(Balance::creditFen).sum();
    }
}
