package cn.jingshu.marketplace.source;

import cn.jingshu.marketplace.catalogue.ResourceEntry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The longest time between two renewals that a resource's update frequency (更新频率) in the catalogue allows, where its words can be understood. */
public final class UpdateCycles {
    /** The longer word first where one is part of another. */
    private static final Map<String, Duration> WORDS = words();

    private UpdateCycles() {}

    private static Map<String, Duration> words() {
        Map<String, Duration> words = new LinkedHashMap<>();
        words.put("每小时", Duration.ofHours(1));
        words.put("每工作日", Duration.ofDays(4)); // a weekend lies between
        words.put("每日", Duration.ofDays(1));
        words.put("每天", Duration.ofDays(1));
        words.put("每周", Duration.ofDays(7));
        words.put("每旬", Duration.ofDays(11));
        words.put("每半年", Duration.ofDays(184));
        words.put("每月", Duration.ofDays(31));
        words.put("每季", Duration.ofDays(92));
        words.put("每年", Duration.ofDays(366));
        return words;
    }

    /** Empty: the catalogue states none, or not in such words. */
    public static Optional<Duration> longest(ResourceEntry entry) {
        String stated = entry.updateFrequency();
        return stated == null ? Optional.empty() : WORDS.entrySet().stream()
                .filter(each -> stated.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
