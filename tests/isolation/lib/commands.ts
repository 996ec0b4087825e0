/** Every command that the program knows, with arguments that would do harm. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/paths.js";

interface Manifest {
  permissions: Record<string, { commands: { allow: string[] } }>;
}

/** Fits most commands: each takes of it what it knows. */
const HARM = {
  label: "main",
  value: "hostile",
  title: "hostile",
  event: "shell",
  target: { kind: "Any" },
  handler: 1,
  payload: { op: "state" },
  options: { url: "https://command.named.leak.example/", label: "hostile", title: "hostile", directory: true, multiple: false },
  path: "/etc/passwd",
  directory: 1,
  rid: 1,
  kind: "Window",
  theme: "dark",
  message: "hostile",
  request: { op: "state" },
};

/** What is in no list, because no permission is asked for it, or because it does not exist. */
const BEYOND = ["plugin:__TAURI_CHANNEL__|fetch", "plugin:shell|execute", "plugin:fs|read_file", "plugin:event|nothing", "tauri", "", "../shell", "Shell", "shell\0"];

/** Harmful arguments by command; `bridge` alone is asked for what it gives. */
export function commands(): Record<string, unknown> {
  const manifests = JSON.parse(readFileSync(join(ROOT, "src-tauri/gen/schemas/acl-manifests.json"), "utf8")) as Record<string, Manifest>;
  const listed = Object.entries(manifests).flatMap(([plugin, { permissions }]) => {
    const names = Object.values(permissions).flatMap(({ commands: { allow } }) => allow);
    return plugin === "__app-acl__" ? names : names.map((name) => `plugin:${plugin.replace("core:", "")}|${name}`);
  });
  const harmful = [...listed, ...BEYOND].map((command) => [command, HARM] as const);
  return { ...Object.fromEntries(harmful), bridge: { request: JSON.stringify({ cmd: "getLanguage" }) } };
}
