/**
 * Share of QR codes that are read, beside Debian's `zbarimg` on the same pictures: painted ones, graded in each category
 * from easy to hardly a code any more, so that no reader reads all.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { programPath } from "../../tools/lib/prepare.mjs";
import { interleave } from "./lib/rounds.mjs";
import { conditions } from "./lib/session.mjs";
import { median } from "./lib/statistics.mjs";

const run = promisify(execFile);
const programs = {
  set: process.env.QRSET ?? programPath("examples/qrset", "release"),
  read: process.env.QRREAD ?? programPath("examples/qrread", "release"),
};

/** What the program of this project reads in a picture. */
async function ours(picture) {
  const { stdout } = await run(programs.read, [picture.path]);
  const found = JSON.parse(stdout).texts;
  return picture.texts.filter((text) => {
    const place = found.indexOf(text);
    if (place >= 0) found.splice(place, 1);
    return place >= 0;
  }).length;
}

/** What zbarimg reads: every line counts, since it sometimes reads a code well and takes its letters for others. */
async function theirs(picture) {
  const options = ["-q", "--raw", "-Sdisable", "-Sqrcode.enable"];
  // Status 4: nothing was found.
  const { stdout } = await run("zbarimg", [...options, picture.path]).catch((error) => {
    if (error.code === 4) return { stdout: "" };
    throw error;
  });
  return Math.min(picture.texts.length, stdout.split("\n").filter((line) => line !== "").length);
}

async function timed(work) {
  const since = performance.now();
  const read = await work();
  return { read, took: performance.now() - since };
}

/** One row: how many of the codes were read, and the times of a picture. */
function row(name, pictures) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const codes = sum(pictures.map(({ texts }) => texts.length));
  const share = (side) => sum(pictures.map((picture) => picture[side].read)) / codes;
  const times = (side) => {
    const took = pictures.map((picture) => picture[side].took);
    return `${median(took).toFixed(0)} / ${Math.max(...took).toFixed(0)}`;
  };
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  const verdict = share("ours") >= share("peer") ? "met" : "NOT MET";
  return [name, String(codes), percent(share("ours")), percent(share("peer")), verdict, times("ours"), times("peer")];
}

function print(rows) {
  const all = [["", "codes", "CocoCat", "zbarimg", "at least as many", "CocoCat ms", "zbarimg ms"], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((cells) => cells[column].length)));
  for (const cells of all) console.log(`  ${cells.map((cell, column) => cell.padEnd(widths[column])).join("   ").trimEnd()}`);
}

async function measure(folder) {
  const missing = Object.values(programs).filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`${missing.join(", ")}: not built; \`npm run bench\` builds what is measured`);
  const version = execFileSync("zbarimg", ["--version"], { encoding: "utf8" }).trim();
  const note = conditions();
  await run(programs.set, [folder]);
  const lines = readFileSync(join(folder, "truth.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const pictures = [];
  for (const line of lines) {
    const picture = { ...line, path: join(folder, line.file) };
    const both = await interleave(1, () => timed(() => ours(picture)), () => timed(() => theirs(picture)));
    pictures.push({ ...picture, ours: both.ours[0], peer: both.peer[0] });
  }
  console.log("QR codes");
  console.log(`  Share of codes that were read, of ${pictures.length} pictures; zbarimg ${version}.`);
  console.log("  Times: median / greatest of a picture, each read by a process of its own.");
  console.log(`  ${note}\n`);
  const categories = [...new Set(pictures.map(({ category }) => category))];
  print([...categories.map((name) => row(name, pictures.filter(({ category }) => category === name))), row("all", pictures)]);
  console.log("");
}

const folder = mkdtempSync(join(tmpdir(), "cococat-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [signal, status] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]]) process.once(signal, () => process.exit(status));
try {
  await measure(folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
