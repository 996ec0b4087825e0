// Puts the page together.
import { address, title, version } from "./app.js";
import { AnswerView } from "./answer.js";
import { Calls } from "./calls.js";
import { commands as known, plain, reserved } from "./catalog.js";
import { byId, h, makeCopy, memory, tabs } from "./dom.js";
import { Forms } from "./form.js";
import { hostCommands, watchHost } from "./host.js";
import { jsonView } from "./json.js";
import { CommandList } from "./list.js";
import { certificateIn, describeCertificate, newId, requestOf, snippetOf } from "./request.js";

const SOON_MS = 1_000;

const offered = hostCommands();
const commands = [
  ...known,
  ...(offered ?? []).filter(({ cmd }) => !known.some((each) => each.cmd === cmd)).map(({ cmd, level }) => plain(cmd, level, "Only in this host")),
  ...reserved.map((cmd) => plain(cmd, 0, "Reserved")),
];
const calls = new Calls();
const forms = new Forms((cmd) => calls.lastResult(cmd), preview);
const answers = new AnswerView(calls, pickFromHistory, editRaw);
const list = new CommandList(commands, offered && new Set(offered.map(({ cmd }) => cmd)), (cmd) => {
  select(cmd);
  toggleList(false);
});
const first = known.find(({ cmd }) => cmd === "readFile") ?? known[0];
let current = first;
let tab = "panel-form";
let isRawTyped = false;

function select(cmd) {
  current = commands.find((each) => each.cmd === cmd) ?? first;
  memory.set("cmd", current.cmd);
  byId("cmd-name").textContent = current.cmd;
  byId("cmd-level").textContent = `Level ${current.level}`;
  byId("cmd-level").className = `level wide l${current.level}`;
  byId("cmd-asks").hidden = !current.asks;
  byId("cmd-missing").hidden = offered === null || current.group === "Reserved" || offered.some((each) => each.cmd === current.cmd);
  byId("cmd-about").textContent = current.about;
  byId("cmd-gives").textContent = current.gives;
  byId("field-sign-send").checked = current.level > 0;
  byId("certificate").open = current.level > 0;
  byId("certificate-note").textContent = current.level > 0 ? "needed" : "not looked at by this command";
  isRawTyped = false;
  forms.show(current);
  list.mark(current.cmd);
  byId("call").scrollTop = 0;
  preview();
}

/** The request that the form says. `id` stands in for a fresh one where it is only shown. */
function request(id) {
  const sign = { content: byId("field-sign-content").value, signature: byId("field-sign-signature").value };
  const isSigned = byId("field-sign-send").checked && (sign.content !== "" || sign.signature !== "");
  return requestOf({
    cmd: current.cmd,
    data: forms.read(),
    sign: isSigned ? sign : undefined,
    messageId: id,
    shape: byId("field-shape").value,
  });
}

function shownId() {
  return newId(byId("field-id").value);
}

/** Brings raw text and code up to date with the form. A form with a mistake leaves them as they are. */
function preview() {
  byId("certificate-facts").textContent = describeCertificate(byId("field-sign-content").value);
  if (tab === "panel-form") return;
  try {
    const shown = request(shownId());
    byId("snippet").textContent = snippetOf(shown);
    if (!isRawTyped) byId("raw").value = JSON.stringify(shown, null, 2);
  } catch {
    showTab("panel-form");
  }
  judgeRaw();
}

function judgeRaw() {
  const { isJson, value } = rawValue();
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const note = !isJson
    ? "Not JSON: posted as a text. A host lets it pass, so no answer will come."
    : !isObject
      ? "Not an object: a host lets it pass, so no answer will come."
      : typeof value.cmd !== "string" || "code" in value
        ? "No well-formed request: posted as it is."
        : "A well-formed request.";
  byId("raw-note").textContent = note;
}

function rawValue() {
  const text = byId("raw").value;
  try {
    return { isJson: true, value: JSON.parse(text) };
  } catch {
    return { isJson: false, value: text };
  }
}

function send() {
  const isRaw = tab === "panel-raw";
  let value;
  try {
    value = isRaw ? rawValue().value : request(newId(byId("field-id").value));
  } catch {
    showTab("panel-form");
    byId("fields").querySelector("[aria-invalid]")?.focus();
    return;
  }
  const { call, settled } = calls.send(value, isRaw ? "raw" : "form");
  answers.show(call);
  revealAnswer();
  // Once more when it is there and has its height, unless the user has looked elsewhere meanwhile.
  settled.then(({ ms }) => ms < SOON_MS && revealAnswer());
}

/** Where the answer is below the form, brings it into view. */
function revealAnswer() {
  const isStacked = getComputedStyle(byId("main")).getPropertyValue("--stacked").trim() === "1";
  if (isStacked) byId("answer-panel").scrollIntoView({ block: "start" });
}

/** Shows the form that a call came from, where it came from one. */
function pickFromHistory(call) {
  if (call.origin === "form") select(call.cmd);
  revealAnswer();
}

/** Opens a request that was sent before, as raw text. */
function editRaw(request) {
  showTab("panel-raw");
  isRawTyped = true;
  byId("raw").value = JSON.stringify(request, null, 2);
  judgeRaw();
  byId("raw").focus();
}

function toggleList(isOpen) {
  const wasInside = byId("list").contains(document.activeElement);
  byId("main").classList.toggle("list-open", isOpen);
  byId("list-button").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) byId("search").focus();
  else if (wasInside) byId("list-button").focus();
}

const showTab = tabs(byId("tabs"), (panel) => {
  tab = panel;
  preview();
});

/** A call as tests and the console make it: posted as it is said, without an id if none is given. */
async function callFromScript(request) {
  const { call, settled } = calls.send(request, "script");
  answers.show(call);
  const { state, answer, error } = await settled;
  if (state === "answered") return answer;
  throw new Error(error ?? `${call.cmd}: ${state}`);
}

window.explorer = Object.freeze({
  version,
  address,
  /** Sends a command; resolves to the raw answer, rejects when none will come. */
  call: (cmd, payload) => callFromScript({ cmd, ...payload }),
  /** Posts anything; resolves to the answer that came for it. */
  post: (value) => callFromScript(value),
  /** Calls so far, newest first. */
  history: () => calls.list.map(({ seq, cmd, request, origin, state, ms, answer }) => ({ seq, cmd, request, origin, state, ms, answer })),
});

byId("send").addEventListener("click", send);
byId("list-button").addEventListener("click", () => toggleList(!byId("main").classList.contains("list-open")));
byId("scrim").addEventListener("click", () => toggleList(false));
byId("raw").addEventListener("input", () => {
  isRawTyped = true;
  judgeRaw();
});
byId("raw-reset").addEventListener("click", () => {
  isRawTyped = false;
  preview();
});
makeCopy(byId("copy-snippet"), () => byId("snippet").textContent);
for (const [id, key] of [["field-id", "id"], ["field-shape", "shape"], ["field-sign-content", "sign.content"], ["field-sign-signature", "sign.signature"]]) {
  const control = byId(id);
  control.value = memory.get(key, control.value);
  control.addEventListener("input", () => {
    memory.set(key, control.value);
    preview();
  });
}
byId("field-sign-send").addEventListener("change", preview);
byId("field-sign-content").addEventListener("paste", (event) => {
  const certificate = certificateIn(event.clipboardData.getData("text/plain"));
  if (certificate === null) return;
  event.preventDefault();
  byId("field-sign-content").value = certificate.content;
  byId("field-sign-signature").value = certificate.signature;
  memory.set("sign.content", certificate.content);
  memory.set("sign.signature", certificate.signature);
  preview();
});
document.addEventListener("keydown", (event) => {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === "Enter") {
    event.preventDefault();
    send();
  } else if (isCommand && event.key.toLowerCase() === "k") {
    event.preventDefault();
    toggleList(true);
    byId("search").select();
  } else if (event.key === "Escape") toggleList(false);
});
calls.addEventListener("change", () => forms.refresh());

byId("app-version").textContent = version;
byId("address").textContent = address;
select(memory.get("cmd", first.cmd));
showTab("panel-form");
if (offered) {
  byId("capabilities").replaceChildren(jsonView(offered));
  byId("capabilities-panel").hidden = false;
  byId("capabilities-count").textContent = String(offered.length);
}
watchHost(calls, offered, { name: title, version });
