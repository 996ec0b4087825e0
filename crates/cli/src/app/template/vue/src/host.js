import { MessageHandler } from "messagehandler-js";

let lastId = 0;

/** In a browser nobody answers. While developing, a stand-in does; the build leaves it out. */
async function prepare() {
  if (import.meta.env.DEV && !window.coco) {
    const { mockHost } = await import("messagehandler-js/mock");
    mockHost({
      onload: () => undefined,
      getLanguage: () => "en",
      getAccount: () => "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
      generateSignature: ({ message }) => `(a signature of “${message}”)`,
    });
  }
  return new MessageHandler();
}

const handler = prepare();

/** Calls a command of CocoCat; its result, or an error that says why there is none. */
export async function call(cmd, data) {
  const host = await handler;
  return new Promise((resolve, reject) => {
    host.sendMessageToParent(cmd, { data, messageId: ++lastId }, (answer) => {
      if (answer.code === 200) resolve(answer.result);
      else reject(new Error(`${cmd}: ${answer.message} (${answer.code})`));
    });
  });
}
