/** Packages for tests, made and signed by the project's own tools. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program } from "./paths.js";

export interface TestApp {
  address: string;
  /** The signed folder. */
  folder: string;
  /** Its account.json. */
  key: string;
  /** Host of its origin. */
  host: string;
}

/** Runs `coco` and gives what it printed with `--json`. */
export function coco<T = Record<string, unknown>>(...args: string[]): T {
  return JSON.parse(execFileSync(program("coco"), [...args, "--json"], { encoding: "utf8" })) as T;
}

export interface AppOptions {
  title?: string;
  version?: string;
  /** Files by their path; `index.html` is the page. */
  files?: Record<string, string | Uint8Array>;
  /** A folder whose files are taken too. */
  from?: string;
}

/** Makes a new app with a key of its own below `parent` and signs it. */
export function makeApp(parent: string, { title = "Test app", version = "1.0.0", files = {}, from }: AppOptions = {}): TestApp {
  const base = join(parent, `app-${Math.random().toString(36).slice(2)}`);
  mkdirSync(base, { recursive: true });
  const made = coco<{ address: string; folder: string; account: string; host: string }>("app", "create", join(base, "package"), "--title", title);
  if (from !== undefined) cpSync(from, made.folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made.folder, path)), { recursive: true });
    writeFileSync(join(made.folder, path), content);
  }
  const app = { address: made.address, folder: made.folder, key: made.account, host: made.host };
  sign(app, title, version);
  return app;
}

/** Signs the app's folder anew. */
export function sign(app: TestApp, title: string, version: string, modified?: number): void {
  const time = modified === undefined ? [] : ["--modified", String(modified)];
  coco("app", "sign", app.folder, "--key", app.key, "--title", title, "--version", version, ...time);
}
