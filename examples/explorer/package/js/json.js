// JSON as coloured text. Long texts and long lists are folded, so that an answer of a megabyte does not stop the page.
import { h } from "./dom.js";

const TEXT_SHOWN = 600;
const ITEMS_SHOWN = 100;
const DEPTH_SHOWN = 40;

/**
 * A value as coloured JSON.
 * @param {unknown} value
 * @returns {DocumentFragment}
 */
export function jsonView(value) {
  const view = document.createDocumentFragment();
  write(view, value, 0);
  return view;
}

function write(into, value, depth) {
  if (typeof value === "string") return writeText(into, value, "s");
  if (typeof value !== "object" || value === null) return mark(into, JSON.stringify(value) ?? String(value), typeof value === "number" ? "n" : "b");
  if (depth >= DEPTH_SHOWN) return into.append(JSON.stringify(value));
  const isArray = Array.isArray(value);
  const items = Object.entries(value);
  const [open, close] = isArray ? "[]" : "{}";
  if (items.length === 0) return into.append(open + close);
  into.append(open);
  writeItems(into, items, 0, isArray, depth);
  into.append(`\n${"  ".repeat(depth)}${close}`);
}

function writeItems(into, items, from, isArray, depth) {
  const until = Math.min(items.length, from + ITEMS_SHOWN);
  for (let at = from; at < until; at++) {
    const [key, value] = items[at];
    into.append(`\n${"  ".repeat(depth + 1)}`);
    if (!isArray) {
      mark(into, JSON.stringify(key), "k");
      into.append(": ");
    }
    write(into, value, depth + 1);
    if (at < items.length - 1) into.append(",");
  }
  if (until === items.length) return;
  fold(into, `${(items.length - until).toLocaleString("en")} more`, (rest) => writeItems(rest, items, until, isArray, depth));
}

function writeText(into, text, kind) {
  const json = JSON.stringify(text);
  if (json.length <= TEXT_SHOWN * 1.5) return mark(into, json, kind);
  let end = TEXT_SHOWN;
  // Neither an escape nor a pair of surrogates is cut in two.
  while (/[\\\ud800-\udbff]/.test(json[end - 1]) || /\\u[0-9a-f]{0,3}$/.test(json.slice(0, end))) end--;
  mark(into, json.slice(0, end), kind);
  fold(into, `${(json.length - end).toLocaleString("en")} more characters`, (rest) => mark(rest, json.slice(end), kind));
}

function fold(into, label, unfold) {
  const button = h("button", { type: "button", class: "fold" }, `… ${label}`);
  button.addEventListener("click", () => {
    const rest = document.createDocumentFragment();
    unfold(rest);
    button.replaceWith(rest);
  });
  into.append(button);
}

function mark(into, text, kind) {
  into.append(h("span", { class: `j-${kind}` }, text));
}
