import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync, existsSync, readFileSync, mkdirSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import zlib from "node:zlib";
import { ToolError } from "../lib/errors.mjs";
import { withLock } from "../lib/lock.mjs";
import { cacheFolder } from "../lib/paths.mjs";
import { run, start, stop, which } from "../lib/process.mjs";
import { hashOf, whenChanged } from "../lib/stamp.mjs";
import { logged } from "../lib/steps.mjs";
import { countColours, readXwd, writePng } from "../lib/xwd.mjs";

let folder;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "cococat-tools-")); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("stamps", () => {
  const name = `test-${process.pid}`;
  afterEach(() => rmSync(join(cacheFolder("stamps"), name), { force: true }));

  it("depend on names and contents, not on times, dependencies or output", () => {
    writeFileSync(join(folder, "a"), "1");
    const first = hashOf([folder]);
    utimesSync(join(folder, "a"), 1, 1);
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "dist", "x"), "output");
    assert.equal(hashOf([folder]), first);
    writeFileSync(join(folder, "a"), "2");
    assert.notEqual(hashOf([folder]), first);
    assert.notEqual(hashOf([join(folder, "missing")]), hashOf([]));
  });

  it("build once, and again when an input or output changed or a build failed", async () => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    let builds = 0;
    const build = async () => { builds += 1; writeFileSync(output, readFileSync(input)); };
    const ask = (work = build) => whenChanged(name, { inputs: [input], outputs: [output], build: work });
    writeFileSync(input, "1");
    assert.equal(await ask(), "built");
    assert.equal(await ask(), "unchanged");
    writeFileSync(output, "changed by hand");
    assert.equal(await ask(), "built");
    rmSync(output);
    assert.equal(await ask(), "built");
    writeFileSync(input, "2");
    await assert.rejects(ask(async () => { throw new ToolError("no"); }));
    assert.equal(await ask(), "built");
    assert.equal(builds, 4);
  });
});

describe("locks", () => {
  const name = `test-${process.pid}`;
  afterEach(() => rmSync(join(cacheFolder("locks"), name), { force: true }));

  it("let one in at a time, and say that they wait", { skip: !which("flock") }, async () => {
    const events = [];
    let second;
    await withLock(name, () => {}, async () => {
      const told = new Promise((resolve) => {
        second = withLock(name, resolve, async () => { events.push("second in"); });
      });
      assert.match(await told, /waiting/);
      events.push("first out");
    });
    await second;
    assert.deepEqual(events, ["first out", "second in"]);
  });

  it("are free after a failure", async () => {
    await assert.rejects(withLock(name, () => {}, async () => { throw new Error("no"); }));
    assert.equal(await withLock(name, () => {}, async () => "in"), "in");
  });
});

describe("programs", () => {
  it("are run with both streams by line", async () => {
    const lines = [];
    const result = await run("sh", ["-c", "echo out; echo err >&2; exit 3"], { onLine: (line) => lines.push(line) });
    assert.equal(result.code, 3);
    assert.deepEqual(lines.sort(), ["err", "out"]);
  });

  it("that are missing or fail make an error with their last words", async () => {
    await assert.rejects(logged("Test a missing program", ["cococat-no-such-program"]), /could not be started/);
    const log = join(cacheFolder("logs"), "test-a-failure.log");
    await assert.rejects(logged("Test a failure", ["sh", "-c", "echo why; exit 4"], { advice: "Do this." }), (error) => {
      assert.ok(error instanceof ToolError);
      assert.deepEqual([error.output, error.log, error.advice], ["why", log, "Do this."]);
      return true;
    });
    assert.match(readFileSync(log, "utf8"), /\nwhy\n/);
    for (const file of ["test-a-failure.log", "test-a-missing-program.log"]) rmSync(join(cacheFolder("logs"), file));
  });

  it("are stopped with what they started", async () => {
    const child = start("sh", ["-c", `sh -c 'echo ready; cat ${join(folder, "none")} 2>/dev/null; sleep 600' & wait`]);
    await once(child.stdout, "data");
    stop(child);
    const [, signal] = await once(child, "close"); // closed only when the inner one let go of the pipe too
    assert.equal(signal, "SIGTERM");
    assert.ok(!existsSync(join(folder, "none")));
  });
});

describe("pictures of the screen", () => {
  /** A dump of 2×1 pixels: one red, one of colour 0x010203. */
  function dump({ bits = 32, cut = 0 } = {}) {
    const header = Buffer.alloc(100);
    const fields = { 0: 100, 1: 7, 2: 2, 3: 24, 4: 2, 5: 1, 7: 0, 11: bits, 12: 8, 14: 0xff0000, 15: 0xff00, 16: 0xff, 19: 1 };
    for (const [index, value] of Object.entries(fields)) header.writeUInt32BE(value, Number(index) * 4);
    const pixels = Buffer.from([0, 0, 255, 0, 3, 2, 1, 0]);
    return Buffer.concat([header, Buffer.alloc(12), pixels]).subarray(0, 120 - cut);
  }

  it("are read from a window dump", () => {
    const picture = readXwd(dump());
    assert.deepEqual([picture.width, picture.height, [...picture.rgb]], [2, 1, [255, 0, 0, 1, 2, 3]]);
    assert.equal(countColours(picture, 24), 2);
    assert.equal(countColours(picture, 1), 1);
  });

  it("are refused when cut short or of another kind", () => {
    assert.throws(() => readXwd(dump({ cut: 1 })), ToolError);
    assert.throws(() => readXwd(dump({ bits: 16 })), ToolError);
    assert.throws(() => readXwd(Buffer.alloc(10)), ToolError);
  });

  it("are written as PNG", { skip: !zlib.crc32 }, () => {
    const png = writePng(readXwd(dump()));
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.equal(png.readUInt32BE(16), 2);
    const data = png.indexOf("IDAT");
    const rows = zlib.inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    assert.deepEqual([...rows], [0, 255, 0, 0, 1, 2, 3]);
    assert.equal(png.readUInt32BE(png.length - 4), zlib.crc32(Buffer.from("IEND")));
  });
});
