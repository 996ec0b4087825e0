// How a CocoAPP talks to its host: a request is posted to the parent window, the answer comes as a message event with the
// same messageId. Requests pass by here as well; only answers have a code.
const waiting = new Map();
let lastId = 0;

function call(cmd, data) {
  const messageId = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(messageId, { resolve, reject });
    window.parent.postMessage({ cmd, data, messageId }, "*");
  });
}

window.addEventListener("message", ({ data: answer }) => {
  if (typeof answer?.code !== "number" || !waiting.has(answer.messageId)) return;
  const { resolve, reject } = waiting.get(answer.messageId);
  waiting.delete(answer.messageId);
  if (answer.code === 200) resolve(answer.result);
  else reject(new Error(`${answer.cmd}: ${answer.message} (${answer.code})`));
});

const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

async function start() {
  if (!window.coco && window.parent === window) {
    show("notice", "This page is a CocoAPP: open it in CocoCat.");
    return;
  }
  try {
    // The version is the one that was signed: raise both together.
    await call("onload", { name: "{{title}}", version: "1.0.0" });
    show("language", await call("getLanguage"));
    show("account", await call("getAccount"));
    show("notice", "Everything works. Change this page, sign it again, and install it.");
    document.getElementById("sign").disabled = false;
  } catch (error) {
    show("notice", error.message);
  }
}

document.getElementById("sign").addEventListener("click", async () => {
  try {
    show("signature", await call("generateSignature", { message: "hello" }));
  } catch (error) {
    show("signature", error.message);
  }
});

start();
