/** Memory of a program with everything it started. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Memory counts as settled when it moved by no more than this share in a second. */
const still = 0.003;
/** Longest wait for that in seconds. */
const patience = 60;

/**
 * The proportional set size of a process and its descendants: private pages whole, shared ones by how many share them.
 * @param {number} pid
 * @returns {number} bytes
 */
export function memoryOf(pid) {
  return familyOf(pid).reduce((sum, member) => sum + pssOf(member), 0);
}

/**
 * Waits until the memory stands still, since pages go on freeing and caching after they have loaded.
 * @param {number} pid
 * @returns {Promise<number>} bytes
 */
export async function settledMemoryOf(pid) {
  let before = memoryOf(pid);
  for (let second = 0; second < patience; second += 1) {
    await pause(1000);
    const after = memoryOf(pid);
    if (Math.abs(after - before) <= still * before) return after;
    before = after;
  }
  throw new Error(`the memory of process ${pid} did not settle in ${patience} s`);
}

function familyOf(pid) {
  const children = new Map();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(name);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  // The list grows while it is walked, by the children of each member.
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

function parentOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  // The name stands in brackets and may itself hold brackets and spaces.
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function pssOf(pid) {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
  return Number(kib ?? 0) * 1024;
}

/** A file of a process, or null when the process is gone. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return null;
    throw error;
  }
}
