/** From the first start to an app that runs: every way to install one, and how to be rid of it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Desktop } from "../lib/desktop.js";
import { Launcher } from "../lib/desktop-launcher.js";
import { coco, makeApp, type TestApp } from "../lib/packages.js";
import type { Shell } from "../lib/shell.js";

let desktop: Desktop;
let shell: Shell;
let launcher: Launcher;
let inFolder: TestApp;
let inZip: TestApp;
let dropped: TestApp;
let other: TestApp;
let zip: string;

/** Pages of installed apps in the data folder. */
const pagesOnDisk = () => readdirSync(join(desktop.path, "data", "apps"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("index.html"));

/** The middle of the launcher's window on the screen. */
const middle = async () => {
  const { x, y, width, height } = await desktop.frame(await desktop.window("CocoCat"));
  return { x: x + width / 2, y: y + height / 2 };
};

beforeAll(async () => {
  desktop = await Desktop.open();
  [inFolder, inZip, dropped, other] = ["From a folder", "From a ZIP", "Dropped", "Dropped too"].map((title) =>
    makeApp(desktop.path, { title, version: "1.2.3" }),
  ) as [TestApp, TestApp, TestApp, TestApp];
  zip = join(desktop.path, "app in a ZIP.zip");
  coco("app", "pack", inZip.folder, "--out", zip);
  shell = await desktop.shell();
  launcher = new Launcher(shell);
});

afterAll(async () => {
  await shell?.quit();
  await desktop?.end();
});

it("says at the first start how to get an app", async () => {
  expect(await launcher.text("[data-test=empty]")).toContain("No apps yet");
  await launcher.find("[data-test=empty-zip]");
  expect(await launcher.tiles()).toEqual([]);
});

it("does nothing when the system's dialog is left", async () => {
  await launcher.click("[data-test=empty-folder]");
  await desktop.focus(await desktop.window("Select Folder"));
  await desktop.press("Escape");
  await desktop.windowGone("Select Folder");
  expect(await launcher.notices()).toEqual([]);
  expect(await launcher.has("[data-test=empty]")).toBe(true);
});

it("installs a folder that is chosen in the system's dialog", async () => {
  await launcher.click("[data-test=empty-folder]");
  await desktop.chooseFile("Select Folder", inFolder.folder);
  const tile = await launcher.tile(inFolder.address);
  expect(tile).toMatchObject({ name: "From a folder", status: "closed", line: "Version 1.2.3" });
  expect((await launcher.takeNotice("installed")).text).toBe("From a folder is installed.");
  expect(await launcher.has("[data-test=empty]")).toBe(false);
});

it("installs a ZIP that is chosen in the system's dialog", async () => {
  await launcher.click("[data-test=install]");
  await launcher.click("[data-test=install-zip]");
  await desktop.chooseFile("Open File", zip);
  expect(await launcher.tile(inZip.address)).toMatchObject({ name: "From a ZIP" });
  await launcher.takeNotice("installed");
});

it("installs what is dragged in from another program, and shows where it will land", async () => {
  const zipped = join(desktop.path, "dropped.zip");
  coco("app", "pack", other.folder, "--out", zipped);
  const drag = await desktop.drag(dropped.folder, zipped);
  const offered = () => launcher.has("[data-test=drop]");
  await drag.over(await middle(), offered);
  expect(await launcher.text("[data-test=drop]")).toContain("Drop to install");
  await drag.over({ x: 5, y: 5 }, async () => !(await offered()));
  await drag.over(await middle(), offered);
  await drag.drop();
  await launcher.tile(dropped.address);
  await launcher.tile(other.address);
  await launcher.gone("[data-test=drop]");
  expect((await launcher.tiles()).map(({ name }) => name)).toEqual(["Dropped", "Dropped too", "From a folder", "From a ZIP"]);
});

it("shows each app's icon, and opens it by a click", async () => {
  await launcher.iconsShown();
  await launcher.open(inFolder);
  expect(await shell.driver.getTitle()).toBe("From a folder");
  await desktop.window("From a folder");
  expect((await launcher.tile(inFolder.address, "open")).line).toBe("Open");
  await launcher.tile(inZip.address, "closed");
});

it("brings the window of an app that is open to the front", async () => {
  await launcher.open(inFolder);
  expect(shell.reports.filter(({ event, window }) => event === "loaded" && window === `coco-${inFolder.host}`)).toHaveLength(1);
});

it("uninstalls after asking, and keeps the account for whoever comes back", async () => {
  await shell.app(inFolder.host);
  const account = (await shell.call("getAccount")).result;
  expect(account).toBeTruthy();
  expect((await shell.call("setExtendedData", { extend: "kept" })).code).toBe(200);

  await launcher.choose(inFolder.address, "uninstall");
  expect(await launcher.text("[role=alertdialog]")).toContain("Uninstall From a folder?");
  await launcher.click("[data-test=cancel]");
  await launcher.gone("[role=alertdialog]");
  await launcher.tile(inFolder.address, "open");

  expect(pagesOnDisk().filter((path) => path.includes(inFolder.host))).toHaveLength(1);
  await launcher.choose(inFolder.address, "uninstall");
  await launcher.click("[data-test=confirm]");
  await launcher.without(inFolder.address);
  await launcher.takeNotice("uninstalled");
  await shell.report("closed", { window: `coco-${inFolder.host}` });
  await desktop.windowGone("From a folder");
  expect(pagesOnDisk().filter((path) => path.includes(inFolder.host))).toEqual([]);
  expect(pagesOnDisk()).toHaveLength(3);

  await launcher.click("[data-test=install]");
  await launcher.click("[data-test=install-folder]");
  await desktop.chooseFile("Select Folder", inFolder.folder);
  await launcher.open(inFolder);
  expect((await shell.call("getAccount")).result).toBe(account);
  expect((await shell.call("getExtendedData")).result).toBe("kept");
});
