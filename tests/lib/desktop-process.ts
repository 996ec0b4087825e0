/** Processes of a running program, found by what Linux tells of them (proc(5)). */
import { readFileSync, readdirSync } from "node:fs";
import type { Shell } from "./shell.js";
import { until } from "./wait.js";

/** How long a page is watched to tell whether it computes, in milliseconds. */
const BUSY = 300;

/** By how much a page grows to be told from others, which begin with less, in MiB. */
const GROWTH = 512;

/** Ticks in a second on every Linux of today (`getconf CLK_TCK`). */
const TICKS = 100;

/** Bytes of a page of memory on x86-64 and most of arm64 (`getconf PAGESIZE`). */
const PAGE = 4096;

interface Process {
  pid: number;
  parent: number;
  name: string;
  /** Time it has computed, in ticks. */
  computed: number;
  /** Memory that it takes now, in MiB. */
  memory: number;
}

function processes(): Process[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name stands in parentheses and may have any character.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") return [];
      const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
      return [{ pid: Number(pid), parent: Number(fields[1]), name, computed: Number(fields[11]) + Number(fields[12]), memory: (Number(fields[21]) * PAGE) / 2 ** 20 }];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

/** The CocoCat that uses a data folder, if one runs. */
export function programOf(data: string): number | undefined {
  return processes().find(({ pid, name }) => {
    if (name !== "cococat") return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(data);
    } catch {
      return false;
    }
  })?.pid;
}

/** Processes in which a program's pages run. */
function pageProcesses(program: number): Process[] {
  const all = processes();
  const below = new Set([program]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid, name }) => below.has(pid) && name.startsWith("WebKitWebProces"));
}

/** The process of the page that the driver is turned to: the one that grows as much as the page asks it to. */
export async function pageProcess(shell: Shell, program: number): Promise<number> {
  const before = new Map(pageProcesses(program).map(({ pid, memory }) => [pid, memory]));
  await shell.driver.executeScript(`window.grown = new Uint8Array(${GROWTH} * 2 ** 20).fill(1);`);
  const grown = pageProcesses(program).filter(({ pid, memory }) => memory - (before.get(pid) ?? memory) > GROWTH * 0.9);
  await shell.driver.executeScript("delete window.grown;");
  if (grown[0] === undefined || grown.length > 1) throw new Error(`${grown.length} processes grew with the page`);
  return grown[0].pid;
}

/** The process of a page that computes at the moment for most of the time, if there is one. */
export async function busiest(program: number): Promise<number | undefined> {
  const before = new Map(pageProcesses(program).map(({ pid, computed }) => [pid, computed]));
  const start = performance.now();
  await until("a moment to have passed", () => performance.now() - start > BUSY);
  const most = (BUSY / 1000) * TICKS * 0.6;
  return pageProcesses(program).find(({ pid, computed }) => computed - (before.get(pid) ?? computed) > most)?.pid;
}

/** Ends a process as a crash would, and waits until it is gone. */
export async function kill(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await gone(pid);
}

/** Waits until a process has ended. */
export async function gone(pid: number): Promise<void> {
  await until(`the end of process ${pid}`, () => !runs(pid));
}

/** Whether a process runs. */
export function runs(pid: number): boolean {
  return processes().some((process) => process.pid === pid);
}
