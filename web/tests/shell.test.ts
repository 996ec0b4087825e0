import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import type { ShellEvent, ShellRequest } from "../src/generated/shell";
import { useNotices } from "../src/stores/notices";
import { useShell } from "../src/stores/shell";
import { useView } from "../src/stores/view";
import { createFake, FAKE_PASSWORD, FAKE_WORDS, readScenario, type Scenario } from "../src/transport/fake";
import { ShellFailure } from "../src/transport/transport";

beforeEach(() => setActivePinia(createPinia()));

/** A connected store with the shell that it talks to. */
async function connected(scenario: Partial<Scenario> = {}) {
  const fake = createFake({ delay: 0, apps: 3, ...scenario });
  const shell = useShell();
  await shell.connect(fake);
  return { fake, shell, notices: useNotices(), view: useView() };
}

const asked = (requests: readonly ShellRequest[], op: ShellRequest["op"]) => requests.filter((request) => request.op === op);

describe("the state", () => {
  it("is fetched on connecting and sorted by name", async () => {
    const { shell } = await connected();
    expect(shell.apps.map((app) => app.name)).toEqual(["Explorer", "Field Notes", "Weather"]);
  });

  it("follows events", async () => {
    const { fake, shell } = await connected();
    fake.change({ apps: [] });
    await expect.poll(() => shell.apps).toEqual([]);
  });

  it("sets language, direction and theme of the document", async () => {
    const { fake } = await connected();
    fake.change({ language: "ar", theme: "dark" });
    await expect.poll(() => document.documentElement.dataset["theme"]).toBe("dark");
    expect(document.documentElement.dir).toBe("rtl");
    expect(document.documentElement.lang).toBe("ar");
    fake.change({ language: "zh-tw", theme: "system" });
    await expect.poll(() => document.documentElement.lang).toBe("zh-Hant-TW");
    expect(document.documentElement.dir).toBe("ltr");
    await expect.poll(() => document.documentElement.dataset["theme"]).toBeUndefined();
  });

  it("that cannot be fetched is a failure, until a retry succeeds", async () => {
    const fake = createFake({ delay: 0 });
    let broken = true;
    const shell = useShell();
    await shell.connect({ listen: fake.listen, request: (request) => (broken ? Promise.reject(new Error("gone")) : fake.request(request)) });
    expect(shell.failure).toMatchObject({ kind: "io", detail: "gone" });
    broken = false;
    await shell.retry();
    expect(shell.failure).toBeNull();
    expect(shell.state).not.toBeNull();
  });
});

describe("installing", () => {
  it("tells what happened and offers to open", async () => {
    const { shell, notices } = await connected();
    await shell.choose("folder");
    expect(notices.list).toMatchObject([{ level: "info", key: "installed", opens: shell.apps.find((app) => app.name === notices.list[0]?.values["name"])?.address }]);
    expect(shell.installing).toBe(0);
  });

  it("says why it failed, with the detail", async () => {
    const { shell, notices } = await connected({ fails: "signature" });
    await shell.choose("zip");
    expect(notices.list).toMatchObject([{ level: "error", key: "installFailed", reason: "signature" }]);
    expect(notices.list[0]?.detail).toContain("content.json");
  });

  it("asks before an older version, and then allows it", async () => {
    const { fake, shell, notices, view } = await connected({ fails: "older" });
    await shell.install("/old.zip", false);
    expect(view.dialog).toEqual({ kind: "older", path: "/old.zip" });
    expect(notices.list).toEqual([]);
    await shell.install("/old.zip", true);
    expect(asked(fake.requests, "install").at(-1)).toEqual({ op: "install", path: "/old.zip", downgrade: true });
    expect(notices.list).toMatchObject([{ key: "updated" }]);
  });

  it("does nothing when the choice was cancelled", async () => {
    const { fake, shell, notices } = await connected();
    await shell.connect({ listen: fake.listen, request: ((request: ShellRequest) => (request.op === "choosePackage" ? Promise.resolve({ path: null }) : fake.request(request))) as typeof fake.request });
    await shell.choose("folder");
    expect(asked(fake.requests, "install")).toEqual([]);
    expect(notices.list).toEqual([]);
  });
});

describe("opening", () => {
  it("shows the wait at once, and asks once", async () => {
    const { fake, shell } = await connected();
    const app = shell.apps[0]!;
    const opening = shell.open(app.address);
    void shell.open(app.address);
    expect(shell.windowOf(app)).toBe("opening");
    await opening;
    await expect.poll(() => shell.windowOf(shell.apps[0]!)).toBe("open");
    expect(asked(fake.requests, "open")).toHaveLength(1);
  });

  it("of a damaged app shows why it cannot", async () => {
    const { fake, shell, view } = await connected({ apps: "states" });
    const app = shell.apps.find((one) => one.damaged !== null)!;
    await shell.open(app.address);
    expect(view.page).toBe(app.address);
    expect(asked(fake.requests, "open")).toEqual([]);
  });

  it("that fails says so and stops waiting", async () => {
    const { fake, shell, notices } = await connected();
    const app = shell.apps[0]!;
    await shell.connect({ listen: fake.listen, request: ((request: ShellRequest) => (request.op === "open" ? Promise.reject(new ShellFailure({ kind: "notFound", message: "gone" })) : fake.request(request))) as typeof fake.request });
    await shell.open(app.address);
    expect(shell.windowOf(app)).toBe("closed");
    expect(notices.list).toMatchObject([{ key: "openFailed", reason: "notFound" }]);
  });
});

describe("events of the shell", () => {
  const notice = (key: string, values: Record<string, string> = {}, level: "info" | "error" = "info"): ShellEvent => ({ type: "notice", level, key, values });

  it("show and hide the drop target", async () => {
    const { fake, view } = await connected();
    fake.emit({ type: "drag", phase: "over" });
    expect(view.dragging).toBe(true);
    fake.emit({ type: "drag", phase: "leave" });
    expect(view.dragging).toBe(false);
  });

  it("become notices", async () => {
    const { fake, notices } = await connected();
    fake.emit(notice("installed", { name: "Maps", address: "1Maps" }));
    fake.emit(notice("installFailed", { kind: "disk", file: "maps.zip", message: "no space" }, "error"));
    expect(notices.list).toMatchObject([
      { key: "installed", opens: "1Maps", reason: null, detail: null },
      { key: "installFailed", reason: "disk", detail: "maps.zip: no space", opens: null },
    ]);
  });

  it("with an unknown key become the general notice, and keep what they say", async () => {
    const { fake, notices } = await connected();
    fake.emit(notice("constructor", { kind: "toString" }, "error"));
    expect(notices.list).toMatchObject([{ key: "other", reason: null, detail: "constructor" }]);
  });

  it("about a dropped older package ask", async () => {
    const { fake, notices, view } = await connected();
    fake.emit(notice("installFailed", { kind: "older", path: "/dropped.zip", message: "older" }, "error"));
    expect(view.dialog).toEqual({ kind: "older", path: "/dropped.zip" });
    expect(notices.list).toEqual([]);
  });

  it("leave the dialog alone that is open", async () => {
    const { fake, notices, view } = await connected();
    view.show({ kind: "unlock" });
    fake.emit(notice("installFailed", { kind: "older", path: "/dropped.zip", message: "older" }, "error"));
    expect(view.dialog).toEqual({ kind: "unlock" });
    expect(notices.list).toMatchObject([{ key: "installFailed", reason: "older" }]);
  });

  it("push out the oldest notice when there are many", async () => {
    const { fake, notices } = await connected();
    for (const name of ["1", "2", "3", "4", "5", "6"]) fake.emit(notice("installed", { name }));
    expect(notices.list.map((one) => one.values["name"])).toEqual(["3", "4", "5", "6"]);
  });
});

describe("the account", () => {
  it("unlocks by its password only", async () => {
    const { shell } = await connected({ identity: "locked" });
    await expect(shell.unlock("wrong")).rejects.toMatchObject({ kind: "password" });
    await shell.unlock(FAKE_PASSWORD);
    await expect.poll(() => shell.state?.identity).toBe("unlocked");
  });

  it("gives its words one by one", async () => {
    const { shell } = await connected();
    expect(await shell.revealWords(null)).toEqual(FAKE_WORDS.split(" "));
  });

  it("gets a password", async () => {
    const { fake, shell, notices } = await connected();
    await shell.setPassword(null, "new password");
    expect(asked(fake.requests, "setPassword")).toEqual([{ op: "setPassword", old: null, new: "new password" }]);
    expect(notices.list).toMatchObject([{ key: "passwordSet" }]);
  });
});

it("a scenario is read from an address", () => {
  expect(readScenario("?apps=30&language=ar&identity=locked&delay=0")).toMatchObject({ apps: 30, language: "ar", identity: "locked", delay: 0, fails: null });
  expect(readScenario("?apps=states").apps).toBe("states");
});
