// Whether there is a host, and what it says of itself.
import { byId } from "./dom.js";
import { newId } from "./request.js";

const PATIENCE_MS = 3_000;

/**
 * The commands that the host says it offers.
 * @returns {{cmd: string, level: number, version?: string}[] | null} null when it does not say
 */
export function hostCommands() {
  try {
    const list = window.coco?.capabilities?.();
    return Array.isArray(list) ? list.filter((each) => typeof each?.cmd === "string").map((each) => ({ ...each, level: Number(each.level) || 0 })) : null;
  } catch {
    return null;
  }
}

/**
 * Says hello to the host, as every app should once, and shows whether somebody is there.
 *
 * @param {import("./calls.js").Calls} calls
 * @param {unknown[] | null} offered
 * @param {{name: string, version: string}} app
 */
export function watchHost(calls, offered, app) {
  const { call, settled } = calls.send({ cmd: "onload", data: app, messageId: newId("number") }, "start");
  show(offered ? "there" : "unknown");
  // An answer of any kind, late ones too, comes from a host.
  calls.addEventListener("change", ({ detail }) => {
    if (detail?.answer) show("there");
  });
  settled.then(({ state }) => state !== "answered" && offered === null && show("absent"));
  setTimeout(() => call.state === "waiting" && offered === null && show("absent"), PATIENCE_MS);
}

const TEXTS = { there: "CocoCat", unknown: "Looking for CocoCat…", absent: "Not in CocoCat" };

function show(state) {
  document.documentElement.dataset.host = state;
  byId("host").textContent = TEXTS[state];
  byId("outside").hidden = state !== "absent";
}
