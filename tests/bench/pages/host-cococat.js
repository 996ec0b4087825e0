// How a page of a CocoAPP reaches its host: it posts a message into its own window and waits for another, as the SDK does.
const waiting = new Map();
let last = 0;

window.addEventListener("message", ({ data, source }) => {
  if (source !== window || typeof data !== "object" || data === null || !("code" in data)) return;
  const take = waiting.get(data.messageId);
  waiting.delete(data.messageId);
  take?.(data);
});

async function call(cmd, data) {
  last += 1;
  const messageId = last;
  const answer = await new Promise((resolve) => {
    waiting.set(messageId, resolve);
    window.parent.postMessage({ cmd, messageId, data }, "*");
  });
  if (answer.code !== 200) throw new Error(`${cmd}: ${answer.code} ${answer.message}`);
  return answer.result;
}

export const ask = () => call("getLanguage", {});
/** A file of this app in Base64. */
export const read = (path) => call("readFile", { path, type: "Base64" });
/** The name that a page gives of itself is what `--report` passes on as it is. */
export const tell = (text) => call("onload", { name: text, version: "0" });
export const facts = async () => ({});
export const leave = () => window.close();
