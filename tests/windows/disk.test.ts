/** What an app puts on the person's disk, by a page in a real window and a real server: seen in the file system. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDisplay, type Display } from "../lib/display.js";
import { serveHttps, type WebServer } from "../lib/https.js";
import { makeApp, type TestApp } from "../lib/packages.js";
import { folder } from "../lib/paths.js";
import { Shell } from "../lib/shell.js";
import { until } from "../lib/wait.js";

const work = folder();
const data = join(work.path, "data");
const pictures = join(work.path, "Bilder");
const videos = join(work.path, "Videos");
const bytes = randomBytes(3_000_000);
const png = join(work.path, "picture.png");
const archive = join(work.path, "archive.zip");

let display: Display;
let server: WebServer;
let shell: Shell;
let app: TestApp;

/** Says yes to everything that the tests do, as a person would have who wants to be asked no more. */
function allow(address: string): void {
  const wishes = [{ kind: "saveImages" }, { kind: "saveVideos" }, { kind: "download", host: "localhost" }];
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, "consent.json"), JSON.stringify({ [address]: wishes.map((wish) => ({ wish, word: "yes", since: 0 })) }));
}

const downloads = (...path: string[]) => join(data, "downloads", app.address, ...path);
const dataUrl = (type: string, content: Uint8Array) => `data:${type};base64,${Buffer.from(content).toString("base64")}`;

/** A box of an MP4 file. */
function box(kind: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8);
  head.write(kind, 4, "latin1");
  return Buffer.concat([head, content]);
}
const mp4 = Buffer.concat([box("ftyp", Buffer.from("isom\0\0\x02\0isommp42", "latin1")), box("moov", Buffer.alloc(16)), box("mdat", randomBytes(5_000_000))]);

beforeAll(async () => {
  display = await openDisplay();
  execFileSync("convert", ["-size", "40x30", "plasma:", png]);
  execFileSync("python3", ["-c", `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write(sys.argv[2], "image/coco.png")
    archive.writestr("читай.txt", "text")
with zipfile.ZipFile(sys.argv[1] + ".slip", "w") as archive:
    archive.writestr("fine.txt", "text")
    archive.writestr("../../escaped.txt", "text")
`, archive, png]);
  server = await serveHttps(work.path, (request, response) => {
    switch (request.url) {
      case "/file": return void response.end(bytes);
      case "/archive": return void response.end(readFileSync(archive));
      case "/slip": return void response.end(readFileSync(`${archive}.slip`));
      case "/video": return void response.end(mp4);
      case "/plain": return void response.writeHead(302, { location: "http://localhost/file" }).end();
      // Begins and never ends.
      case "/endless": return void response.writeHead(200, { "content-length": "1000000" }).write("begin");
      case "/cut": return void response.writeHead(200, { "content-length": "1000" }).write("begin", () => response.destroy());
      default: return void response.writeHead(404).end("no such file");
    }
  });
  app = makeApp(work.path, { title: "Disk / test" });
  allow(app.address);
  shell = await Shell.start({
    display: display.name,
    data,
    args: ["--install", app.folder, "--open", app.address],
    env: { SSL_CERT_FILE: server.authority, XDG_PICTURES_DIR: pictures, XDG_VIDEOS_DIR: videos },
  });
  await shell.report("loaded");
  await shell.app(app.host);
});

afterAll(async () => {
  await shell?.quit();
  await server?.close();
  await display?.close();
  work.remove();
});

describe("downloadFile and checkDownloadStatus", () => {
  it("put a file, whole, where only its app finds it", async () => {
    expect(await shell.call("checkDownloadStatus", { fileName: "a.bin" })).toMatchObject({ code: 200, result: false });
    const answer = await shell.call("downloadFile", {
      url: `${server.origin}/file`,
      fileName: "a.bin",
      authorizations: [{ key: "Authorization", value: "Bearer token" }],
    });
    expect(answer).toEqual({ code: 200, cmd: "downloadFile", messageId: expect.any(Number) });
    expect(readFileSync(downloads("a.bin")).equals(bytes)).toBe(true);
    expect(server.requests.at(-1)?.headers.authorization).toBe("Bearer token");
    expect(await shell.call("checkDownloadStatus", { fileName: "a.bin" })).toMatchObject({ code: 200, result: true });
  });

  it("answers 30007 for what fails, and leaves nothing", async () => {
    for (const path of ["/missing", "/plain", "/cut"]) {
      expect(await shell.call("downloadFile", { url: server.origin + path, fileName: "failed.bin" }), path).toMatchObject({ code: 30007 });
    }
    const untrusted = await serveHttps(folderOf("untrusted"), (_, response) => response.end("text"));
    const port = new URL(untrusted.origin).port;
    expect(await shell.call("downloadFile", { url: `https://localhost:${port}/`, fileName: "failed.bin" })).toMatchObject({ code: 30007 });
    await untrusted.close();
    expect(readdirSync(downloads())).toEqual(["a.bin"]);
  });

  it("a newer download takes the place of the running one, which answers 30007", async () => {
    const older = shell.driver.executeScript(
      `const [url] = arguments;
       window.older = new Promise((resolve) => window.addEventListener("message", ({ data }) => data.messageId === "older" && "code" in data && resolve(data)));
       window.parent.postMessage({ cmd: "downloadFile", data: { url, fileName: "older.bin" }, messageId: "older" }, "*");`,
      `${server.origin}/endless`,
    );
    await older;
    await until("the older download runs", () => server.requests.some(({ url }) => url === "/endless"));
    expect(await shell.call("downloadFile", { url: `${server.origin}/file`, fileName: "newer.bin" })).toMatchObject({ code: 200 });
    expect(await shell.driver.executeAsyncScript("window.older.then(arguments[0])")).toMatchObject({ code: 30007, message: expect.stringContaining("cancelled") });
    expect(existsSync(downloads("older.bin"))).toBe(false);
    expect(existsSync(downloads("newer.bin"))).toBe(true);
  });

  it("refuse names and addresses that are none before anything happens", async () => {
    const before = server.requests.length;
    for (const fileName of ["", "..", "a/b", "a\\b", "CON", "a\0", "x".repeat(300)]) {
      expect(await shell.call("downloadFile", { url: `${server.origin}/file`, fileName }), fileName).toMatchObject({ code: 30001, message: expect.stringContaining("data.fileName") });
    }
    for (const url of ["http://localhost/", "file:///etc/passwd", "https://user@localhost/", "x"]) {
      expect(await shell.call("downloadFile", { url, fileName: "a" }), url).toMatchObject({ code: 30001, message: expect.stringContaining("data.url") });
    }
    expect(await shell.call("downloadFile", { url: `${server.origin}/file`, fileName: "a", authorizations: [{ key: "Host", value: "x" }] })).toMatchObject({ code: 30001 });
    expect(server.requests.length).toBe(before);
  });
});

describe("extractFile", () => {
  it("unpacks a ZIP beside itself", async () => {
    await shell.call("downloadFile", { url: `${server.origin}/archive`, fileName: "pack.zip" });
    expect(await shell.call("extractFile", { archivePath: "pack.zip" })).toMatchObject({ code: 200 });
    expect(readFileSync(downloads("pack", "image", "coco.png")).equals(readFileSync(png))).toBe(true);
    expect(readFileSync(downloads("pack", "читай.txt"), "utf8")).toBe("text");
  });

  it("leaves nothing of an archive that wants to leave its folder", async () => {
    await shell.call("downloadFile", { url: `${server.origin}/slip`, fileName: "slip.zip" });
    expect(await shell.call("extractFile", { archivePath: "slip.zip" })).toMatchObject({ code: 30001, message: expect.stringContaining("escaped.txt") });
    expect(await shell.call("extractFile", { archivePath: "a.bin" })).toMatchObject({ code: 30001 });
    expect(await shell.call("extractFile", { archivePath: "none.zip" })).toMatchObject({ code: 30005 });
    expect(existsSync(downloads("slip"))).toBe(false);
    expect(execFileSync("find", [work.path, "-name", "escaped.txt"], { encoding: "utf8" })).toBe("");
  });
});

describe("saveImage and saveVideo", () => {
  it("saves a picture from the request and from the download folder, and overwrites nothing", async () => {
    const image = dataUrl("image/png", readFileSync(png));
    expect(await shell.call("saveImage", { type: "base64", image })).toMatchObject({ code: 200, cmd: "saveImage" });
    expect(await shell.call("saveImage", { image })).toMatchObject({ code: 200 });
    expect(await shell.call("saveImage", { type: "path", image: "pack/image/coco.png" })).toMatchObject({ code: 200 });
    const saved = readdirSync(pictures);
    expect(saved).toHaveLength(3);
    for (const name of saved) {
      expect(name).toMatch(/^Disk .*test \d{4}-\d\d-\d\d .*\.png$/);
      expect(execFileSync("identify", ["-format", "%m %wx%h", join(pictures, name)], { encoding: "utf8" })).toBe("PNG 40x30");
    }
  });

  it("saves a video of several megabytes both ways", async () => {
    expect(await shell.call("saveVideo", { type: "base64", video: dataUrl("video/mp4", mp4) })).toMatchObject({ code: 200 });
    await shell.call("downloadFile", { url: `${server.origin}/video`, fileName: "film.mp4" });
    expect(await shell.call("saveVideo", { type: "path", video: "film.mp4" })).toMatchObject({ code: 200 });
    const saved = readdirSync(videos);
    expect(saved.map((name) => readFileSync(join(videos, name)).equals(mp4))).toEqual([true, true]);
  });

  it("saves nothing that is no picture or video, or not the app's", async () => {
    const before = [readdirSync(pictures), readdirSync(videos)];
    const html = dataUrl("image/png", Buffer.from("<html><script>alert(1)</script>"));
    const svg = dataUrl("image/svg+xml", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    for (const image of [html, svg, "data:image/png;base64,!!!", "data:,", dataUrl("image/png", readFileSync(png).subarray(0, 60))]) {
      expect(await shell.call("saveImage", { image }), image.slice(0, 40)).toMatchObject({ code: 30001, message: expect.stringContaining("data.image") });
    }
    for (const image of ["../../consent.json", "/etc/passwd", "pack", ""]) {
      expect([30001, 30005], image).toContain((await shell.call("saveImage", { type: "path", image })).code);
    }
    expect(await shell.call("saveImage", { type: "path", image: "none.png" })).toMatchObject({ code: 30005 });
    expect(await shell.call("saveVideo", { video: dataUrl("video/mp4", readFileSync(png)) })).toMatchObject({ code: 30001 });
    expect(await shell.call("saveImage", { type: "gif", image: "x" })).toMatchObject({ code: 30001, message: expect.stringContaining("data.type") });
    expect([readdirSync(pictures), readdirSync(videos)]).toEqual(before);
  });
});

function folderOf(name: string): string {
  const path = join(work.path, name);
  mkdirSync(path);
  return path;
}
