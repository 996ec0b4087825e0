import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useShell } from "../src/stores/shell";
import { createFake, FAKE_PASSWORD, FAKE_WORDS } from "../src/transport/fake";
import { fakeApp } from "../src/transport/fake-apps";
import { find, findAll, launch, open, page } from "./launch";

enableAutoUnmount(afterEach);

beforeEach(() => setActivePinia(createPinia()));

/** Clicks what has this `data-test`. */
async function click(test: string) {
  await find(test).trigger("click");
  await flushPromises();
}

const tile = (name: string) => findAll("app").find((one) => one.find(".name").text() === name) ?? expect.fail(`no app ${name}`);
const statusOf = (name: string) => tile(name).find("[data-test=status]").text();
const sent = (fake: { requests: readonly { op: string }[] }, op: string) => fake.requests.filter((request) => request.op === op);

describe("the list", () => {
  it("names every app with its version", async () => {
    await launch();
    expect(findAll("app").map((one) => one.find(".launch").text())).toEqual(["ExplorerVersion 1.0", "Field NotesVersion 2.4.1", "WeatherVersion 1.2"]);
  });

  it("shows the state of each", async () => {
    await launch({ apps: "states" });
    expect(["Explorer", "Field Notes", "Weather", "Wallet", "Chess"].map(statusOf)).toEqual(["Version 1.0", "Opening…", "Open", "Stopped working – open again", "Damaged"]);
  });

  it("opens an app by a click, and by a double click once", async () => {
    const fake = await launch();
    await tile("Weather").find(".launch").trigger("click", { detail: 1 });
    await tile("Weather").find(".launch").trigger("click", { detail: 2 });
    await flushPromises();
    expect(sent(fake, "open")).toHaveLength(1);
    expect(statusOf("Weather")).toBe("Open");
  });

  it("is one stop for the Tab key, and moves by arrows", async () => {
    await launch();
    const tiles = page().findAll("[data-tile]");
    expect(tiles.map((one) => one.attributes("tabindex"))).toEqual(["0", "-1", "-1"]);
    (tiles[0]!.element as HTMLElement).focus();
    await tiles[0]!.trigger("keydown", { key: "ArrowRight" });
    expect(document.activeElement).toBe(tiles[1]!.element);
    expect(page().findAll("[data-tile]").map((one) => one.attributes("tabindex"))).toEqual(["-1", "0", "-1"]);
  });

  it("invites to install while it is empty", async () => {
    const fake = await launch({ apps: 0 });
    expect(find("empty").text()).toContain("No apps yet");
    await click("empty-zip");
    expect(sent(fake, "choosePackage")).toEqual([{ op: "choosePackage", kind: "zip" }]);
    expect(find("empty").exists()).toBe(false);
    expect(findAll("app")).toHaveLength(1);
  });

  it("has a search field when it is long", async () => {
    const fake = await launch({ apps: 8 });
    expect(find("search").exists()).toBe(false);
    fake.change({ apps: [...useShell().apps, { ...fakeApp(8), name: "Ninth" }] });
    await flushPromises();
    await find("search").setValue("nin");
    expect(findAll("app").map((one) => one.find(".name").text())).toEqual(["Ninth"]);
    await find("search").setValue("nothing like it");
    expect(page().text()).toContain("No app matches “nothing like it”");
  });
});

describe("dialogs", () => {
  it("say what is kept before an app is removed", async () => {
    const fake = await launch();
    await tile("Weather").find(".launch").trigger("keydown", { key: "Delete" });
    await flushPromises();
    const dialog = page().find("[role=alertdialog]");
    expect(dialog.text()).toContain("Uninstall Weather?");
    expect(dialog.text()).toContain("kept for 7 days");
    expect(sent(fake, "uninstall")).toEqual([]);
    await click("confirm");
    expect(sent(fake, "uninstall")).toHaveLength(1);
    expect(findAll("app")).toHaveLength(2);
    expect(find("notice").text()).toContain("Weather was uninstalled.");
  });

  it("show why a damaged app cannot be opened", async () => {
    await launch({ apps: "states" });
    await tile("Chess").find(".launch").trigger("click");
    await flushPromises();
    const dialog = page().find("[role=dialog]");
    expect(dialog.text()).toContain("Install it again to repair it");
    expect(dialog.text()).toContain("the file's hash differs");
    expect(find("address").text()).toBe(useShell().apps.find((app) => app.name === "Chess")?.address);
  });

  it("ask before an older version is installed", async () => {
    const fake = await launch({ fails: "older" });
    await useShell().install("/old.zip", false);
    await flushPromises();
    expect(page().find("[role=alertdialog]").text()).toContain("Install the older version anyway?");
    await click("cancel");
    expect(page().find("[role=alertdialog]").exists()).toBe(false);
    expect(sent(fake, "install")).toHaveLength(1);
  });

  it("go when their app goes", async () => {
    const fake = await launch();
    await tile("Weather").find(".launch").trigger("keydown", { key: "Delete" });
    await flushPromises();
    fake.change({ apps: [] });
    await flushPromises();
    expect(page().find("[role=alertdialog]").exists()).toBe(false);
  });
});

it("a failure is said in plain words, with the detail folded", async () => {
  await launch({ fails: "limits" });
  await useShell().choose("folder");
  await flushPromises();
  expect(find("notice").text()).toContain("at most 1 MiB a file");
  expect(find("notice").find("details").attributes("open")).toBeUndefined();
});

describe("the account", () => {
  it("while locked leaves the launcher usable, and unlocks by its password", async () => {
    await launch({ identity: "locked" });
    expect(find("locked").text()).toContain("Locked: apps cannot use your account.");
    expect(findAll("app")).toHaveLength(3);
    await click("unlock");
    await page().find("#unlock input").setValue("wrong");
    await page().find("#unlock").trigger("submit");
    await flushPromises();
    expect(find("field-error").text()).toContain("This password is wrong.");
    await page().find("#unlock input").setValue(FAKE_PASSWORD);
    expect(find("field-error").text()).toBe("");
    await page().find("#unlock").trigger("submit");
    await flushPromises();
    expect(find("locked").exists()).toBe(false);
    expect(page().find("#unlock").exists()).toBe(false);
  });

  it("shows its words after a warning only, and forgets them", async () => {
    const fake = await launch();
    await click("settings");
    await click("part-apps");
    await page().find("[data-test=words]").trigger("click");
    await flushPromises();
    expect(page().text()).toContain("Whoever knows these words has your account in every app.");
    expect(sent(fake, "revealMnemonic")).toEqual([]);
    await page().find("#words").trigger("submit");
    await flushPromises();
    expect(page().findAll("ol li").map((one) => one.text().replace(/^\d+/u, ""))).toEqual(FAKE_WORDS.split(" "));
    await click("done");
    expect(page().text()).not.toContain("sausage");
  });

  it("takes a password that is long enough and typed twice", async () => {
    const fake = await launch();
    await click("settings");
    await click("part-apps");
    await click("password");
    const [next, repeat] = page().findAll("#password input");
    await next!.setValue("short");
    await page().find("#password").trigger("submit");
    expect(find("field-error").text()).toBe("Use at least 8 characters.");
    await next!.setValue("long enough");
    await repeat!.setValue("long enough?");
    await page().find("#password").trigger("submit");
    expect(findAll("field-error").map((one) => one.text())).toEqual(["", "The two passwords differ."]);
    expect(sent(fake, "setPassword")).toEqual([]);
    await repeat!.setValue("long enough");
    await page().find("#password").trigger("submit");
    await flushPromises();
    expect(sent(fake, "setPassword")).toEqual([{ op: "setPassword", old: null, new: "long enough" }]);
    expect(find("identity").attributes("data-identity")).toBe("unlocked");
  });
});

describe("settings", () => {
  it("change the language at once", async () => {
    const fake = await launch();
    await click("settings");
    await find("language").setValue("es");
    await expect.poll(() => find("settings-sheet").text()).toContain("Ajustes");
    await find("language").setValue("system");
    await expect.poll(() => find("settings-sheet").text()).toContain("Settings");
    expect(sent(fake, "setLanguage")).toEqual([
      { op: "setLanguage", language: "es" },
      { op: "setLanguage", language: null },
    ]);
  });

  it("change the appearance", async () => {
    const fake = await launch();
    await click("settings");
    await page().find("[data-theme-choice=dark]").trigger("click");
    await flushPromises();
    expect(sent(fake, "setTheme")).toEqual([{ op: "setTheme", theme: "dark" }]);
    expect(document.documentElement.dataset["theme"]).toBe("dark");
  });
});

it("without an answer from the program, the page says so and can try again", async () => {
  await open("/apps");
  const fake = createFake({ delay: 0 });
  let broken = true;
  await useShell().connect({ listen: fake.listen, request: (request) => (broken ? Promise.reject(new Error("no answer")) : fake.request(request)) });
  await flushPromises();
  expect(find("boot-failure").text()).toContain("no answer");
  broken = false;
  await find("boot-failure").find("button").trigger("click");
  await flushPromises();
  expect(find("launcher").exists()).toBe(true);
});
