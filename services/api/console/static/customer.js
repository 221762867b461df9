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
  return element;
}

function more(moment) {
  const due = moment.deadline ? `due ${fullTime(moment.deadline)}` : "";
  return [moment.key, money(moment.value, moment.currency), due].filter(Boolean).join(" · ");
}

function showLine(item) {
  if (item.type === "alert") {
    const alert = item.alert;
    return line("alert", alert.title, alert.status, [alert.team, alert.playbook].filter(Boolean).join(" · "), item.at);
  }
  const said = item.transition;
  const what = said.kind === "stage" ? "Stage" : momentName(said.moment);
  return line(said.to, what, said.kind === "stage" ? said.to : stateWords(said.to), said.reason, item.at);
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
