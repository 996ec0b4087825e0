// Too much, too deep, too odd.
"use strict";
const MEGABYTE = 1024 * 1024;

/** Messages that are none, straight to the program; afterwards it must still answer. */
const garbage = () => {
  const deep = "[".repeat(MEGABYTE);
  const messages = [
    "", "null", "[]", "{}", "garbage", "\0", "\ud800", "{\"cmd\":1}", deep, `{"a":`.repeat(100_000), "x".repeat(48 * MEGABYTE),
    JSON.stringify({ cmd: "bridge", callback: 1, error: 2, payload: { request: "y".repeat(32 * MEGABYTE) }, options: {}, __TAURI_INVOKE_KEY__: "no" }),
    JSON.stringify({ cmd: "bridge", callback: -1, error: 1e99, payload: deep, options: null, __TAURI_INVOKE_KEY__: null }),
    null, undefined, 1, NaN, {}, [], new ArrayBuffer(9), Symbol.iterator, () => {}, new Proxy({}, {}),
  ];
  const seen = [];
  for (const target of [channel, window.ipc]) {
    for (const message of messages) {
      try {
        target.postMessage(message);
        seen.push("sent");
      } catch (error) {
        seen.push(words(error));
      }
    }
  }
  return seen;
};

/** Many calls of the bridge at once: how many answers came with which code. */
const manyCalls = (count) =>
  new Promise((resolve) => {
    const codes = {};
    const open = new Set(Array.from({ length: count }, (_, index) => `many-${index}`));
    window.addEventListener("message", function listen({ data }) {
      if (typeof data?.code !== "number" || !open.delete(data.messageId)) return;
      codes[data.code] = (codes[data.code] ?? 0) + 1;
      if (open.size === 0) {
        window.removeEventListener("message", listen);
        resolve(codes);
      }
    });
    for (const messageId of [...open]) window.postMessage({ cmd: "getLanguage", messageId }, "*");
  });

/** One call of the bridge. */
const oneCall = (request) =>
  new Promise((resolve) => {
    window.addEventListener("message", function listen({ data }) {
      if (typeof data?.code !== "number" || data.messageId !== request.messageId) return;
      window.removeEventListener("message", listen);
      resolve(data);
    });
    window.postMessage(request, "*");
  });

/** Calls from URLs that a page may give itself without loading anything. */
const oddUrls = async () => {
  const codes = {};
  const urls = {
    json: `/?{"a":[1]}|^`,
    hash: "/#{}|^`<>",
    spaces: "/a b/%20/%00/%ff?x=%zz",
    letters: "/ü/漢/🥥?ü=漢",
    host: "//evil/",
    user: `cocoapp://user:pass@${location.host}/`,
    port: `cocoapp://${location.host}:99/`,
    long: `/?${"x".repeat(70_000)}`,
    longer: `/#${"y".repeat(MEGABYTE)}`,
    dots: "/..//../.%2e/",
  };
  for (const [name, url] of Object.entries(urls)) {
    try {
      history.pushState(null, "", url);
    } catch (error) {
      codes[name] = words(error);
      continue;
    }
    codes[name] = (await Promise.race([oneCall({ cmd: "getLanguage", messageId: `odd-${name}` }), nothing()])).code ?? "no answer";
  }
  history.pushState(null, "", "/");
  return codes;
};

/** Spoils what scripts share, then calls: the page may hurt itself and nobody else. */
const polluted = async () => {
  Object.prototype.code = 200;
  Object.prototype.request = "{}";
  Object.prototype.cmd = "shell";
  Map.prototype.get = () => "hostile";
  Array.prototype.push = () => 0;
  JSON.parse = () => ({ code: 200, result: "hostile" });
  JSON.stringify = () => '{"cmd":"shell","request":{"op":"state"}}';
  Promise.prototype.then = ((then) => function (...callbacks) { return then.apply(this, callbacks); })(Promise.prototype.then);
  window.dispatchEvent = () => true;
  return answered(inner.invoke("shell", { request: { op: "state" } }));
};
