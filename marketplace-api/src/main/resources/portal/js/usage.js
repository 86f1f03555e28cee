// Draws the usage table as lines. The table is the only source, so chart and table cannot differ; an unknown count is a gap.
/* global uPlot */
const COLOURS = 6;
let chart = null;

function read(table) {
  const rows = [...table.tBodies[0].rows];
  const names = [...table.tHead.rows[0].cells].slice(1).map(cell => cell.textContent.trim());
  const step = table.tHead.rows[0].cells[0].textContent.trim();
  const columns = rows[0].querySelectorAll('td[data-count]').length;
  const data = [rows.map(row => Number(row.dataset.at))];
  for (let column = 0; column < columns; column++) {
    data.push(rows.map(row => {
      const count = row.querySelectorAll('td[data-count]')[column].dataset.count;
      return count === '' ? null : Number(count);
    }));
  }
  return { step, names: names.slice(0, columns), data };
}

function draw() {
  chart?.destroy();
  chart = null;
  const box = document.getElementById('usage-chart');
  const table = box && document.getElementById(box.dataset.table);
  if (!table || typeof uPlot === 'undefined') {
    return;
  }
  box.hidden = false;
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const { step, names, data } = read(table);
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line') }, font: '12px ' + colour('--text') };
  const two = value => String(value).padStart(2, '0');
  const daily = box.dataset.step === 'DAY';
  const inShanghai = seconds => new Date(seconds * 1000 + 8 * 3600 * 1000); // read with getUTC…: Shanghai has no summer time
  const label = seconds => {
    const at = inShanghai(seconds);
    const day = two(at.getUTCMonth() + 1) + '-' + two(at.getUTCDate());
    return daily ? day : day + ' ' + two(at.getUTCHours()) + ':00';
  };
  chart = new uPlot({
    width: box.clientWidth - 24,
    height: 280,
    padding: [null, daily ? 20 : 44, null, null], // the last label is as wide as it is, half of it beyond the last hour
    tzDate: seconds => new uPlot.tzDate(new Date(seconds * 1000), 'Asia/Shanghai'),
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(high ?? 1, 1) * 1.05] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map(label), space: daily ? 60 : 90, incrs: daily ? [1, 2, 7, 14, 30].map(n => n * 86400) : [1, 3, 6, 12, 24, 72, 168].map(n => n * 3600) },
      { ...axis, size: 64, label: box.dataset.label, labelSize: 22, labelFont: '600 12px ' + colour('--text'), values: (_, ticks) => ticks.map(value => value.toLocaleString('en')) },
    ],
    series: [
      { label: step, value: (_, seconds) => seconds == null ? '' : label(seconds) },
      ...names.map((name, i) => ({
        label: name,
        stroke: colour('--line-' + (i % COLOURS + 1)),
        width: 2,
        dash: i < COLOURS ? undefined : [6, 4],
        points: { show: data[0].length < 40, fill: colour('--line-' + (i % COLOURS + 1)) },
        spanGaps: false,
        value: (_, value) => value == null ? '–' : value.toLocaleString('en'),
      })),
    ],
  }, data, box);
}

let waiting = 0;
addEventListener('resize', () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
document.addEventListener('htmx:afterSettle', draw);
draw();
