// Sends requests and keeps what became of each. Well-formed ones go through the message handler, as in any app; others
// are posted as they are, and get the next answer that nothing else was waiting for.
import { MessageHandler } from "./sdk/index.js";

const KEPT = 200;

/**
 * @typedef {object} Call
 * @property {number} seq counts from 1
 * @property {string} cmd
 * @property {unknown} request as it was posted
 * @property {string} origin `form`, `raw`, `script`, `start`, or `unasked` for an answer to nothing
 * @property {Date} at when it was sent
 * @property {number} started
 * @property {number} [ms] how long the answer took
 * @property {"waiting" | "answered" | "superseded" | "returned" | "failed" | "stopped"} state
 *   `returned`: it came back to this page, because no host took it
 * @property {any} [answer]
 * @property {string} [error] why it could not be sent
 * @property {(call: Call) => void} [settle]
 */

/** All calls of this page. Fires `change` with the call as `detail`, when it was sent and when something became of it. */
export class Calls extends EventTarget {
  #handler = new MessageHandler();
  #seen = new WeakSet();
  #count = 0;

  /** @type {Call[]} newest first */
  list = [];

  constructor() {
    super();
    // After the handler's own listener: what reaches no callback is looked at here.
    window.addEventListener("message", (event) => this.#other(event.data));
  }

  /**
   * Sends a request.
   *
   * @param {unknown} request anything that can be cloned
   * @param {string} origin
   * @returns {{call: Call, settled: Promise<Call>}}
   */
  send(request, origin) {
    const call = this.#add({ cmd: nameOf(request), request, origin, state: "waiting" });
    const settled = new Promise((resolve) => (call.settle = resolve));
    if (isRequest(request)) {
      const twin = this.list.find((other) => other !== call && other.state === "waiting" && sameKey(other.request, request));
      if (twin) this.#end(twin, "superseded");
    }
    call.started = performance.now();
    try {
      this.#post(call);
      this.#changed(call);
    } catch (error) {
      call.error = `${error.name}: ${error.message}`;
      this.#end(call, "failed");
    }
    return { call, settled };
  }

  /**
   * Stops waiting for an answer.
   * @param {Call} call
   */
  stop(call) {
    if (call.state === "waiting") this.#end(call, "stopped");
  }

  /** Forgets every call that is over. */
  clear() {
    this.list = this.list.filter((call) => call.state === "waiting");
    this.#changed(null);
  }

  /**
   * The result of the newest call of a command that succeeded.
   * @param {string} cmd
   * @returns {unknown} undefined if there is none
   */
  lastResult(cmd) {
    return this.list.find((call) => call.cmd === cmd && call.answer?.code === 200)?.answer.result;
  }

  #post(call) {
    const { request } = call;
    if (!isRequest(request)) return window.parent.postMessage(request, "*");
    const { cmd, ...payload } = request;
    this.#handler.sendMessageToParent(cmd, payload, (answer) => {
      this.#seen.add(answer);
      this.#answered(call, answer);
    });
  }

  #answered(call, answer) {
    if (call.state !== "waiting" && call.state !== "stopped") return;
    call.answer = answer;
    this.#end(call, "answered");
  }

  #other(data) {
    const isObject = typeof data === "object" && data !== null;
    if (isObject && this.#seen.has(data)) return;
    const waiting = this.list.filter((call) => call.state === "waiting");
    const text = safeText(data);
    const returned = waiting.find((call) => safeText(call.request) === text);
    if (returned) return this.#end(returned, "returned");
    if (!isObject || typeof data.code !== "number") return;
    const malformed = waiting.findLast((call) => !isRequest(call.request));
    if (malformed) return this.#answered(malformed, data);
    this.#changed(this.#add({ cmd: nameOf(data), request: null, origin: "unasked", state: "answered", answer: data, ms: 0 }));
  }

  #add(facts) {
    const call = { seq: ++this.#count, at: new Date(), started: performance.now(), ...facts };
    this.list = [call, ...this.list].slice(0, KEPT);
    return call;
  }

  #end(call, state) {
    call.state = state;
    call.ms = performance.now() - call.started;
    this.#changed(call);
    call.settle?.(call);
  }

  #changed(call) {
    this.dispatchEvent(new CustomEvent("change", { detail: call }));
  }
}

/** Whether the message handler can send it: an object with a textual command and without a code. */
function isRequest(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && typeof value.cmd === "string" && value.code === undefined;
}

function nameOf(value) {
  const cmd = value?.cmd;
  return typeof cmd === "string" && cmd !== "" ? cmd : "(no command)";
}

function sameKey(one, other) {
  return isRequest(one) && one.cmd === other.cmd && one.messageId === other.messageId;
}

function safeText(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
