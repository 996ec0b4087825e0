import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useAppPage } from "../src/stores/app-page";
import { useShell } from "../src/stores/shell";
import { useView } from "../src/stores/view";
import { ShellFailure } from "../src/transport/transport";
import { find, findAll, launch, page } from "./launch";

enableAutoUnmount(afterEach);

beforeEach(() => setActivePinia(createPinia()));

/** Opens the page of an app by its name. */
async function openPage(name: string) {
  const address = useShell().apps.find((app) => app.name === name)?.address ?? expect.fail(`no app ${name}`);
  useView().page = address;
  await flushPromises();
  return address;
}

async function click(test: string) {
  await find(test).trigger("click");
  await flushPromises();
}

const sent = (fake: { requests: readonly { op: string }[] }, op: string) => fake.requests.filter((request) => request.op === op);

describe("the page of an app", () => {
  it("says in plain words what the app may do, and what its developer says", async () => {
    await launch();
    await openPage("Explorer");
    expect(findAll("grant").map((one) => [one.find("strong").text(), one.attributes("data-allowed")])).toEqual([
      ["Open pages of maps.example.org in your browser", "true"],
      ["Download files from a-rather-long-name-of-a-server.static-content.cdn.example.net", "false"],
      ["Save pictures to your pictures folder", "true"],
    ]);
    expect(findAll("permission").map((one) => one.find("strong").text())).toEqual(["Open web pages in your browser", "Scan QR codes", "readThoughts"]);
    expect(findAll("permission")[2]!.find("blockquote").text()).toBe("<b>No mark-up</b>");
  });

  it("forgets one answer, and then all of them", async () => {
    const fake = await launch();
    const address = await openPage("Explorer");
    await click("forget");
    expect(sent(fake, "forgetGrant")).toEqual([{ op: "forgetGrant", address, wish: { kind: "openUrl", host: "maps.example.org" } }]);
    expect(findAll("grant")).toHaveLength(2);
    await click("forget-all");
    expect(findAll("grant")).toHaveLength(0);
    expect(find("no-grants").exists()).toBe(true);
  });

  it("asks before it clears data, and says what stays", async () => {
    const fake = await launch();
    const address = await openPage("Explorer");
    expect(find("stored-downloads").text()).toBe("48.3 MB");
    await click("clear");
    const dialog = page().find("[role=alertdialog]");
    expect(dialog.text()).toContain("Clear the data of Explorer?");
    expect(dialog.text()).toContain("This cannot be undone.");
    expect(dialog.text()).toContain("Your account in this app stays");
    expect(sent(fake, "clearData")).toEqual([]);
    await click("confirm");
    expect(sent(fake, "clearData")).toEqual([{ op: "clearData", address }]);
    expect(find("stored-downloads").text()).toBe("Nothing");
    expect(find("clear").attributes("disabled")).toBeDefined();
    expect(find("notice").text()).toContain("The data of Explorer were removed.");
  });

  it("goes back to the previous version after asking, and keeps the history", async () => {
    const fake = await launch();
    const address = await openPage("Explorer");
    expect(find("previous").text()).toContain("Version 0.9");
    expect(find("difference").text()).toBe("Files changed since then: 12; added: 3; removed: 1");
    expect(find("previous").text()).toContain("1OtherSignerThatIsNoAddressXXXXXXX");
    await click("roll-back");
    expect(sent(fake, "rollBack")).toEqual([]);
    await click("confirm");
    expect(sent(fake, "rollBack")).toEqual([{ op: "rollBack", address }]);
    expect(find("version").text()).toBe("0.9");
    expect(find("no-previous").exists()).toBe(true);
    expect(findAll("history")[0]!.text()).toContain("Went back");
  });

  it("follows what the shell tells, of its app only", async () => {
    const fake = await launch();
    const address = await openPage("Field Notes");
    expect(find("no-grants").exists()).toBe(true);
    fake.changePage(address, { grants: [{ wish: { kind: "saveVideos" }, allowed: false, since: 1_762_000_000_000 }] });
    await flushPromises();
    expect(find("grant").text()).toContain("Save videos to your videos folder");
    const asked = sent(fake, "appPage").length;
    fake.changePage(useShell().apps.find((app) => app.name === "Weather")!.address, {});
    await flushPromises();
    expect(sent(fake, "appPage")).toHaveLength(asked);
  });

  it("keeps the newest answer when an older one comes late", async () => {
    const fake = await launch();
    await openPage("Explorer");
    const known = useAppPage().page ?? expect.fail("no page");
    const late: ((account: string) => void)[] = [];
    await useShell().connect({
      listen: fake.listen,
      request: ((request: Parameters<typeof fake.request>[0]) =>
        request.op === "appPage" ? new Promise((done) => late.push((account) => done({ ...known, account } as never))) : fake.request(request)) as typeof fake.request,
    });
    await flushPromises();
    late.length = 0;
    const reads = [useAppPage().refresh(), useAppPage().refresh()];
    late[1]!("1Newest");
    await reads[1];
    late[0]!("1Older");
    await reads[0];
    await flushPromises();
    expect(find("account-address").text()).toContain("1Newest");
  });

  it("says plainly that the account is locked", async () => {
    await launch({ identity: "locked" });
    await openPage("Explorer");
    expect(find("account-away").text()).toContain("Unlock your account");
    expect(find("account-address").exists()).toBe(false);
  });

  it("says how the last certificate fared", async () => {
    const fake = await launch();
    const address = await openPage("Explorer");
    expect(find("certificate-said").text()).toBe("The app has shown a valid certificate.");
    expect(find("certificate").text()).toContain("Coconut Services");
    const content = { level: 8, issuer: "1Unknown", issuerName: null, notBefore: 0, notAfter: 1 };
    fake.changePage(address, { certificate: { content, refused: null, at: 1 } });
    await flushPromises();
    expect(find("certificate-said").text()).toContain("expired since");
    fake.changePage(address, { certificate: { content: null, refused: "content: expected value", at: 1 } });
    await flushPromises();
    expect(find("certificate").text()).toContain("content: expected value");
    fake.changePage(address, { certificate: null });
    await flushPromises();
    expect(find("certificate-said").text()).toContain("has shown none");
  });

  it("that cannot be read says why and can be tried again", async () => {
    const fake = await launch();
    let broken = true;
    await useShell().connect({
      listen: fake.listen,
      request: ((request: Parameters<typeof fake.request>[0]) =>
        broken && request.op === "appPage" ? Promise.reject(new ShellFailure({ kind: "io", message: "no disk" })) : fake.request(request)) as typeof fake.request,
    });
    await openPage("Weather");
    expect(find("app-page").text()).toContain("no disk");
    broken = false;
    await find("app-page").find("[role=alert] button").trigger("click");
    await flushPromises();
    expect(find("storage").exists()).toBe(true);
  });

  it("closes when its app goes", async () => {
    const fake = await launch();
    await openPage("Weather");
    fake.change({ apps: [] });
    await flushPromises();
    expect(find("app-page").exists()).toBe(false);
    expect(useView().page).toBeNull();
  });
});

describe("a download", () => {
  it("is shown as it goes on, and can be cancelled", async () => {
    const fake = await launch();
    expect(find("download").exists()).toBe(false);
    const address = useShell().apps[0]!.address;
    fake.emit({ type: "download", download: { address, file: "map.zip", received: 1_500_000, total: null } });
    await flushPromises();
    expect(find("download").text()).toContain("Explorer");
    expect(find("download-progress").text()).toBe("1.5 MB");
    expect(find("download").find("progress").attributes("value")).toBeUndefined();
    fake.emit({ type: "download", download: { address, file: "map.zip", received: 2_000_000, total: 4_000_000 } });
    await flushPromises();
    expect(find("download-progress").text()).toBe("2 MB of 4 MB");
    await click("cancel-download");
    expect(sent(fake, "cancelDownload")).toHaveLength(1);
    expect(find("download").exists()).toBe(false);
  });

  it("that was under way is there from the start", async () => {
    await launch({ downloading: true });
    expect(find("download-file").text()).toBe("map-of-the-world.zip");
  });

  it("that ended is told, with the app to open", async () => {
    const fake = await launch();
    const address = useShell().apps[0]!.address;
    fake.emit({ type: "notice", level: "info", key: "downloadDone", values: { name: "Explorer", address, download: "map.zip" } });
    fake.emit({ type: "notice", level: "error", key: "downloadFailed", values: { name: "Explorer", download: "map.zip" } });
    await flushPromises();
    expect(findAll("notice").map((one) => one.text())).toEqual([
      expect.stringContaining("Explorer has downloaded map.zip."),
      expect.stringContaining("Explorer could not download map.zip"),
    ]);
    expect(findAll("notice-open")).toHaveLength(1);
  });
});

describe("settings for developers", () => {
  it("are behind a switch", async () => {
    const fake = await launch();
    await click("settings");
    await click("part-developers");
    expect(find("authorities").exists()).toBe(false);
    await click("developer");
    expect(sent(fake, "setDeveloper")).toEqual([{ op: "setDeveloper", on: true }]);
    expect(find("authorities").text()).toContain("Coconut Services");
    await click("developer");
    expect(find("authorities").exists()).toBe(false);
  });

  it("open the list of calls, and show what is being worked on", async () => {
    const fake = await launch({ developer: true });
    await click("settings");
    await click("part-developers");
    await click("inspector");
    expect(sent(fake, "openInspector")).toHaveLength(1);
    expect(find("work").text()).toContain("/home/user/explorer/page");
    await click("work-show");
    expect(sent(fake, "raiseWork")).toEqual([{ op: "raiseWork", address: useShell().apps[0]!.address }]);
  });

  it("trust authorities and stop to", async () => {
    await launch({ developer: true });
    await click("settings");
    await click("part-developers");
    expect(find("authority-add").attributes("disabled")).toBeDefined();
    await find("authority-address").setValue("no address");
    await find("authority-name").setValue("Mine");
    await find("authorities").find("form").trigger("submit");
    await flushPromises();
    expect(find("authority-error").exists()).toBe(true);
    await find("authority-address").setValue(" 1BoatSLRHtKNngkdXEeobR76b53LETtpyT ");
    expect(find("authority-error").exists()).toBe(false);
    await find("authorities").find("form").trigger("submit");
    await flushPromises();
    expect(findAll("authority").map((one) => one.find("strong").text())).toEqual(["Coconut Services", "Mine"]);
    expect(findAll("authority-remove")).toHaveLength(1);
    await click("authority-remove");
    expect(findAll("authority")).toHaveLength(1);
  });
});
