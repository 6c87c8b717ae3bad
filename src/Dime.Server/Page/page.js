// Keeps the page up to date with the server's events. All text is put in as text, never as markup.
const SVG = 'http://www.w3.org/2000/svg';
const MOST_FLAGGED = 12;
const SILENCE = 10_000;
const BETWEEN_SUMMARIES = 15_000;
const TOKEN = 'dime-token';

const element = id => document.getElementById(id);
const text = (id, value) => { if (element(id).textContent !== value) element(id).textContent = value; };
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const count = value => number.format(value);
const percent = share => share > 0 && share < 0.0005 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`;
const clock = seconds => new Date(1000 * seconds).toLocaleTimeString('en-GB');
const digits = value => typeof value === 'string' ? '∞' : Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(3) : value.toPrecision(4);

let token = sessionStorage.getItem(TOKEN) ?? '';
let lastNumber = '';
let latest = null;
let isPaused = false;
let summarised = 0;
const flagged = [];

function badge(id, value, kind) {
  text(id, value);
  element(id).className = `badge ${kind}`;
}

function show(answer) {
  const { model, figures, history } = answer;
  text('model', model === undefined ? 'No model yet.'
    : `${model.name}, version ${model.version}: ${model.detector} on ${model.takes}, loaded ${new Date(model.loadedAt).toLocaleString('en-GB')}`
      + (model.lastReload?.error ? `. The last attempt to load another failed: ${model.lastReload.error}` : ''));
  text('rate', figures.rowsPerSecond < 10 ? figures.rowsPerSecond.toFixed(1) : count(figures.rowsPerSecond));
  text('total', `${count(figures.rows)} rows since the model was loaded`);
  text('queue', count(model?.queuedRows ?? 0));
  showShare(answer);
  showDrift(answer.drift);
  showHistory(history);
  drawSeries(answer);
  drawHistogram(figures.histogram);
  fillTable(figures.series);
}

function showShare({ model, figures, expectedShare }) {
  const window = figures.window;
  if (window.rows === 0) {
    text('share', '–');
    badge('share-badge', '', '');
    text('share-text', model?.isCalibrated === false ? 'The model is not calibrated.' : 'No rows yet.');
    summarise(model?.isCalibrated === false ? 'The model is not calibrated: rows get distances and no verdict.' : 'Waiting for rows.');
    return;
  }

  const share = window.flagged / window.rows;
  text('share', percent(share));
  const expected = window.low === undefined ? '' : `${percent(expectedShare)} expected, ${percent(window.low)} to ${percent(window.high)} by chance`;
  text('share-text', expected);
  const verdict = window.low === undefined ? '' : share > window.high ? 'more than expected' : share < window.low ? 'fewer than expected' : 'as expected';
  badge('share-badge', verdict, verdict === 'as expected' ? 'good' : verdict === 'more than expected' ? 'poor' : 'fair');
  summarise(`${percent(share)} of the last ${count(window.rows)} rows ${window.flagged === 1 ? 'is' : 'are'} flagged${verdict === '' ? '' : `, ${verdict}`}.`);
}

// Spoken by screen readers, and so not each second.
function summarise(sentence) {
  const now = Date.now();
  if (now - summarised >= BETWEEN_SUMMARIES || summarised === 0 || element('summary').dataset.kind !== kindOf(sentence)) {
    summarised = now;
    element('summary').dataset.kind = kindOf(sentence);
    text('summary', sentence);
  }
}

const kindOf = sentence => sentence.replace(/[\d.,]+/g, '');

function showDrift(drift) {
  if (!drift) {
    text('drift', '–');
    badge('drift-badge', '', '');
    text('drift-text', 'Not watched: the model has no calibration to compare with.');
    return;
  }

  text('drift', drift.isAlarm ? 'Alarm' : drift.windows === 0 ? '–' : 'None');
  badge('drift-badge', drift.isAlarm ? `since ${new Date(drift.alarmSince).toLocaleString('en-GB')}` : drift.windows === 0 ? 'first window is open' : 'no alarm', drift.isAlarm ? 'poor' : drift.windows === 0 ? 'fair' : 'good');
  text('drift-text', (drift.verdict ? `${drift.verdict} ` : '') + `${count(drift.openRows)} of ${count(drift.windowRows)} rows of the next window; ${count(drift.driftedWindows)} of ${count(drift.windows)} windows drifted.`);
}

function showHistory(history) {
  if (!history) {
    badge('history-badge', 'no history', 'fair');
    text('history-text', 'Start with a history to keep rows.');
    return;
  }

  const isAway = history.isReachable === false;
  badge('history-badge', isAway ? 'database away' : 'history kept', isAway ? 'poor' : 'good');
  text('history-text', history.lostRows > 0 ? `${count(history.lostRows)} rows lost` : '');
}

// Plots are drawn as wide as they are shown, so that their text stays readable.
function plot(id) {
  const svg = element(id);
  const width = Math.max(200, svg.clientWidth);
  const height = Math.max(120, svg.clientHeight);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const box = { left: 44, right: width - 10, top: 8, bottom: height - 24 };
  const add = (name, attributes, content) => {
    const child = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, value);
    if (content !== undefined) child.textContent = content;
    svg.append(child);
  };
  return { box, add };
}

function drawShares({ box, add }, most) {
  const y = share => box.bottom - (box.bottom - box.top) * Math.min(share / most, 1);
  for (let i = 0; i <= 4; i++) {
    const share = most * i / 4;
    add('path', { class: i === 0 ? 'axis' : 'grid', d: `M${box.left} ${y(share)}H${box.right}` });
    add('text', { x: box.left - 6, y: y(share) + 4, 'text-anchor': 'end' }, `${+(100 * share).toFixed(most < 0.1 ? 1 : 0)} %`);
  }

  return y;
}

const ceiling = share => [0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8, 1].find(most => share <= most) ?? 1;

function drawSeries({ figures, stepSeconds, steps }) {
  const { box, add } = plot('series');
  const series = figures.series;
  const most = ceiling(Math.max(0.08, ...series.map(point => Math.max(point.flagged / point.rows, Math.min(point.high ?? 0, 0.4)))));
  const y = drawShares({ box, add }, most);
  const first = figures.now - (steps - 1) * stepSeconds;
  const wide = (box.right - box.left) / steps;
  const x = time => box.left + wide * ((time - first) / stepSeconds);
  for (let i = 0; i <= 3; i++) {
    const place = box.left + (box.right - box.left) * i / 3;
    const label = i === 3 ? 'now' : `−${Math.round((3 - i) * steps * stepSeconds / 180)} min`;
    add('text', { x: place, y: box.bottom + 18, 'text-anchor': i === 0 ? 'start' : i === 3 ? 'end' : 'middle' }, label);
  }

  let path = '';
  let before = -Infinity;
  for (const point of series) {
    if (point.high !== undefined) {
      add('rect', { class: 'band', x: x(point.time), width: wide, y: y(point.high), height: Math.max(1, y(point.low) - y(point.high)) });
    }

    const centre = `${x(point.time) + wide / 2} ${y(point.flagged / point.rows)}`;
    path += (point.time - before === stepSeconds ? 'L' : 'M') + centre;
    before = point.time;
  }

  add('path', { class: 'line', d: path || 'M0 0' });
  for (const point of series) {
    const share = point.flagged / point.rows;
    const isOut = point.high !== undefined && (share > point.high || share < point.low);
    add('circle', { class: isOut ? 'dot out' : 'dot', cx: x(point.time) + wide / 2, cy: y(share), r: isOut ? 4 : 2.5 });
  }

  const out = series.filter(point => point.high !== undefined && point.flagged / point.rows > point.high).length;
  text('series-text', series.length === 0 ? 'No rows in the last 15 minutes.'
    : `${series.length} ${series.length === 1 ? 'step has' : 'steps have'} rows; in ${out} more are flagged than expected.`);
}

function drawHistogram(histogram) {
  const { box, add } = plot('histogram');
  const rows = histogram.reduce((sum, value) => sum + value, 0);
  const uniform = 1 / histogram.length;
  const largest = rows === 0 ? 0 : Math.max(...histogram) / rows;
  const y = drawShares({ box, add }, ceiling(Math.max(2 * uniform, largest)));
  const wide = (box.right - box.left) / histogram.length;
  histogram.forEach((value, i) => {
    if (value > 0) {
      add('rect', { class: 'bar', x: box.left + wide * i + 1, width: Math.max(1, wide - 2), y: y(value / rows), height: box.bottom - y(value / rows) });
    }
  });
  add('path', { class: 'uniform', d: `M${box.left} ${y(uniform)}H${box.right}` });
  for (let i = 0; i <= 4; i++) {
    add('text', { x: box.left + (box.right - box.left) * i / 4, y: box.bottom + 18, 'text-anchor': i === 0 ? 'start' : i === 4 ? 'end' : 'middle' }, String(i / 4));
  }

  text('histogram-text', rows === 0 ? 'No rows in the last 15 minutes.'
    : `${count(rows)} rows; ${percent(histogram.at(-1) / rows)} have a probability of 0.95 or more, where 5 % would if nothing drifts.`);
}

function fillTable(series) {
  if (!document.querySelector('details').open) {
    return;
  }

  element('table').replaceChildren(...series.toReversed().map(point => {
    const row = document.createElement('tr');
    const cells = [clock(point.time), count(point.rows), count(point.flagged), percent(point.flagged / point.rows), point.high === undefined ? '–' : `${percent(point.low)} to ${percent(point.high)}`];
    row.append(...cells.map((cell, i) => {
      const item = document.createElement(i === 0 ? 'th' : 'td');
      if (i === 0) item.scope = 'row';
      item.textContent = cell;
      return item;
    }));
    return row;
  }));
}

function showFlagged() {
  element('none').hidden = flagged.length > 0;
  element('flagged').replaceChildren(...flagged.map(item => item.node));
}

function flag(row) {
  // A server that was started anew sends what its history has, which the page may have too.
  const key = `${Date.parse(row.time)} ${row.id}`;
  if (flagged.some(item => item.key === key)) {
    return;
  }

  const node = document.createElement('li');
  const add = (tag, name, value) => {
    const child = document.createElement(tag);
    child.className = name;
    child.textContent = value;
    node.append(child);
    return child;
  };
  if (row.image?.startsWith('data:image/')) {
    const image = add('img', row.isTiny ? 'tiny' : '', '');
    image.alt = `Flagged image ${row.id}`;
    image.src = row.image;
  } else {
    add('span', 'missing', 'no image');
  }

  add('span', 'name', row.id.length > 60 ? `${row.id.slice(0, 28)}…${row.id.slice(-28)}` : row.id);
  add('span', '', `distance ${digits(row.distance)}${row.probability === undefined ? '' : `, probability ${row.probability.toFixed(3)}`}`);
  if (row.topScore) {
    add('span', 'score', row.topScore);
  }

  add('span', 'name', new Date(row.time).toLocaleTimeString('en-GB'));
  flagged.unshift({ node, key });
  flagged.length = Math.min(flagged.length, MOST_FLAGGED);
  if (!isPaused) {
    showFlagged();
  }
}

function handle({ type, data, id }) {
  if (id) {
    lastNumber = id;
  }

  if (type === 'flagged') {
    flag(JSON.parse(data));
  } else if (type === 'figures') {
    latest = JSON.parse(data);
    if (!isPaused) {
      show(latest);
    }
  }
}

async function* eventsOf(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }

    alive();
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      const fields = { event: '', data: [], id: '' };
      for (const line of part.split('\n')) {
        const [, name, content] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (name === 'data') fields.data.push(content);
        else if (name) fields[name] = content;
      }

      yield { type: fields.event, data: fields.data.join('\n'), id: fields.id };
    }
  }
}

// Not EventSource, which cannot send a token.
async function follow() {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), SILENCE);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE);
  };
  try {
    const headers = lastNumber ? { 'Last-Event-ID': lastNumber } : {};
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch('v1/live', { headers, signal: stop.signal, cache: 'no-store' });
    if (response.status === 401) {
      return 'token';
    }

    if (!response.ok) {
      return 'retry';
    }

    badge('state', 'live', 'good');
    for await (const event of eventsOf(response.body, alive)) {
      handle(event);
    }
  } catch {
    // The server ended or is out of reach.
  } finally {
    clearTimeout(timer);
  }

  return 'retry';
}

async function run() {
  for (let pause = 1000; ; pause = Math.min(2 * pause, 15_000)) {
    const began = Date.now();
    if (await follow() === 'token') {
      badge('state', 'token needed', 'fair');
      element('login').hidden = false;
      text('login-fault', token ? 'That is not the token.' : '');
      element('token').focus();
      return;
    }

    badge('state', 'reconnecting', 'fair');
    if (Date.now() - began > 5000) {
      pause = 1000;
    }

    await new Promise(done => setTimeout(done, pause));
  }
}

element('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  element('pause').setAttribute('aria-pressed', String(isPaused));
  text('pause', isPaused ? 'Go on' : 'Pause');
  if (!isPaused && latest) {
    show(latest);
    showFlagged();
  }
});

element('login').addEventListener('submit', event => {
  event.preventDefault();
  token = element('token').value.trim();
  sessionStorage.setItem(TOKEN, token);
  element('token').value = '';
  element('login').hidden = true;
  run();
});

document.querySelector('details').addEventListener('toggle', () => latest && fillTable(latest.figures.series));
new ResizeObserver(() => latest && !isPaused && show(latest)).observe(document.querySelector('.plots'));
run();
