/**
 * The messenger in its real window: a conversation of 100,000 messages, a list of 5,000 conversations, and 100 messages a second. What is
 * measured in the page stands beside the same window at rest, or beside bare elements in it.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Builder, By, Capabilities } from "selenium-webdriver";
import { programPath } from "../../tools/lib/prepare.mjs";
import { start, stop } from "../../tools/lib/process.mjs";
import { settledMemoryOf } from "./lib/memory.mjs";
import { conditions, measurement } from "./lib/session.mjs";
import { median, mib, ms, quantile } from "./lib/statistics.mjs";
import { printTable } from "./lib/table.mjs";

const messages = Number(process.env.MESSENGER_MESSAGES ?? 100_000);
const conversations = Number(process.env.MESSENGER_CONVERSATIONS ?? 5_000);
/** Longest frame that nobody notices, in milliseconds. */
const NOTICED = 50;
/** Messages that arrive in a second, and for how many seconds. */
const [ARRIVE, SECONDS] = [100, 10];
/** How long anything may take, in milliseconds. */
const PATIENCE = 120_000;

/** In the page: what the measurements share. */
const TOOLS = `
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const painted = async () => { await frame(); await frame(); return performance.now(); };
  const until = async (test) => { while (!test()) await frame(); };
  const frames = async (count, each) => {
    const took = [];
    let before = await frame();
    for (let at = 0; at < count; at += 1) {
      each(at);
      const now = await frame();
      took.push(now - before);
      before = now;
    }
    return took;
  };
  const route = (module, method, body) =>
    window.__TAURI_INTERNALS__.invoke("im", { request: { __SERVER_ROUTE_MODULE: module, __SERVER_ROUTE_METHOD: method, ...body } });
  const seen = () => document.querySelectorAll("[data-message]").length;
`;

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function drive(session, data) {
  const port = await freePort();
  const env = { ...process.env, ...session.env, TAURI_WEBVIEW_AUTOMATION: "true", LANG: "C.UTF-8", LC_ALL: "", DBUS_SESSION_BUS_ADDRESS: "disabled:", NO_AT_BRIDGE: "1" };
  const server = start("WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" });
  session.atEnd(async () => stop(server));
  const capabilities = new Capabilities();
  capabilities.set("browserName", "wry");
  capabilities.set("webkitgtk:browserOptions", { binary: session.programs.cococat, args: ["--data", data] });
  const since = performance.now();
  for (;;) {
    try {
      const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
      await driver.manage().setTimeouts({ script: PATIENCE });
      return { driver, server, since };
    } catch (error) {
      if (!/ECONNREFUSED/.test(String(error)) || performance.now() - since > PATIENCE) throw error;
    }
  }
}

/** Runs in the page and waits for what it gives. */
const inPage = (driver, code, ...args) =>
  driver.executeAsyncScript(`const done = arguments[arguments.length - 1]; const given = [...arguments]; ${TOOLS}
    (async () => { ${code} })().then((value) => done({ value }), (error) => done({ error: String(error) }));`, ...args).then(({ value, error }) => {
    if (error !== undefined) throw new Error(error);
    return value;
  });

const find = async (driver, test) => {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const [element] = await driver.findElements(By.css(`[data-test=${test}]`));
    if (element !== undefined && await element.isDisplayed()) return element;
    if (performance.now() > end) throw new Error(`no ${test}`);
  }
};

const late = (took) => took.filter((time) => time > NOTICED).length;
const shown = (took) => `${late(took)} of ${took.length} over ${NOTICED} ms, 99 % within ${quantile(took, 0.99).toFixed(0)} ms, longest ${Math.max(...took).toFixed(0)} ms`;

await measurement(async (session) => {
  const fill = process.env.IM_FILL ?? programPath("examples/im_fill", "release");
  if (!existsSync(fill)) throw new Error(`${fill}: not built; \`npm run bench\` builds what is measured`);
  const note = conditions();
  const data = session.folder();
  const password = execFileSync(fill, [join(data, "im"), String(messages), String(conversations)], { encoding: "utf8" }).trim();
  const { driver, since } = await drive(session, data);
  const field = await driver.wait(async () => (await driver.findElements(By.css("[data-test=unlock-form] input")))[0], PATIENCE);
  const started = performance.now() - since;
  await field.sendKeys(password);

  const entered = await inPage(driver, `
    const since = performance.now();
    document.querySelector("[data-test=unlock-account]").click();
    await until(() => document.querySelector("[data-test=chat]"));
    return (await painted()) - since;`);
  await inPage(driver, `
    const [{ data: people }, { data: chats }] = [await route("contact", "getContacts", { blockId: "1" }), await route("chat", "getConversations", {})];
    const large = chats.find((chat) => chat.msg_type === 1 && people.some(({ c_nd_add }) => c_nd_add === chat.rs_id));
    await route("chat", "setConversationTopById", { conversationId: large.rs_id, isTop: true });
    await until(() => document.querySelector("[data-test=chat]").dataset.chat === large.rs_id);`);
  const rest = await inPage(driver, "return frames(300, () => undefined);");
  const memoryOfList = await settledMemoryOf(await pidOf(data));

  const opened = await inPage(driver, `
    const since = performance.now();
    document.querySelector("[data-test=chat]").click();
    await until(() => seen() > 5);
    const ours = (await painted()) - since;
    const list = document.querySelector("[data-test=messages]");
    const copy = list.cloneNode(true);
    copy.style.cssText = "position: fixed; inset: 0; background: white; z-index: 9";
    const before = performance.now();
    document.body.append(copy);
    const bare = (await painted()) - before;
    copy.remove();
    return { ours, bare };`);
  const typed = await inPage(driver, `
    const type = async (element) => {
      const took = [];
      for (let at = 0; at < 60; at += 1) {
        await frame();
        const since = performance.now();
        element.focus();
        document.execCommand("insertText", false, "word "[at % 5]);
        took.push((await painted()) - since);
      }
      return took;
    };
    const bare = document.createElement("textarea");
    bare.style.cssText = "position: fixed; inset: 0 auto auto 0; z-index: 9";
    document.body.append(bare);
    const floor = await type(bare);
    bare.remove();
    const entry = document.querySelector("[data-test=entry]");
    return { ours: await type(entry), floor };`);
  const scrolled = await inPage(driver, `
    const list = document.querySelector("[data-test=messages]");
    return frames(600, () => (list.scrollTop -= 300));`);
  const still = await inPage(driver, `
    const list = document.querySelector("[data-test=messages]");
    const copy = document.createElement("div");
    copy.style.cssText = "position: fixed; z-index: 9; overflow: auto; background: var(--ground); " + ["left", "top", "width", "height"].map((side) => side + ": " + list.getBoundingClientRect()[side] + "px").join("; ");
    for (let at = 0; at < 60; at += 1) copy.append(list.querySelector("ol").cloneNode(true));
    for (const rows of copy.children) rows.style.cssText = "";
    document.body.append(copy);
    copy.scrollTop = copy.scrollHeight;
    const took = await frames(600, () => (copy.scrollTop -= 300));
    copy.remove();
    return took;`);
  const memoryOfChat = await settledMemoryOf(await pidOf(data));
  const arrived = await inPage(driver, `
    const { data: contacts } = await route("contact", "getContacts", { blockId: "1" });
    const [rate, seconds] = given;
    let sent = 0;
    let failed = 0;
    const timer = setInterval(() => {
      const cnd = contacts[(sent += 1) % contacts.length].c_nd_add;
      route("chat", "sendTextMessage", { cnd, cid: cnd, conversationType: 0, pub: "", text: "message " + sent }).then((answer) => answer.code === 200 || (failed += 1));
    }, 1000 / rate);
    const end = performance.now() + seconds * 1000;
    const took = [];
    let before = await frame();
    while (performance.now() < end) {
      const now = await frame();
      took.push(now - before);
      before = now;
    }
    clearInterval(timer);
    return { took, sent, failed };`, ARRIVE, SECONDS);
  if (arrived.failed > 0) throw new Error(`${arrived.failed} messages were refused`);
  await driver.quit().catch(() => undefined);

  printTable("The messenger in its window", [
    `${messages.toLocaleString("en")} messages in one conversation, ${conversations.toLocaleString("en")} conversations; 1280 × 900 pixels on a screen in memory, drawn by the processor.`,
    `Scrolling: 600 frames of 300 pixels towards the past. Arriving: ${arrived.sent} messages in ${SECONDS} s by the engine's route, into ${255 - 1} other conversations.`,
    note,
  ], [
    { figure: "start to the lock", ours: ms(0)(started) },
    { figure: "password to the list", ours: ms(0)(entered) },
    { figure: "open the conversation, beside its elements put into the page as they are", ours: ms(0)(opened.ours), peer: ms(0)(opened.bare), ratio: opened.ours / opened.bare },
    { figure: "letter to paint, median, beside a bare text field", ours: ms(1)(median(typed.ours)), peer: ms(1)(median(typed.floor)), ratio: median(typed.ours) / median(typed.floor) },
    { figure: "letter to paint, 99 %", ours: ms(1)(quantile(typed.ours, 0.99)), peer: ms(1)(quantile(typed.floor, 0.99)) },
    { figure: "frames while scrolling, beside the same elements that are all there", ours: shown(scrolled), peer: shown(still) },
    { figure: "frames while messages arrive, beside rest", ours: shown(arrived.took), peer: shown(rest) },
    { figure: "memory with the list, and with the conversation scrolled", ours: `${mib(memoryOfList)}, ${mib(memoryOfChat)}` },
  ], ["CocoCat", "beside"]);
});

/** The program that uses a data folder. */
async function pidOf(data) {
  const found = execFileSync("pgrep", ["-f", `cococat.*${data}`], { encoding: "utf8" }).trim().split("\n").map(Number);
  if (found[0] === undefined) throw new Error("the program does not run");
  return found[0];
}
