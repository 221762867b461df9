import { age, customerName, customerPath, fetchJson, fullTime, momentName, money, stamp, stateWords } from "./common.js";

const SHOWN_ALERTS = 200;
const SHOWN_TRANSITIONS = 40;
const DRAW_MS = 400; // at most so often, however much arrives
const STATS_MS = 2_000;
const AGAIN_MS = 3_000;

const at = (id) => document.getElementById(id);
const alerts = new Map(); // by id
const transitions = new Map(); // by instance: the last word on each
const rows = { alert: new Map(), transition: new Map() };
const fresh = new Set();
let clock = "wall";
let latest = 0;
let drawing = false;

const now = () => (clock === "events" && latest ? latest : Date.now());

function connection(state, words) {
  at("connection").dataset.state = state;
  at("connection-words").textContent = words;
}

// --- what the API says -----------------------------------------------------------------------

function take(kind, item, isNew) {
  latest = Math.max(latest, Date.parse(item.last_at ?? item.at));
  const [known, key] = kind === "alert" ? [alerts, item.id] : [transitions, item.instance];
  known.delete(key); // so that the newest is the last of the map
  known.set(key, item);
  if (isNew) fresh.add(key);
  trim(known, kind === "alert" ? SHOWN_ALERTS * 2 : SHOWN_TRANSITIONS * 2);
  draw();
}

function trim(known, most) {
  for (const key of known.keys()) {
    if (known.size <= most) return;
    known.delete(key);
  }
}

async function load() {
  const statuses = at("resolved").checked ? "" : "&status=firing&status=acknowledged&status=snoozed";
  const [first, words] = await Promise.all([
    fetchJson(`/api/v1/alerts?limit=${SHOWN_ALERTS}${statuses}`),
    fetchJson(`/api/v1/moments?limit=${SHOWN_TRANSITIONS}`),
  ]);
  alerts.clear();
  transitions.clear();
  first.items.reverse().forEach((item) => take("alert", item, false));
  words.items.reverse().forEach((item) => take("transition", item, false));
  draw();
}

function follow() {
  const stream = new EventSource("/api/v1/stream");
  let waiting = []; // what arrives while the lists are loading comes after them
  const arrive = (kind) => (event) => {
    const item = JSON.parse(event.data);
    if (item.kind === "stage") return;
    if (waiting) waiting.push([kind, item]);
    else take(kind, item, true);
  };
  const reload = async () => {
    waiting ??= [];
    try {
      await load();
      const late = waiting ?? [];
      waiting = null;
      late.forEach(([kind, item]) => take(kind, item, false));
    } catch (fault) {
      failed(fault);
      stream.close();
      setTimeout(follow, AGAIN_MS);
    }
  };
  stream.addEventListener("alert", arrive("alert"));
  stream.addEventListener("transition", arrive("transition"));
  stream.addEventListener("reset", reload);
  stream.onopen = () => {
    connection("live", "Live");
    if (waiting) reload();
  };
  stream.onerror = () => {
    connection("waiting", "Reconnecting");
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS);
  };
}

function failed(fault) {
  if (fault.status === 401) connection("lost", "A token is needed");
  else connection("waiting", "Reconnecting");
}

async function figures() {
  try {
    const stats = await fetchJson("/api/v1/stats");
    clock = stats.clock ?? clock;
    latest = Math.max(latest, stats.latest ? Date.parse(stats.latest) : 0);
    showFigures(stats);
    if (at("connection").dataset.state !== "waiting" && stats.lag.unready) connection("behind", "Catching up");
    else if (at("connection").dataset.state === "behind") connection("live", "Live");
  } catch (fault) {
    failed(fault);
  }
}

// --- what the page shows -----------------------------------------------------------------------

function showFigures(stats) {
  const states = {};
  for (const model of Object.values(stats.moments))
    for (const moment of Object.values(model))
      for (const [state, n] of Object.entries(moment)) states[state] = (states[state] ?? 0) + n;
  const decided = (states.met ?? 0) + (states.missed ?? 0);
  const shown = { ...states, customers: stats.customers };
  for (const field of at("figures").querySelectorAll("[data-figure]")) {
    const name = field.dataset.figure;
    if (name === "rate") field.textContent = decided ? `${Math.round((100 * states.met || 0) / decided)}%` : "–";
    else field.textContent = (shown[name] ?? 0).toLocaleString();
  }
  const firing = Object.values(stats.alerts.firing ?? {}).reduce((sum, n) => sum + n, 0);
  at("alerts-count").textContent = firing ? `${firing.toLocaleString()} firing` : "";
}

function draw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    const open = [...alerts.values()].filter((a) => at("resolved").checked || a.status !== "resolved");
    open.sort((a, b) => Date.parse(b.last_at) - Date.parse(a.last_at));
    list("alert", open.slice(0, SHOWN_ALERTS), (a) => a.id, fillAlert, "No alerts. Nobody is waiting for you.");
    const said = [...transitions.values()].reverse().slice(0, SHOWN_TRANSITIONS);
    list("transition", said, (t) => t.instance, fillTransition, "Nothing yet. Moments appear here as they open, are met or are missed.");
    fresh.clear();
  }, DRAW_MS);
}

/** Show the items, keeping the elements of those that are shown already. */
function list(kind, items, keyOf, fill, emptyWords) {
  const place = at(kind === "alert" ? "alerts" : "said");
  const empty = at(kind === "alert" ? "alerts-empty" : "said-empty");
  const before = rows[kind];
  const after = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const row = before.get(key) ?? stamp(kind);
    if (row.item !== item) fill(row, item);
    row.item = item;
    if (fresh.has(key)) arriving(row.element);
    after.set(key, row);
  }
  rows[kind] = after;
  place.replaceChildren(...[...after.values()].map((row) => row.element));
  empty.hidden = items.length > 0;
  empty.textContent = emptyWords;
  ages();
}

function arriving(element) {
  element.classList.remove("fresh");
  requestAnimationFrame(() => element.classList.add("fresh"));
}

function fillAlert({ element, fields }, alert) {
  element.dataset.severity = alert.severity;
  element.dataset.status = alert.status;
  fields.title.textContent = alert.title;
  fillCustomer(fields.customer, alert.subject);
  fields.moment.textContent = `${momentName(alert.moment)} · ${alert.model}`;
  fields.team.textContent = alert.team ?? "";
  fields.playbook.textContent = alert.playbook ?? "";
  fields.value.textContent = money(alert.value, alert.currency);
  fields.status.textContent = alert.count > 1 ? `${alert.status} ×${alert.count}` : alert.status;
  fields.severity.textContent = alert.severity;
  fillTime(fields.age, alert.last_at);
}

function fillTransition({ element, fields }, said) {
  element.dataset.tone = said.to;
  fields.moment.textContent = momentName(said.moment);
  fields.state.textContent = stateWords(said.to);
  fillCustomer(fields.customer, said.subject);
  fields.reason.textContent = `${said.model} · ${said.reason}`;
  fillTime(fields.age, said.at);
}

function fillCustomer(link, subject) {
  link.textContent = customerName(subject);
  link.href = customerPath(subject);
}

function fillTime(field, text) {
  field.dateTime = text;
  field.title = `${fullTime(text)} (${text})`;
}

function ages() {
  for (const field of document.querySelectorAll("time[datetime]"))
    field.textContent = age(now() - Date.parse(field.dateTime));
}

at("resolved").addEventListener("change", () => load().catch(failed));
figures();
follow();
setInterval(figures, STATS_MS);
setInterval(ages, 15_000);
