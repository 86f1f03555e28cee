package cn.jingshu.marketplace.portal;

import java.util.List;

/**
 * The first page: what this is, what it offers now, and the way to a first answer.
 *
 * @param firstCall the call a newcomer pastes; with a placeholder where the key goes
 */
public record HomeView(Reading<Figures> figures, Reading<List<ProductCard>> products, FirstCall firstCall) {
    /**
     * What the market holds now.
     *
     * @param liveVehicles vehicles whose last observation is fresh; the stale ones are not counted
     * @param answeredYesterday calls answered on the last whole day in Asia/Shanghai
     */
    public record Figures(long products, long operations, long resources, long liveVehicles, long answeredYesterday) {}
}
