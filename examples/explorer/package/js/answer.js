// The right side: the answer to one call, and the calls before it.
import { codes } from "./catalog.js";
import { byId, duration, h, makeCopy, size } from "./dom.js";
import { jsonView } from "./json.js";
import { rendered } from "./views.js";

const STATES = {
  returned: ["Came back", "Nobody took this message: it came back to this page unchanged. A host lets pass what is no request; outside CocoCat there is no host."],
  superseded: ["Superseded", "A newer call with the same command and id took its place. Only the newest of such calls is answered."],
  stopped: ["Stopped", "Nobody waits for the answer any more. Should it come, it is shown."],
};

/** Shows one call at a time, and lists all. */
export class AnswerView {
  #calls;
  #shown = null;
  #clock;
  #onPick;

  /**
   * @param {import("./calls.js").Calls} calls
   * @param {(call: import("./calls.js").Call) => void} onPick when a call of the history is chosen
   * @param {(request: unknown) => void} onEdit when a request shall be changed and sent again
   */
  constructor(calls, onPick, onEdit) {
    this.#calls = calls;
    this.#onPick = onPick;
    byId("edit-again").addEventListener("click", () => this.#shown && onEdit(this.#shown.request));
    makeCopy(byId("copy-answer"), () => JSON.stringify(this.#shown?.answer ?? null, null, 2));
    byId("stop").addEventListener("click", () => this.#shown && calls.stop(this.#shown));
    byId("clear-history").addEventListener("click", () => calls.clear());
    calls.addEventListener("change", ({ detail }) => {
      if (detail === this.#shown) this.show(detail);
      this.#list();
    });
    this.#list();
  }

  /**
   * Shows a call.
   * @param {import("./calls.js").Call} call
   */
  show(call) {
    this.#shown = call;
    const answer = byId("answer-panel");
    Object.assign(answer.dataset, { state: call.state, cmd: call.cmd, seq: call.seq, code: call.answer?.code ?? "" });
    byId("answer-empty").hidden = true;
    byId("answer-body").hidden = false;
    byId("answer-waiting").hidden = call.state !== "waiting";
    byId("copy-answer").hidden = call.answer === undefined;
    byId("answer-facts").replaceChildren(...facts(call));
    byId("explanation").replaceChildren(...explanation(call));
    const view = call.answer === undefined ? null : rendered(call);
    byId("rendered").replaceChildren(...(view ? [view] : []));
    byId("rendered").hidden = view === null;
    byId("answer").hidden = call.answer === undefined;
    byId("answer").replaceChildren(...(call.answer === undefined ? [] : [jsonView(call.answer)]));
    byId("edit-again").hidden = call.origin === "unasked";
    byId("sent").replaceChildren(call.origin === "unasked" ? "Nothing: this answer was not asked for." : jsonView(call.request));
    this.#tick(call);
    this.#list();
  }

  #tick(call) {
    clearInterval(this.#clock);
    if (call.state !== "waiting") return;
    const tell = () => (byId("elapsed").textContent = `${((performance.now() - call.started) / 1_000).toFixed(1)} s`);
    tell();
    this.#clock = setInterval(tell, 100);
  }

  #list() {
    const { list } = this.#calls;
    byId("history-count").textContent = String(list.length);
    byId("clear-history").hidden = list.length === 0;
    byId("history-empty").hidden = list.length > 0;
    const focused = document.activeElement?.id;
    byId("history").replaceChildren(...list.map((call) => this.#row(call)));
    if (focused?.startsWith("call-")) byId(focused)?.focus();
  }

  #row(call) {
    const time = call.at.toLocaleTimeString("en-GB");
    const pick = () => {
      this.show(call);
      this.#onPick(call);
    };
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", id: `call-${call.seq}`, class: "row", "aria-current": call === this.#shown ? "true" : undefined, onclick: pick },
        badge(call),
        h("span", { class: "name" }, call.cmd),
        call.origin === "form" ? null : h("span", { class: "origin" }, call.origin),
        h("span", { class: "ms", dir: "ltr" }, call.ms === undefined || call.origin === "unasked" ? "" : duration(call.ms)),
        h("time", { class: "quiet", datetime: call.at.toISOString() }, time),
      ),
    );
  }
}

function badge(call) {
  if (call.state === "waiting") return h("span", { class: "code wait", title: "Waiting" }, "…");
  const code = call.answer?.code;
  if (code === undefined) return h("span", { class: "code none", title: STATES[call.state]?.[0] ?? "Not sent" }, "–");
  const kind = code === 200 ? "good" : isRefusal(call.answer) ? "refused" : "bad";
  return h("span", { class: `code ${kind}`, title: codes[code]?.[0] ?? "Unknown code" }, String(code));
}

function isRefusal(answer) {
  return answer.code === 30100 && answer.message === "user rejected";
}

function facts(call) {
  const { answer } = call;
  const bytes = answer === undefined ? 0 : new TextEncoder().encode(JSON.stringify(answer)).length;
  return [
    call.state !== "waiting" && h("span", { "data-testid": "answer-code" }, badge(call)),
    h("span", { class: "fact name" }, call.cmd),
    answer !== undefined && call.origin !== "unasked" && h("span", { class: "fact", dir: "ltr", title: "Duration", "data-testid": "answer-ms" }, duration(call.ms)),
    answer !== undefined && h("span", { class: "fact", dir: "ltr", title: "Size as JSON", "data-testid": "answer-size" }, size(bytes)),
  ].filter(Boolean);
}

function explanation(call) {
  if (call.state === "failed") return [notice("bad", "Not sent", call.error)];
  if (call.answer === undefined) return STATES[call.state] ? [notice("quietly", ...STATES[call.state])] : [];
  if (call.answer.code === 200) return call.origin === "unasked" ? [notice("quietly", "Not asked for", "This answer belongs to no call of this page.")] : [];
  const [title, help] = codes[call.answer.code] ?? ["Unknown code", "The SDK reference does not list it."];
  if (isRefusal(call.answer)) return [notice("refused", "The user refused", "")];
  return [notice("bad", title, help, call.answer.message)];
}

function notice(kind, title, help, message) {
  return h(
    "div",
    { class: `notice ${kind}` },
    h("strong", {}, title),
    help ? h("span", {}, ` ${help}`) : null,
    typeof message === "string" && message !== "" ? h("p", { class: "message", dir: "auto" }, message) : null,
  );
}
