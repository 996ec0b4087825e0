/** Scanning a QR code for an app: every way to a picture, and every way out. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Sheet, type Waiting } from "../lib/desktop-sheet.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const TEXT = "https://one.example/?zwölf=🥥";
const OTHER = "another text";
const REFUSED = { code: 30100, message: "user rejected" };

let desktop: Desktop;
let shell: Shell;
let sheet: Sheet;
let app: TestApp;
/** Pictures: of one code, of another, of both, of none. */
let one: string;
let other: string;
let both: string;
let none: string;

const ended: (() => Promise<void>)[] = [];
const begin = async (): Promise<Waiting> => {
  const call = await sheet.call(app.host, "scanQRCode");
  await sheet.ready();
  return call;
};
const took = async (call: Waiting, text: string) => {
  expect(await call.answer()).toMatchObject({ code: 200, result: text });
  await sheet.gone();
};
const note = (kind: string) => sheet.shows(`[data-note=${kind}]`);
/** Gives the sheet another camera, for good: what is set at `navigator.mediaDevices` itself goes with it when memory is tidied up. */
const withCamera = (script: string) => sheet.script(`MediaDevices.prototype.getUserMedia = async () => { ${script} };`);

/** Drags a file over the sheet and lets go of it when the sheet has seen it. */
async function drop(path: string): Promise<void> {
  const drag = await desktop.drag(path);
  await drag.over(await sheet.place("[data-test=scan]"), () => sheet.has("[data-test=scan].over"));
  await drag.drop();
}

/** Shows a picture on the screen. */
async function show(picture: string, title: string, x: number, y: number): Promise<void> {
  ended.push(desktop.program("display", "-title", title, "-geometry", `+${x}+${y}`, picture));
  const window = await desktop.window(title);
  await desktop.mouse("windowmove", window, `${x}`, `${y}`, "windowraise", window);
}

beforeAll(async () => {
  desktop = await Desktop.open();
  app = makeApp(desktop.path, { title: "Shop" });
  shell = await desktop.shell({ args: ["--install", app.folder, "--open", app.address] });
  sheet = new Sheet(desktop, shell);
  await shell.report("loaded");
  await shell.app(app.host);
  const make = async (name: string, text: string) => {
    const { result } = await shell.call("generateQRCode", { text });
    const path = join(desktop.path, name);
    writeFileSync(path, Buffer.from(String(result).split(",")[1] ?? "", "base64"));
    execFileSync("convert", [path, "-bordercolor", "white", "-border", "12", path]);
    return path;
  };
  one = await make("one.png", TEXT);
  other = await make("other.png", OTHER);
  both = join(desktop.path, "both.png");
  execFileSync("convert", [one, other, "-background", "white", "+append", both]);
  none = join(desktop.path, "none.png");
  execFileSync("convert", ["-size", "200x200", "plasma:", none]);
});

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("takes a picture that is dropped", async () => {
  const call = await begin();
  await drop(one);
  await took(call, TEXT);
});

it("takes a picture file, and lets the person choose from several codes", async () => {
  const call = await begin();
  await sheet.click("[data-test=file]");
  await desktop.chooseFile("Open File", both);
  await sheet.shows("[data-step=choose]");
  const texts = await sheet.script<string[]>("return [...document.querySelectorAll('[data-test=code]')].map((code) => code.innerText)");
  expect([...texts].sort()).toEqual([OTHER, TEXT].sort());
  await sheet.click(`.codes > :nth-child(${texts.indexOf(OTHER) + 1}) > button`);
  await took(call, OTHER);
});

it("takes a picture from the clipboard, by its button and by the keyboard", async () => {
  const call = await begin();
  await sheet.click("[data-test=clipboard]");
  await note("noPicture");
  ended.push(desktop.program("xclip", "-quiet", "-selection", "clipboard", "-t", "image/png", "-i", one));
  await until("the picture lies on the clipboard", async () => (await desktop.clipboardKinds()).includes("image/png"));
  await sheet.click("[data-test=clipboard]");
  await took(call, TEXT);
  const again = await begin();
  await desktop.focus(await sheet.window());
  await desktop.press("ctrl+v");
  await took(again, TEXT);
});

it("finds the only code on the screen", async () => {
  await show(one, "code one", 20, 20);
  const call = await begin();
  await sheet.click("[data-test=screen]");
  await took(call, TEXT);
});

it("shows the screen when it has several codes, and takes the one that is clicked or drawn around", async () => {
  await show(one, "code one", 10, 10);
  await show(other, "code other", 900, 600);
  for (const [index, text] of [TEXT, OTHER].entries()) {
    const call = await begin();
    await sheet.click("[data-test=screen]");
    await sheet.shows("[data-step=screen] [data-test=outline]");
    await sheet.window();
    if (index === 0) {
      const place = await sheet.script<number>(`return [...document.querySelectorAll("[data-test=outline]")].findIndex((code) => code.textContent.trim() === ${JSON.stringify(text)}) + 1`);
      await sheet.click(`[data-test=outline]:nth-of-type(${place})`);
    } else {
      const [from, to] = [await sheet.place("[data-test=screen-view]", 0.6, 0.6), await sheet.place("[data-test=screen-view]", 0.98, 0.97)];
      await desktop.mouse("mousemove", `${from.x}`, `${from.y}`, "mousedown", "1", "mousemove", `${to.x - 5}`, `${to.y - 5}`, "mousemove", `${to.x}`, `${to.y}`, "mouseup", "1");
    }
    await took(call, text);
  }
});

it("reads what the camera sees", async () => {
  const call = await begin();
  const { result } = await (async () => {
    await shell.app(app.host);
    return shell.call("generateQRCode", { text: TEXT });
  })();
  await sheet.shows("[data-test=camera]");
  await withCamera(
    `const picture = new Image();
     picture.src = ${JSON.stringify(String(result))};
     await picture.decode();
     const canvas = document.createElement("canvas");
     [canvas.width, canvas.height] = [640, 480];
     const draw = () => {
       const context = canvas.getContext("2d");
       context.fillStyle = "#b0b8c0";
       context.fillRect(0, 0, 640, 480);
       context.drawImage(picture, 200, 120, 240, 240);
     };
     draw();
     setInterval(draw, 50);
     return canvas.captureStream(20);`,
  );
  await sheet.click("[data-test=camera]");
  await took(call, TEXT);
});

it("says so when there is no camera, and goes back", async () => {
  const call = await begin();
  await withCamera(`throw new DOMException("none", "NotFoundError");`);
  await sheet.click("[data-test=camera]");
  await sheet.shows("[data-test=camera-trouble]");
  await sheet.click("[data-test=back]");
  await sheet.shows("[data-test=camera]");
  await sheet.click("[data-test=cancel]");
  expect(await call.answer()).toMatchObject(REFUSED);
});

it("says what is wrong with a picture, and goes on", async () => {
  const call = await begin();
  const text = join(desktop.path, "text.png");
  writeFileSync(text, "no picture");
  for (const [path, kind] of [[none, "noCode"], [text, "unreadable"]] as const) {
    await drop(path);
    await note(kind);
  }
  expect(await call.answered()).toBe(false);
  await desktop.close(await sheet.window());
  expect(await call.answer()).toMatchObject(REFUSED);
});

it("is refused when the person cancels, and goes with the page that asked", async () => {
  const call = await begin();
  await desktop.focus(await sheet.window());
  await desktop.press("Escape");
  expect(await call.answer()).toMatchObject(REFUSED);
  await sheet.gone();
  await begin();
  await shell.app(app.host);
  const loaded = shell.reports.filter(({ event }) => event === "loaded").length;
  await shell.driver.executeScript("setTimeout(() => location.reload())");
  await sheet.gone();
  await shell.report("loaded", {}, loaded + 1);
});
