/** What the program shows outside its window: notifications of a real notification daemon, and an icon in a tray. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Key } from "selenium-webdriver";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { ended } from "../lib/display.js";
import { program, ROOT } from "../lib/paths.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const TRAY = fileURLToPath(new URL("../lib/desktop-tray.py", import.meta.url));
const BOT = pathToFileURL(join(ROOT, "examples", "bots", "shop")).href;
/** Address of nobody in particular. */
const SOMEBODY = "47DfxBCA1BJP6TR37ddTW6TwB37xMpfuKLx3SQgFKceC";

interface Shown {
  title: string;
  menu: string[];
}

let desktop: Desktop;
let env: Record<string, string>;
let shell: Shell;
let launcher: Launcher;
let tray: ChildProcess;
const started: ChildProcess[] = [];
const icon: Shown[] = [];
const notified: string[] = [];

/** Runs a program of the desktop, whose lines are kept. */
function run(lines: (line: string) => void, command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "ignore"] });
  createInterface(child.stdout!).on("line", lines);
  started.push(child);
  return child;
}

/** Says something to the bot while the user looks at something else. */
const ask = (bot: string, text: string) =>
  launcher.script(
    `const [cnd, text] = arguments;
    const request = { __SERVER_ROUTE_MODULE: "chat", __SERVER_ROUTE_METHOD: "sendTextMessage", cnd, cid: cnd, conversationType: 0, pub: "", text };
    return window.__TAURI_INTERNALS__.invoke("im", { request });`,
    bot,
    text,
  );

const shows = (what: string, test: (shown: Shown) => boolean) => until(what, () => icon.at(-1) && test(icon.at(-1)!));

beforeAll(async () => {
  desktop = await Desktop.open();
  const socket = join(desktop.path, "bus");
  env = { ...desktop.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  let ready = false;
  run(() => (ready = true), "dbus-daemon", "--session", "--nofork", "--print-address", `--address=unix:path=${socket}`);
  await until("the bus is there", () => ready);
  let trayReady = false;
  tray = run((line) => (line === "ready" ? (trayReady = true) : icon.push(JSON.parse(line) as Shown)), "/usr/bin/python3", TRAY);
  const settings = join(desktop.path, "dunstrc");
  // Into a pipe it would else say nothing until it has much to say.
  writeFileSync(settings, "[global]\n");
  run((line) => notified.push(line), "stdbuf", "-oL", "dunst", "-print", "-conf", settings);
  await until("the tray is there", () => trayReady);
  shell = await desktop.shell({ env, section: "contacts" });
  launcher = new Launcher(shell);
});

afterAll(async () => {
  await shell?.quit();
  for (const child of started.reverse()) await ended(child, "SIGTERM");
  await desktop?.end();
});

it("has an icon in the tray with a menu", async () => {
  await launcher.click("[data-test=create]");
  await launcher.enter("[data-test=name]", "Anna");
  await launcher.click("[data-test=anonymous]");
  await launcher.click("[data-test=make]");
  await shows("the icon", ({ menu }) => menu.length > 0);
  expect(icon.at(-1)).toEqual({ title: "", menu: ["Open CocoCat", "Lock", "Quit"] });
});

it("tells of a message that the user does not see, and counts it", async () => {
  await launcher.click("[data-test=add-contact]");
  await launcher.enter("[data-test=contact-address]", BOT);
  await launcher.click("[data-test=add-go]");
  await until("the bot's greeting", async () => (await launcher.texts("[data-test=message]")).some((text) => text.includes("Corner Shop")));
  const bot = await launcher.script<string>(`return document.querySelector("[data-chat]").dataset.chat`);
  await launcher.click("[data-test=rail-contacts]");
  await ask(bot, "when are you open?");
  await until("the notification", () => notified.some((line) => line.includes("body: ") && line.includes("8 to 20")));
  await shows("one unread message", ({ title }) => title === "1");
});

it("opens the chat of the notification that is clicked", async () => {
  const popup = await until("the notification's window", async () => (await desktop.mouse("search", "--onlyvisible", "--class", "Dunst").catch(() => "")).split("\n").at(-1));
  const { x, y } = await desktop.frame(popup);
  await desktop.mouse("mousemove", `${x + 20}`, `${y + 20}`, "click", "2");
  await until("the chat", async () => (await launcher.texts("[data-test=message]")).some((text) => text.includes("8 to 20")));
  await shows("nothing unread", ({ title }) => title === "");
});

it("locks by the tray's menu", async () => {
  tray.stdin?.write("Lock\n");
  // Without a password nobody is kept out: the account is left, and can be entered again.
  await launcher.find("[data-test=unlock-form], [data-test=chat-list]");
});

it("follows links of the program, and opens them for the desktop when it is told to", async () => {
  await launcher.click("[data-test=rail-contacts]");
  const link = `cococat://add/${SOMEBODY}`;
  const second = spawnSync(program("cococat"), ["--data", join(desktop.path, "data"), link], { env: { ...process.env, ...env }, encoding: "utf8", timeout: 30_000 });
  expect(second.status, second.stderr).toBe(0);
  const field = await launcher.find("[data-test=contact-address]");
  expect(await field.getAttribute("value")).toBe(SOMEBODY);
  await shell.driver.actions().sendKeys(Key.ESCAPE).perform();
  await launcher.gone("[data-test=contact-address]");
  await launcher.settings();
  await launcher.click("[data-test=take-links]");
  const answer = () => spawnSync("xdg-mime", ["query", "default", "x-scheme-handler/cococat"], { env: { ...process.env, ...env }, encoding: "utf8" }).stdout.trim();
  await until("the desktop knows", () => answer() === "org.cococat.desktop.desktop");
});

it("goes on in the tray when its window is closed, if the user wants that, and quits by the menu", async () => {
  await launcher.click("[data-test=stay]");
  await launcher.find("[data-test=stay][data-state=checked]");
  await desktop.close(await desktop.window(await shell.driver.getTitle()));
  await until("no window", async () => (await desktop.titles()).every((title) => !title.includes("CocoCat")));
  tray.stdin?.write("Open CocoCat\n");
  await desktop.window("CocoCat");
  tray.stdin?.write("Quit\n");
  await until("the program has ended", async () => (await desktop.titles()).every((title) => !title.includes("CocoCat")));
});
