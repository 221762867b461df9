// What both pages share. Everything from the API goes into the page as text, never as markup.

const STATES = {
  open: "opened", at_risk: "at risk", met: "met", missed: "missed", lapsed: "lapsed", retracted: "taken back",
};
export const stateWords = (state) => STATES[state] ?? state;
export const momentName = (name) => (name && name.length <= 4 ? name.toUpperCase() : (name ?? ""));
export const customerName = (subject) =>
  subject.startsWith("person:") ? subject.slice(7) : subject.startsWith("anon:") ? `visitor ${subject.slice(5)}` : subject;
export const customerPath = (subject) => "/customers/" + subject.split("/").map(encodeURIComponent).join("/");
export const fullTime = (text) => new Date(text).toLocaleString();

export async function fetchJson(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

/** Copy a template and give the copy with its fields by name. */
export function stamp(id) {
  const element = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const fields = {};
  for (const field of element.querySelectorAll("[data-field]")) fields[field.dataset.field] = field;
  return { element, fields };
}

export function money(value, currency) {
  if (value === null || value === undefined) return "";
  try {
    return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(value);
  } catch {
    return `${value} ${currency ?? ""}`; // not a currency that this browser knows
  }
}

export function age(ms) {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}
