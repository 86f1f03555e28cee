package cn.jingshu.marketplace.runtime;

/** The beans of a node, or of a command beside one. */
public interface Beans {
    <T> T get(Class<T> type);
}
