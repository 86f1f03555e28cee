// The bus map: routes, stops and moving vehicles on one canvas, from this origin only. The list below the map says the
// same, so everything here is a picture of it. A vehicle nobody has heard of for a while is greyed, also when the
// connection is lost: an old position is never shown as live.
const box = document.getElementById('map');
const canvas = box.querySelector('canvas');
const pen = canvas.getContext('2d');
const status = box.querySelector('.map-status');
const tip = box.querySelector('.map-tip');
const degraded = document.getElementById('map-degraded');
const text = box.dataset;
const POLL_MILLIS = 5000;
const RETRY_MILLIS = 3000;
const GLIDE_MILLIS = 1000;
const TOUCH_PIXELS = 18;
const MAX_ZOOM = 400;

let network = null;
let vehicles = new Map(); // id → { now, from, since, heardAt }
let view = { x: 0, y: 0, scale: 1 }; // the map's middle in unit Mercator, and pixels for the whole world
let fitted = 1;
let chosenStop = null;
let clockOffset = 0; // the server's clock minus ours, in milliseconds
let connection = 'loading';
let colours = {};
let frame = 0;
let touched = false; // once somebody has moved the map, it stays where they put it

const fill = (pattern, value) => pattern.replace('{0}', value);
const unitX = lon => (lon + 180) / 360;
const unitY = lat => 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) / (2 * Math.PI);
const screen = (x, y) => [(x - view.x) * view.scale + canvas.clientWidth / 2, (y - view.y) * view.scale + canvas.clientHeight / 2];

function decode(line) {
  const points = [];
  let at = 0;
  const sums = [0, 0];
  while (at < line.length) {
    for (const axis of [0, 1]) {
      let bits = 0;
      let shift = 0;
      let chunk;
      do {
        chunk = line.charCodeAt(at++) - 63;
        bits |= (chunk & 31) << shift;
        shift += 5;
      } while (chunk >= 32);
      sums[axis] += bits & 1 ? ~(bits >> 1) : bits >> 1;
    }
    points.push([unitX(sums[1] / 1e5), unitY(sums[0] / 1e5)]);
  }
  return points;
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['ground', 'line', 'stop', 'stop-edge', 'live', 'stale']) {
    colours[name] = style.getPropertyValue('--map-' + name).trim();
  }
  colours.ink = style.getPropertyValue('--ink').trim();
  colours.surface = style.getPropertyValue('--surface').trim();
  colours.text = style.getPropertyValue('--text').trim();
  colours.seal = style.getPropertyValue('--seal').trim();
  redraw();
}

function fit() {
  const { south, west, north, east } = network.bounds;
  const [left, right, top, bottom] = [unitX(west), unitX(east), unitY(north), unitY(south)];
  const wide = Math.max(right - left, 1e-7);
  const high = Math.max(bottom - top, 1e-7);
  fitted = Math.min((canvas.clientWidth - 48) / wide, (canvas.clientHeight - 48) / high);
  view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: fitted };
  touched = false;
  redraw();
}

function zoom(factor, px = canvas.clientWidth / 2, py = canvas.clientHeight / 2) {
  const scale = Math.min(Math.max(view.scale * factor, fitted / 2), fitted * MAX_ZOOM);
  const dx = px - canvas.clientWidth / 2;
  const dy = py - canvas.clientHeight / 2;
  view.x += dx / view.scale - dx / scale;
  view.y += dy / view.scale - dy / scale;
  view.scale = scale;
  touched = true;
  redraw();
}

function pan(dx, dy) {
  view.x -= dx / view.scale;
  view.y -= dy / view.scale;
  touched = true;
  redraw();
}

function isStale(entry) {
  const age = (Date.now() + clockOffset - Date.parse(entry.now.observedAt)) / 1000;
  return entry.now.stale || age > network.staleAfterSeconds;
}

/** Where a vehicle is drawn: it glides to a new position rather than jumps. */
function place(entry, at) {
  const to = [unitX(entry.now.lon), unitY(entry.now.lat)];
  const part = entry.from ? Math.min((at - entry.since) / GLIDE_MILLIS, 1) : 1;
  return part === 1 ? to : [entry.from[0] + (to[0] - entry.from[0]) * part, entry.from[1] + (to[1] - entry.from[1]) * part];
}

function redraw() {
  if (!frame) {
    frame = requestAnimationFrame(draw);
  }
}

function draw(at) {
  frame = 0;
  const dense = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
  }
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, width, height);
  if (!network) {
    return;
  }
  pen.lineJoin = pen.lineCap = 'round';
  pen.lineWidth = Math.min(2 + Math.log2(view.scale / fitted + 1), 6);
  for (const shape of network.shapes) {
    pen.strokeStyle = shape.color;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    shape.points.forEach(([x, y], i) => {
      const [px, py] = screen(x, y);
      i ? pen.lineTo(px, py) : pen.moveTo(px, py);
    });
    pen.stroke();
  }
  pen.globalAlpha = 1;
  const near = view.scale / fitted;
  const stopSize = network.stops.length < 80 || near > 6 ? 4.5 : near > 2 ? 3 : 1.5;
  pen.font = '12px ' + colours.text;
  for (const stop of network.stops) {
    const [px, py] = screen(stop.x, stop.y);
    if (px < -20 || py < -20 || px > width + 20 || py > height + 20) {
      continue;
    }
    const chosen = stop.id === chosenStop;
    pen.beginPath();
    pen.arc(px, py, chosen ? 8 : stopSize, 0, 2 * Math.PI);
    pen.fillStyle = colours.stop;
    pen.fill();
    pen.lineWidth = chosen ? 4 : stopSize > 2 ? 1.5 : 1;
    pen.strokeStyle = chosen ? colours.seal : colours['stop-edge'];
    pen.stroke();
    if (chosen || near > 12 || (network.stops.length < 40 && near > 1.5)) {
      label(stop.name, px + 10, py + 4);
    }
  }
  let gliding = false;
  for (const entry of vehicles.values()) {
    const [px, py] = screen(...place(entry, at));
    gliding ||= entry.from && at - entry.since < GLIDE_MILLIS;
    if (px < -30 || py < -30 || px > width + 30 || py > height + 30) {
      continue;
    }
    const stale = isStale(entry);
    pen.fillStyle = stale ? colours.stale : colours.live;
    pen.strokeStyle = colours.surface;
    pen.lineWidth = 2;
    pen.save();
    pen.translate(px, py);
    pen.beginPath();
    if (entry.now.bearing == null || stale) {
      pen.arc(0, 0, stale ? 5 : 7, 0, 2 * Math.PI);
    } else {
      pen.rotate(entry.now.bearing * Math.PI / 180);
      pen.moveTo(0, -11);
      pen.lineTo(7.5, 8);
      pen.lineTo(0, 4.5);
      pen.lineTo(-7.5, 8);
      pen.closePath();
    }
    pen.stroke();
    pen.fill();
    pen.restore();
    if (near > 3 || vehicles.size < 40) {
      const route = network.routesById.get(entry.now.routeId);
      label(route ? route.shortName : entry.now.label ?? '', px + 11, py - 6, true);
    }
  }
  if (gliding) {
    redraw();
  }
}

function label(words, x, y, strong = false) {
  pen.font = (strong ? '600 ' : '') + '12px ' + colours.text;
  pen.lineWidth = 3;
  pen.strokeStyle = colours.surface;
  pen.fillStyle = colours.ink;
  pen.strokeText(words, x, y);
  pen.fillText(words, x, y);
}

function say() {
  let live = 0;
  let stale = 0;
  for (const entry of vehicles.values()) {
    isStale(entry) ? stale++ : live++;
  }
  const how = text[connection] ?? '';
  const many = vehicles.size ? text.count.replace('{0}', live).replace('{1}', stale) : text.none;
  const words = connection === 'loading' || connection === 'failed' ? how : how + ' · ' + many;
  if (status.textContent !== words) {
    status.textContent = words;
  }
}

/** What falls short now, in words; nothing: all is good enough. */
function warn(shortfalls) {
  const words = shortfalls.map(each => text.lang.startsWith('zh') ? each.zh : each.en);
  const list = degraded.querySelector('ul');
  if (words.join('\n') !== [...list.children].map(each => each.textContent).join('\n')) {
    list.replaceChildren(...words.map(each => {
      const item = document.createElement('li');
      item.textContent = each;
      return item;
    }));
  }
  degraded.hidden = words.length === 0;
}

function take(news, whole) {
  warn(news.shortfalls ?? []);
  clockOffset = Date.parse(news.asOf) - Date.now();
  const at = performance.now();
  const seen = new Set();
  for (const now of news.vehicles) {
    seen.add(now.id);
    const before = vehicles.get(now.id);
    if (before && Date.parse(before.now.observedAt) > Date.parse(now.observedAt)) {
      continue; // an older observation never moves a vehicle back
    }
    vehicles.set(now.id, { now, from: before ? place(before, at) : null, since: at });
  }
  if (whole) {
    for (const id of vehicles.keys()) {
      if (!seen.has(id)) {
        vehicles.delete(id);
      }
    }
  }
  say();
  redraw();
}

async function json(url) {
  const answer = await fetch(url, { headers: { accept: 'application/json' } });
  if (!answer.ok) {
    throw new Error(url + ' answered ' + answer.status);
  }
  return answer.json();
}

async function poll() {
  try {
    take(await json(text.vehicles), true);
    connection = 'polling';
  } catch {
    connection = 'lost';
  }
  say();
  redraw();
  setTimeout(poll, POLL_MILLIS);
}

function listen() {
  if (typeof EventSource === 'undefined') {
    poll();
    return;
  }
  const source = new EventSource(text.stream);
  source.addEventListener('open', () => { connection = 'live'; say(); });
  source.addEventListener('vehicles', event => take(JSON.parse(event.data), false));
  source.addEventListener('error', () => {
    connection = 'lost';
    say();
    redraw();
    if (source.readyState === EventSource.CLOSED) { // refused rather than broken off: the browser will not try again
      setTimeout(poll, RETRY_MILLIS);
    }
  });
}

/* Choosing a stop */
function nearest(px, py) {
  let best = null;
  let least = TOUCH_PIXELS;
  for (const stop of network.stops) {
    const [x, y] = screen(stop.x, stop.y);
    const away = Math.hypot(x - px, y - py);
    if (away < least) {
      least = away;
      best = stop;
    }
  }
  return best;
}

function nearestVehicle(px, py) {
  let best = null;
  let least = TOUCH_PIXELS;
  for (const entry of vehicles.values()) {
    const [x, y] = screen(...place(entry, performance.now()));
    const away = Math.hypot(x - px, y - py);
    if (away < least) {
      least = away;
      best = entry;
    }
  }
  return best;
}

const element = (name, words, className) => {
  const made = document.createElement(name);
  made.textContent = words;
  if (className) {
    made.className = className;
  }
  return made;
};

const clock = at => new Date(at).toLocaleTimeString(text.lang, { timeZone: 'Asia/Shanghai', hour12: false });

function arrivalRow(arrival, asOf) {
  const row = document.createElement('tr');
  const route = element('th', arrival.routeName);
  route.scope = 'row';
  const when = document.createElement('td');
  when.className = 'num';
  const at = arrival.predictedAt ?? arrival.scheduledAt;
  const minutes = at ? Math.round((Date.parse(at) - Date.parse(asOf)) / 60000) : null;
  when.append(at ? (minutes <= 0 ? text.due : minutes < 60 ? fill(text.minutes, minutes) : clock(at)) : '–');
  if (!arrival.predictedAt && at) {
    when.append(element('small', text.timetable));
  } else if (arrival.delaySeconds != null) {
    const late = Math.trunc(arrival.delaySeconds / 60);
    when.append(element('small', late > 0 ? fill(text.late, late) : late < 0 ? fill(text.early, -late) : text.onTime));
  }
  row.append(route, element('td', arrival.headsign), when);
  return row;
}

async function choose(stop) {
  chosenStop = stop.id;
  redraw();
  const list = document.getElementById('arrivals-list');
  const choice = document.getElementById('stop');
  choice.value = stop.id;
  list.setAttribute('aria-busy', 'true');
  list.replaceChildren(element('h3', stop.name), element('p', text.loading, 'loading-now'));
  try {
    const news = await json(text.stops + encodeURIComponent(stop.id) + '/arrivals');
    if (chosenStop !== stop.id) {
      return; // another stop was chosen meanwhile
    }
    const parts = [element('h3', news.stopName)];
    if (news.arrivals.length) {
      const table = document.createElement('table');
      const body = document.createElement('tbody');
      body.append(...news.arrivals.map(arrival => arrivalRow(arrival, news.asOf)));
      table.append(body);
      parts.push(table);
    } else {
      parts.push(element('p', text.arrivalsNone, 'empty'));
    }
    parts.push(element('p', text.asOf + ' ' + clock(news.asOf), 'as-of'));
    list.replaceChildren(...parts);
  } catch {
    list.replaceChildren(element('h3', stop.name), element('p', text.arrivalsFailed, 'notice warning'));
  } finally {
    list.removeAttribute('aria-busy');
  }
}

/* Moving about */
const fingers = new Map();
let moved = 0;

canvas.addEventListener('pointerdown', event => {
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  if (fingers.size === 1) {
    moved = 0;
  }
});
canvas.addEventListener('pointermove', event => {
  if (!network) {
    return;
  }
  const before = fingers.get(event.pointerId);
  if (!before) {
    const entry = nearestVehicle(event.offsetX, event.offsetY);
    const stop = entry ? null : nearest(event.offsetX, event.offsetY);
    tip.hidden = !entry && !stop;
    if (entry) {
      const route = network.routesById.get(entry.now.routeId);
      tip.textContent = [
        route?.shortName, entry.now.label ?? entry.now.id,
        entry.now.metresPerSecond == null ? null : fill(text.speed, Math.round(entry.now.metresPerSecond * 3.6)),
        fill(text.seen, clock(entry.now.observedAt)), isStale(entry) ? text.stale : null,
      ].filter(Boolean).join(' · ');
    } else if (stop) {
      tip.textContent = stop.name;
    }
    tip.style.left = Math.min(event.offsetX + 14, canvas.clientWidth - 180) + 'px';
    tip.style.top = event.offsetY + 14 + 'px';
    return;
  }
  const now = [event.offsetX, event.offsetY];
  if (fingers.size === 1) {
    pan(now[0] - before[0], now[1] - before[1]);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
  } else if (fingers.size === 2) {
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)[1];
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const is = Math.hypot(now[0] - other[0], now[1] - other[1]);
    pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    zoom(is / Math.max(was, 1), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    moved = Infinity;
  }
  fingers.set(event.pointerId, now);
});
for (const end of ['pointerup', 'pointercancel']) {
  canvas.addEventListener(end, event => {
    fingers.delete(event.pointerId);
    if (end === 'pointerup' && network && moved < 6) {
      const stop = nearest(event.offsetX, event.offsetY);
      if (stop) {
        choose(stop);
      }
    }
  });
}
canvas.addEventListener('pointerleave', () => { tip.hidden = true; });
canvas.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });
canvas.addEventListener('keydown', event => {
  const step = 60;
  const act = {
    ArrowLeft: () => pan(step, 0), ArrowRight: () => pan(-step, 0), ArrowUp: () => pan(0, step), ArrowDown: () => pan(0, -step),
    '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), 0: fit,
  }[event.key];
  if (act && network && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    act();
  }
});
box.querySelector('.map-buttons').addEventListener('click', event => {
  const act = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), fit }[event.target.dataset.act];
  if (act && network) {
    act();
  }
});
document.getElementById('stop').addEventListener('change', event => {
  const stop = network?.stops.find(one => one.id === event.target.value);
  if (stop) {
    choose(stop);
  }
});

async function start() {
  box.hidden = false;
  readColours();
  try {
    const loaded = await json(text.network);
    loaded.routesById = new Map(loaded.routes.map(route => [route.id, route]));
    for (const shape of loaded.shapes) {
      const color = loaded.routesById.get(shape.routeId)?.color;
      shape.points = decode(shape.polyline);
      shape.color = color ? '#' + color : colours.line;
    }
    for (const stop of loaded.stops) {
      stop.x = unitX(stop.lon);
      stop.y = unitY(stop.lat);
    }
    network = loaded;
    fit();
    take(await json(text.vehicles), true);
  } catch {
    connection = 'failed';
    say();
    return;
  }
  listen();
  setInterval(() => { say(); redraw(); }, 2000); // vehicles grow stale by themselves
}

new ResizeObserver(() => {
  if (network && !touched) {
    fit();
  }
  redraw();
}).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readColours);
start();
