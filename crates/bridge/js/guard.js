// Stands between a page and its host. Runs before any script of the page, in the page's own world: it protects the
// protocol from accidents, not the host from the page; what the host must be protected from, it refuses itself.
(facts) => {
  "use strict";
  if (location.protocol !== "cocoapp:" && location.origin !== facts.origin) return;

  const { stringify, parse } = JSON;
  const invoke = window.__TAURI_INTERNALS__.invoke;
  const hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const isObject = (value) => typeof value === "object" && value !== null;

  /**
   * Asks the host; resolves to an answer that is complete, or to null when there shall be none. Never rejects.
   * `wire` is what travels where it differs from what the page asked.
   */
  const ask = async (request, wire = request) => {
    const refuse = (code, message) => {
      const answer = complete({ code, message }, request);
      if (facts.tellRefused) tell({ ...answer, bytes: text?.length });
      return answer;
    };
    let text;
    try {
      text = stringify(wire);
    } catch (error) {
      return refuse(30001, `request: ${error.message}`);
    }
    const longer = typeof request.cmd === "string" && hasOwn(facts.longerRequests, request.cmd);
    const most = longer ? facts.longerRequests[request.cmd] : facts.requestBytes;
    if (text.length > most) return refuse(30010, `request: at most ${most} bytes are accepted`);
    if (location.href.length > facts.urlBytes) {
      return refuse(30001, `page: its address is longer than ${facts.urlBytes} bytes, with which nothing can be asked`);
    }
    try {
      const answer = await invoke("bridge", { request: text });
      return answer === null ? null : complete(await whole(parse(answer)), request);
    } catch (error) {
      return refuse(30100, `host: ${error}`);
    }
  };

  const { fetch: fetchOwn, btoa } = window;
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const base64 = (bytes) => {
    if (bytes.toBase64) return bytes.toBase64();
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(binary);
  };

  /** Of a large file, an answer only says where in the page's own origin it lies, since it comes from there in half the time. */
  const whole = async (answer) => {
    const { file, encoding } = isObject(answer.result) ? answer.result : {};
    if (answer.cmd !== "readFile" || file === undefined) return answer;
    const response = await fetchOwn(`/${file.split("/").map(encodeURIComponent).join("/")}`);
    if (!response.ok) return { code: 30100, message: `data.path: ${await response.text()}` };
    const bytes = new Uint8Array(await response.arrayBuffer());
    try {
      return { code: answer.code, result: encoding === "Base64" ? base64(bytes) : utf8.decode(bytes) };
    } catch {
      return { code: 30001, message: facts.noText };
    }
  };

  /** Lets the host know of an answer that it did not give. */
  const tell = async (answer) => {
    try {
      await invoke("bridge", { refused: stringify(answer) });
    } catch {
      // What cannot be told is not recorded.
    }
  };

  /** Gives an answer the very cmd and messageId of its request, of which JSON may have changed or lost some. */
  const complete = (answer, request) => {
    answer.cmd = request.cmd;
    delete answer.messageId;
    if (hasOwn(request, "messageId") && request.messageId !== undefined) answer.messageId = request.messageId;
    return answer;
  };

  const post = (data) =>
    window.dispatchEvent(new MessageEvent("message", { data, origin: location.origin, source: window }));

  // Two requests alike cannot be told apart by their page: only the newest is answered.
  const newest = new Map();
  const name = (value) => (isObject(value) ? "object" : `${typeof value} ${value}`);
  const handle = async (request) => {
    const key = `${name(request.cmd)}\n${name(request.messageId)}`;
    const turn = {};
    newest.set(key, turn);
    const answer = await ask(request);
    if (newest.get(key) !== turn) return;
    newest.delete(key);
    if (answer !== null) post(answer);
  };

  window.addEventListener(
    "message",
    (event) => {
      const request = event.data;
      if (event.source !== window || !isObject(request) || !hasOwn(request, "cmd") || hasOwn(request, "code")) return;
      event.stopImmediatePropagation();
      handle(request);
    },
    true,
  );

  const later = (callback, value) => typeof callback === "function" && setTimeout(() => callback(value));
  let calls = 0;
  const bridge = {
    init() {},
    registerHandler() {},
    async callHandler(cmd, payload, callback) {
      if (typeof payload === "function") [payload, callback] = [undefined, payload];
      if (cmd === "bridgeHandler") return void later(callback, { code: 200, cmd });
      // Each call has a callback of its own, so that no call may supersede another.
      const request = { cmd, ...(isObject(payload) ? payload : {}) };
      later(callback, await ask(request, { ...request, messageId: `call-${(calls += 1)}` }));
    },
  };
  const waiting = [];
  waiting.push = (...callbacks) => callbacks.forEach((callback) => later(callback, bridge));

  const coco = Object.freeze({
    /** What this host can do: a list of {cmd, level, version}. */
    capabilities: () => facts.commands.map((command) => ({ ...command })),
  });
  for (const [name, value] of Object.entries({ WebViewJavascriptBridge: bridge, WVJBCallbacks: waiting, coco })) {
    Object.defineProperty(window, name, { value, configurable: true, writable: true, enumerable: false });
  }
}
