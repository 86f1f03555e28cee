package cn.jingshu.products.transit.demo;

import cn.jingshu.products.transit.geo.Position;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A line of the demonstration network as it is drawn: corners of its way, and its stops at even distances along it.
 *
 * @param vehicles how many run on it, evenly spaced
 * @param corners of the way, from the first stop to the last
 * @param stops names in order; a name that another line has used before is that line's stop
 */
record DemoLine(String id, String name, String color, int vehicles, List<Position> corners, List<String> stops) {

    /** The lines of the made-up city: places as they lie around Jingmen, names made up after its districts. */
    static final List<DemoLine> ALL = List.of(
            new DemoLine(
                    "JM1",
                    "1路",
                    "1F6FB2",
                    7,
                    corners(31.0706, 112.1985, 31.0530, 112.2020, 31.0354, 112.1994, 31.0110, 112.2010, 30.9862, 112.2085),
                    List.of(
                            "东宝北站", "浏河新村", "泉口南路口", "象山公园", "龙泉书院", "中央广场", "工人文化宫", "白云桥南",
                            "虎牙关", "掇刀石广场", "十里牌", "兴隆大道南")),
            new DemoLine(
                    "JM2",
                    "2路",
                    "D9534F",
                    7,
                    corners(31.0300, 112.1500, 31.0330, 112.1760, 31.0354, 112.1994, 31.0390, 112.2250, 31.0450, 112.2480),
                    List.of(
                            "漳河客运站", "漳河大道西", "车桥", "凤凰湖", "杨家桥", "中央广场", "海慧路口", "天鹅广场", "长宁大道",
                            "深圳大道东", "高铁东广场")),
            new DemoLine(
                    "JM3",
                    "3路",
                    "3C9D4E",
                    6,
                    corners(31.0600, 112.1720, 31.0480, 112.1860, 31.0354, 112.1994, 31.0190, 112.2160, 31.0020, 112.2330),
                    List.of(
                            "圣境山脚", "城西果园", "西宝山", "象山东坡", "中央广场", "金龙泉路口", "体育中心", "月亮湖北", "月亮湖南",
                            "科教园", "凤袁路终点")),
            new DemoLine(
                    "JM5",
                    "5路",
                    "8E5BB5",
                    6,
                    corners(30.9862, 112.2085, 30.9900, 112.1830, 31.0010, 112.1640, 31.0150, 112.1530, 31.0300, 112.1500),
                    List.of(
                            "兴隆大道南", "掇刀南工业园", "望兵石", "军马场", "双喜社区", "官堰新村", "漳河新区管委会", "百盟市场",
                            "漳河客运站")),
            new DemoLine(
                    "JM8",
                    "8路",
                    "E39B21",
                    7,
                    corners(31.0706, 112.1985, 31.0640, 112.2180, 31.0450, 112.2480, 31.0250, 112.2460, 31.0020, 112.2330),
                    List.of(
                            "东宝北站", "子陵路口", "牌楼村", "竹园小区", "高铁东广场", "生态运动公园", "杨湾新居", "爱飞客小镇",
                            "凤袁路终点")),
            new DemoLine(
                    "JM16",
                    "16路",
                    "2AA5A0",
                    7,
                    corners(31.0300, 112.1500, 31.0220, 112.1780, 31.0110, 112.2010, 31.0080, 112.2180, 31.0020, 112.2330),
                    List.of(
                            "漳河客运站", "漳河湿地", "荆山大道", "响岭路口", "关公文化园", "掇刀石广场", "名泉小学", "培公路口",
                            "凤袁路终点")));

    private static List<Position> corners(double... pairs) {
        return IntStream.range(0, pairs.length / 2)
                .mapToObj(i -> new Position(pairs[2 * i], pairs[2 * i + 1]))
                .toList();
    }
}
