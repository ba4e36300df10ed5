"use strict";

// What comes is shown as text, never as markup: there is no innerHTML here, and the policy of the page forbids it.

const MAX_SHOWN = 1000;
const OPEN_DEPTH = 4;

const at = (id) => document.getElementById(id);
const key = document.querySelector('meta[name="imhook-key"]').content;
const shown = new Map();
const commands = new Set();
let run = null;
let chosen = null;

/** A number that JavaScript would round: shown as it came. */
class Digits {
  constructor(text) { this.text = text; }
}

function parse(json) {
  return JSON.parse(json, (_, value, context) => {
    const source = context?.source;
    return typeof value === "number" && source !== undefined && String(value) !== source ? new Digits(source) : value;
  });
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// The stream of deliveries

const events = new EventSource("/_imhook/events");

events.addEventListener("run", ({ data }) => {
  // Another run has another key, and counts its deliveries anew.
  if (run !== null && run !== data) location.reload();
  run = data;
  state("live", "live");
});

events.addEventListener("message", ({ data }) => add(parse(data)));
events.addEventListener("error", () => state("lost", "not connected; trying again"));

function state(name, words) {
  at("stream").dataset.state = name;
  at("stream").textContent = words;
}

function add(delivery) {
  const row = rowOf(delivery);
  shown.set(delivery.id, { delivery, row });
  at("deliveries").prepend(row);
  // Whoever is turned away may name as many commands as they like.
  if (delivery.refused === null) learn(delivery.command);
  if (shown.size > MAX_SHOWN) remove(shown.keys().next().value);
  if (chosen === null) choose(delivery.id);
  sift(row, delivery);
  count();
}

function remove(id) {
  shown.get(id).row.remove();
  shown.delete(id);
}

function learn(command) {
  if (command === null || commands.has(command)) return;
  commands.add(command);
  const option = element("option");
  option.value = command;
  at("commands").append(option);
}

function rowOf(delivery) {
  const button = element("button", isGood(delivery) ? "" : "bad");
  button.type = "button";
  button.dataset.id = delivery.id;
  button.append(
    element("span", "name", delivery.command ?? "(no command)"),
    element("span", "time", time(delivery)),
    element("span", "said", delivery.outcome),
    element("span", "took", took(delivery)),
  );
  button.addEventListener("click", () => choose(delivery.id));
  const row = element("li");
  row.append(button);
  return row;
}

const isGood = ({ status, typed, command }) => status === 200 && (typed || command === null);
const took = ({ latency_us }) => `${(latency_us / 1000).toFixed(1)} ms`;
const time = ({ received }) =>
  new Date(received).toLocaleTimeString([], { hour12: false }) + "." + String(received % 1000).padStart(3, "0");

// The filter

at("filter").addEventListener("input", () => {
  for (const { delivery, row } of shown.values()) sift(row, delivery);
  count();
});

function sift(row, { command }) {
  const wanted = at("filter").value.trim().toLowerCase();
  row.hidden = !(command ?? "").toLowerCase().includes(wanted);
}

function count() {
  const visible = [...shown.values()].filter(({ row }) => !row.hidden).length;
  const of = visible === shown.size ? "" : ` of ${shown.size}`;
  at("count").textContent = shown.size === 0 ? "no webhooks yet" : `${visible}${of} webhook${visible === 1 && !of ? "" : "s"}`;
  at("empty").hidden = shown.size > 0;
}

at("clear").addEventListener("click", () => {
  for (const id of [...shown.keys()]) remove(id);
  chosen = null;
  at("detail").hidden = true;
  count();
});

// One delivery

function choose(id) {
  shown.get(chosen)?.row.firstChild.removeAttribute("aria-current");
  chosen = id;
  const { delivery, row } = shown.get(id);
  row.firstChild.setAttribute("aria-current", "true");
  at("detail").hidden = false;
  at("command").textContent = delivery.command ?? "(no command)";
  at("outcome").textContent = delivery.outcome;
  at("outcome").className = delivery.status === 200 ? "" : "bad";
  at("cause").textContent = delivery.cause === null ? "" : `Does not fit its type: ${delivery.cause}`;
  at("resent").textContent = "";
  at("resend").disabled = delivery.refused !== null;
  at("facts").replaceChildren(...facts(delivery));
  at("body").replaceChildren(delivery.raw === null ? none("not read") : tree(delivery.raw, null, 0));
  at("answer").replaceChildren(delivery.answer === null ? none("none") : tree(delivery.answer, null, 0));
}

function facts(delivery) {
  const rows = [
    ["Delivery", delivery.resent === undefined ? `${delivery.id}` : `${delivery.id}, which repeats ${delivery.resent}`],
    ["Request", `${delivery.method} ${delivery.path}`],
    ...[...new URLSearchParams(delivery.query)].filter(([name]) => name !== "CallbackCommand"),
    ["Answered", delivery.status === 0 ? "not" : `with ${delivery.status} after ${took(delivery)}`],
  ];
  return rows.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
}

at("resend").addEventListener("click", async () => {
  at("resend").disabled = true;
  at("resent").textContent = "sending";
  try {
    const asked = { method: "POST", headers: { "x-imhook-key": key } };
    const told = await fetch(`/_imhook/resend/${chosen}`, asked);
    at("resent").textContent = (await told.json()).message;
  } catch {
    at("resent").textContent = "not connected";
  }
  at("resend").disabled = shown.get(chosen)?.delivery.refused !== null;
});

// JSON as a tree, built as far as it is open

function tree(value, name, depth) {
  if (value === null || typeof value !== "object" || value instanceof Digits) return leaf(value, name);
  const entries = Object.entries(value);
  if (entries.length === 0) return leaf(value, name);
  const branch = element("details");
  const summary = element("summary");
  if (name !== null) summary.append(element("span", "key", name), ": ");
  summary.append(element("span", "", Array.isArray(value) ? `[${entries.length}] ` : `{${entries.length}} `));
  summary.append(element("span", "preview", preview(value)));
  const children = element("div");
  branch.append(summary, children);
  const fill = () => {
    if (branch.open && !children.hasChildNodes()) {
      children.append(...entries.map(([name, inner]) => tree(inner, name, depth + 1)));
    }
  };
  branch.addEventListener("toggle", fill);
  branch.open = depth < OPEN_DEPTH;
  fill();
  return branch;
}

function leaf(value, name) {
  const line = element("div", "leaf");
  if (name !== null) line.append(element("span", "key", name), ": ");
  const isText = typeof value === "string";
  line.append(element("span", isText ? "value string" : "value", isText ? value : plain(value)));
  return line;
}

const none = (words) => element("p", "none", words);
const plain = (value) => (value instanceof Digits ? value.text : JSON.stringify(value));

function preview(value) {
  const text = JSON.stringify(value, (_, inner) => (inner instanceof Digits ? inner.text : inner));
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

at("here").textContent = location.origin;
count();
