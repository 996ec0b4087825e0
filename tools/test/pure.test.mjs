import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missingFrom } from "../lib/apt.mjs";
import { table, total } from "../lib/checks.mjs";
import { countTests } from "../lib/counts.mjs";
import { ToolError } from "../lib/errors.mjs";
import { nodeFits } from "../lib/node.mjs";
import { childEnv, differs, npm } from "../lib/npm.mjs";
import { plain } from "../lib/process.mjs";
import { leastRust, rustPath } from "../lib/rust.mjs";
import { progressLine, seconds } from "../lib/steps.mjs";
import { atLeast, parseVersion } from "../lib/version.mjs";
import { reportOf } from "../commands/start.mjs";
import { choose, needsOf, stages } from "../stages.mjs";

describe("versions", () => {
  it("reads them from what tools print", () => {
    assert.deepEqual(parseVersion("cargo 1.95.0 (f2d3ce0bd 2026-03-21)"), [1, 95, 0]);
    assert.deepEqual(parseVersion("1:1.96.0+dfsg1-1~deb12u2"), [1, 96, 0]);
    assert.deepEqual(parseVersion("1.90"), [1, 90, 0]);
    assert.equal(parseVersion(null), null);
    assert.equal(parseVersion("unknown"), null);
  });

  it("compares number by number", () => {
    assert.ok(atLeast([1, 96, 0], [1, 90, 0]));
    assert.ok(atLeast([2, 0, 0], [1, 90, 5]));
    assert.ok(atLeast([1, 90, 0], [1, 90, 0]));
    assert.ok(!atLeast([1, 9, 9], [1, 90, 0]));
    assert.ok(!atLeast(null, [1, 0, 0]));
  });

  it("knows which Node.js the build tools accept", () => {
    for (const version of ["20.19.0", "20.20.2", "22.12.0", "24.21.0", "26.0.0"]) assert.ok(nodeFits(version), version);
    for (const version of ["18.20.4", "20.18.9", "21.7.0", "22.11.0"]) assert.ok(!nodeFits(version), version);
  });

  it("takes the least Rust from the manifest", () => {
    assert.deepEqual(leastRust('[workspace.package]\nedition = "2024"\nrust-version = "1.90"\n'), [1, 90, 0]);
    assert.throws(() => leastRust("[workspace]\n"), ToolError);
  });
});

describe("packages", () => {
  it("takes only what is fully installed for installed", () => {
    const listing = "xvfb installed\nxauth config-files\npkg-config installed\n";
    assert.deepEqual(missingFrom(["xvfb", "xauth", "tcpdump"], listing), ["xauth", "tcpdump"]);
    assert.deepEqual(missingFrom(["xvfb"], ""), ["xvfb"]);
  });

  it("compares the installed tree with the lock file", () => {
    const entry = { version: "1.0.0", integrity: "sha512-a" };
    const lock = {
      packages: {
        "": {}, web: {}, "node_modules/@cococat/web": { link: true },
        "node_modules/a": entry, "node_modules/other-system": { ...entry, optional: true },
      },
    };
    const tree = (packages) => ({ packages: { "node_modules/@cococat/web": { link: true }, ...packages } });
    assert.equal(differs(lock, tree({ "node_modules/a": entry })), false);
    assert.equal(differs(lock, tree({})), true, "one is missing");
    assert.equal(differs(lock, tree({ "node_modules/a": { ...entry, version: "1.0.1" } })), true, "another version");
    assert.equal(differs(lock, tree({ "node_modules/a": { ...entry, integrity: "sha512-b" } })), true, "another content");
    assert.equal(differs(lock, tree({ "node_modules/a": entry, "node_modules/b": entry })), true, "one too many");
  });
});

describe("environment of child processes", () => {
  it("forgets what an outer npm says of itself and keeps the user's settings", () => {
    const env = childEnv({
      PATH: "/nowhere", npm_package_name: "x", npm_lifecycle_event: "start", npm_config_local_prefix: "/x", npm_config_prefix: "/usr",
      npm_config_proxy: "http://proxy", npm_execpath: "/npm-cli.js", HOME: "/home/a",
    });
    assert.deepEqual(Object.keys(env).sort(), ["HOME", "PATH", "npm_config_proxy", "npm_execpath"]);
    assert.match(env.PATH, /:\/nowhere$/, "the running Node.js comes first");
  });

  it("calls the npm that called", () => {
    assert.deepEqual(npm(["ci"], { npm_execpath: "/lib/npm-cli.js" }), [process.execPath, "/lib/npm-cli.js", "ci"]);
    assert.deepEqual(npm(["ci"], { npm_execpath: "/lib/pnpm.cjs" }), ["npm", "ci"]);
    assert.deepEqual(npm(["ci"], {}), ["npm", "ci"]);
  });

  it("adds rustup's folder once", () => {
    assert.equal(rustPath({ CARGO_HOME: "/c", PATH: "/usr/bin" }), "/c/bin:/usr/bin");
    assert.equal(rustPath({ CARGO_HOME: "/c", PATH: "/usr/bin:/c/bin" }), "/usr/bin:/c/bin");
  });
});

describe("progress", () => {
  it("writes durations for people", () => {
    assert.deepEqual([0, 400, 9949, 12_300, 59_400, 65_000, 600_000].map(seconds), ["0.0 s", "0.4 s", "9.9 s", "12 s", "59 s", "1 min 05 s", "10 min 00 s"]);
  });

  it("cuts a line to the terminal", () => {
    const step = { name: "Build", since: 0, last: "Compiling 漢字漢字漢字 v1" };
    assert.equal(progressLine(step, 2000, "…", 80), "… Build  2.0 s  Compiling 漢字漢字漢字 v1");
    assert.equal(Array.from(progressLine(step, 2000, "…", 20)).length, 19);
  });

  it("removes colours and overwritten text", () => {
    assert.equal(plain("\u001b[32mok\u001b[0m"), "ok");
    assert.equal(plain("10%\r50%\rdone"), "done");
  });
});

describe("results", () => {
  it("reads the summaries of the runners", () => {
    const summary = "     Summary [   0.062s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped";
    assert.deepEqual(countTests(summary), { passed: 11, failed: 1 });
    assert.deepEqual(countTests("     Summary [   3.1s] 40 tests run: 40 passed, 0 skipped"), { passed: 40, failed: 0 });
    const cargo = "test result: ok. 3 passed; 0 failed; 1 ignored\ntest result: FAILED. 4 passed; 2 failed; 0 ignored";
    assert.deepEqual(countTests(cargo), { passed: 7, failed: 2 });
    assert.deepEqual(countTests(" Test Files  2 passed (2)\n      Tests  12 passed (12)\n"), { passed: 12, failed: 0 });
    assert.deepEqual(countTests("      Tests  1 failed | 12 passed (13)\n"), { passed: 12, failed: 1 });
    assert.deepEqual(countTests("      Tests  2 failed (2)\n"), { passed: 0, failed: 2 });
    assert.deepEqual(countTests("ℹ tests 5\nℹ suites 1\nℹ pass 5\nℹ fail 0\n"), { passed: 5, failed: 0 });
    assert.equal(countTests("nothing to see"), null);
  });

  it("sums up", () => {
    const results = [{ title: "A", ms: 1000, passed: 3, failed: 0 }, { title: "Long", ms: 61_000, passed: 1, failed: 2 }];
    assert.equal(total(results), "4 passed, 2 failed");
    assert.equal(table(results), "  A            1.0 s  3 passed\n  Long    1 min 01 s  1 passed, 2 FAILED");
  });

  it("says what failed, and what to do", () => {
    const error = new ToolError("It failed.", { output: "last words\n", log: "/log", advice: "Try again." });
    assert.equal(error.report(), "  last words\n✗ It failed.\n  Whole log: /log\n  Try again.");
  });
});

describe("stages", () => {
  it("are chosen by id or group, in their own order", () => {
    const ids = (words) => choose(words).chosen.map(({ id }) => id);
    assert.deepEqual(ids([]), stages.map(({ id }) => id));
    assert.deepEqual(ids(["web", "lint"]), ["format", "types", "web", "clippy"]);
    assert.deepEqual(choose(["web", "moon"]).unknown, ["moon"]);
  });

  it("need together what each needs", () => {
    const needs = needsOf(choose(["rust"]).chosen);
    assert.deepEqual(needs.packages, ["build", "test"]);
    assert.equal(needs.programs, undefined);
    assert.equal(needsOf(choose(["windows"]).chosen).programs, "dev");
    assert.deepEqual(needsOf(choose(["browser", "windows"]).chosen).packages, ["build", "browser", "display", "test"]);
  });
});

describe("the program's report", () => {
  it("tells when an app's page is ready, or why it will not", () => {
    assert.deepEqual(reportOf('{"event":"onload","window":"coco-a0ff"}'), { kind: "loaded" });
    assert.deepEqual(reportOf('{"event":"refused","path":"/a","message":"No."}'), { kind: "refused", message: "No." });
    assert.deepEqual(reportOf('{"event":"notOpened","address":"1","message":"No."}'), { kind: "refused", message: "No." });
    for (const line of ['{"event":"onload","window":"main"}', '{"event":"closed","window":"coco-a0"}', "null", "text", '{"event":"onload"}']) {
      assert.equal(reportOf(line), null, line);
    }
  });
});
