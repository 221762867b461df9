import { fetchJson, fullTime, momentName, money, stamp, stateWords } from "./common.js";

const subject = document.getElementById("subject").dataset.subject;
const notice = document.getElementById("notice");
const path = "/api/v1/customers/" + subject.split("/").map(encodeURIComponent).join("/");

function line(tone, what, state, more, at) {
  const { element, fields } = stamp("line");
  element.dataset.tone = tone;
  fields.what.textContent = what;
  fields.state.textContent = state;
  fields.more.textContent = more;
  fields.at.textContent = fullTime(at);
  fields.at.dateTime = at;
  fields.at.title = at;
  return element;
}

function showModel([name, model]) {
  const { element, fields } = stamp("model");
  fields.name.textContent = name;
  fields.stage.textContent = model.stage?.name ?? "no stage yet";
  const lines = model.moments.map((m) =>
    line(m.state, momentName(m.moment), stateWords(m.state), more(m), m.since));
  element.querySelector(".feed").replaceChildren(...lines);
  element.querySelector(".known").replaceChildren(...known(model).flatMap(([what, text]) => pair(what, text)));
  return element;
}

/** Give what is known of the customer, facts first: names and texts, without what is not known. */
function known(model) {
  const facts = Object.entries(model.facts ?? {}).map(([name, fact]) => [name, factWords(fact)]);
  const scores = Object.entries(model.scores ?? {}).flatMap(([name, score]) =>
    Array.isArray(score)
      ? score.map((one) => [`${name}, ${Object.values(one.by).filter(Boolean).join(", ")}`, scoreWords(one)])
      : [[name, score.as_of ? scoreWords(score) : ""]]);
  return [...facts, ...scores].filter(([, text]) => text);
}

function factWords(fact) {
  if (fact === null || fact === 0) return "";
  if (typeof fact === "boolean") return fact ? "yes" : "no";
  if (typeof fact === "object") return Object.entries(fact).map(([currency, sum]) => money(sum, currency)).join(", ");
  return typeof fact === "number" ? fact.toLocaleString() : fact;
}

const scoreWords = (score) => score.value.toLocaleString(undefined, { maximumFractionDigits: 2, signDisplay: "exceptZero" });

function pair(what, text) {
  const [term, words] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = what;
  words.textContent = text;
  return [term, words];
}

function more(moment) {
  const due = moment.deadline ? `due ${fullTime(moment.deadline)}` : "";
  return [moment.key, money(moment.value, moment.currency), due].filter(Boolean).join(" · ");
}

function showLine(item) {
  if (item.type === "alert") {
    const alert = item.alert;
    return line("alert", alert.title, alert.status, [alert.model, alert.team, alert.playbook].filter(Boolean).join(" · "), item.at);
  }
  const said = item.transition;
  const what = said.kind === "stage" ? "Stage" : momentName(said.moment);
  return line(said.to, what, said.kind === "stage" ? said.to : stateWords(said.to), `${said.model} · ${said.reason}`, item.at);
}

async function show() {
  const [journey, timeline] = await Promise.all([fetchJson(path), fetchJson(`${path}/timeline?limit=100`)]);
  document.getElementById("subject").textContent = journey.subject;
  document.getElementById("models").replaceChildren(...Object.entries(journey.models).map(showModel));
  document.getElementById("timeline").replaceChildren(...timeline.items.map(showLine));
  document.getElementById("timeline-empty").hidden = timeline.items.length > 0;
  document.getElementById("journey").hidden = false;
  notice.hidden = true;
}

show().catch((fault) => {
  notice.textContent = fault.status === 404 ? "Nothing is known of this customer." : "The API did not answer. Load the page again.";
});
