/** The program with a hostile app and an innocent one, in a network that is watched. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { By } from "selenium-webdriver";
import { openDisplay, type Display } from "../../lib/display.js";
import { makeApp, type TestApp } from "../../lib/packages.js";
import { folder, program } from "../../lib/paths.js";
import { Shell } from "../../lib/shell.js";
import { until } from "../../lib/wait.js";
import { Namespace, type Look } from "./namespace.js";

/** What one attack on one target saw. */
export interface Attempt {
  attack: string;
  target: string;
  url: string;
  saw: string;
}

export type Targets = Record<string, string>;

const HOSTILE = fileURLToPath(new URL("../hostile", import.meta.url));
/** In every file that a hostile page tries to leave behind. */
const PAYLOAD = "hostile-payload";
const NEIGHBOUR = {
  "index.html": "<!doctype html><meta charset=utf-8><title>Neighbour</title><script src=secret.js></script><p>Neighbour",
  "secret.js": "window.secret = 'of the neighbour';",
};

export class Captive {
  private constructor(
    readonly shell: Shell,
    readonly hostile: TestApp,
    readonly neighbour: TestApp,
    readonly work: string,
    private readonly namespace: Namespace,
    /** Ends everything and removes every trace. */
    readonly close: () => Promise<void>,
    private readonly before: Set<string>,
  ) {}

  /** Starts the program, or with `without` the one that leaves these defences out. */
  static async start(without?: string[]): Promise<Captive> {
    const work = folder();
    let display: Display | undefined;
    let shell: Shell | undefined;
    const close = async () => {
      await shell?.quit();
      await display?.close();
      work.remove();
    };
    try {
      display = await openDisplay();
      const hostile = makeApp(work.path, { title: "Hostile", from: HOSTILE });
      const neighbour = makeApp(work.path, { title: "Neighbour", files: NEIGHBOUR });
      const namespace = new Namespace(work.path);
      const variables = home(work.path);
      const before = new Set(places(work.path).flatMap(entries));
      shell = await Shell.start({
        display: display.name,
        data: join(work.path, "data"),
        args: [hostile, neighbour].flatMap(({ folder, address }) => ["--install", folder, "--open", address]),
        binary: program(without === undefined ? "cococat" : "examples/weakened"),
        wrap: namespace.wrap,
        env: { ...variables, COCO_WITHOUT: (without ?? []).join() },
      });
      const captive = new Captive(shell, hostile, neighbour, work.path, namespace, close, before);
      for (const { host } of [hostile, neighbour]) await shell.report("loaded", { window: `coco-${host}` });
      await captive.look();
      await shell.app(hostile.host);
      return captive;
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Runs a function of the hostile page that gives a promise. */
  page<T>(call: string, ...args: unknown[]): Promise<T> {
    return this.shell.driver.executeAsyncScript<T>(
      `const done = arguments[arguments.length - 1];
       Promise.resolve(${call}(...[...arguments].slice(0, -1))).then(done, (error) => done("failed: " + error));`,
      ...args,
    );
  }

  /** Runs attacks all at the same time. */
  together(group: string, targets: Targets, only?: string): Promise<Attempt[]> {
    return this.page("together", `${group}`, targets, ...(only === undefined ? [] : [only]));
  }

  /** Runs attacks one after the other. */
  oneByOne(group: string, targets: Targets, only?: string): Promise<Attempt[]> {
    return this.page("oneByOne", `${group}`, targets, ...(only === undefined ? [] : [only]));
  }

  /** Runs attacks all at once at the press of a button, as only a person gives it. */
  async pressed(group: string, targets: Targets, only?: string): Promise<Attempt[]> {
    await this.page("whenPressed", group, targets, ...(only === undefined ? [] : [only]));
    await this.shell.driver.findElement(By.id("press")).click();
    return this.page("(() => window.pressed)");
  }

  /** Opens the hostile app, or brings its window to the front, as a person does who starts the program again. */
  async open(): Promise<void> {
    const again = ["--data", join(this.work, "data"), "--open", this.hostile.address];
    await promisify(execFile)(program("cococat"), again);
  }

  /** Gives the hostile page the keyboard. */
  async focus(): Promise<void> {
    await this.open();
    await until("the hostile page has the focus", () => this.shell.driver.executeScript<boolean>("return document.hasFocus()"));
  }

  /** Everything that left until now. */
  look(): Promise<Look> {
    return this.namespace.look();
  }

  /** Ends the program and gives everything that left until the last of its processes was gone. */
  async end(): Promise<Look> {
    await this.shell.driver.quit();
    return until("the program's processes are gone", async () => {
      const look = await this.look();
      return look.programs.every((name) => name === "WebKitWebDriver") && look;
    });
  }

  /** Files that were not there at the start: everywhere in the home folder, and with the hostile text elsewhere. */
  newFiles(): string[] {
    return places(this.work)
      .flatMap(entries)
      .filter((path) => !this.before.has(path) && (isAPersons(this.work, path) || holdsPayload(path)));
  }
}

function home(work: string): Record<string, string> {
  const at = (...parts: string[]) => {
    const path = join(work, "home", ...parts);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  for (const name of ["Downloads", "Desktop", "Pictures"]) at(name);
  writeFileSync(join(at(".config"), "user-dirs.dirs"), 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n');
  return {
    HOME: at(),
    XDG_CONFIG_HOME: at(".config"),
    XDG_DATA_HOME: at(".local", "share"),
    XDG_CACHE_HOME: at(".cache"),
    XDG_STATE_HOME: at(".local", "state"),
    XDG_RUNTIME_DIR: at(".run"),
    MESA_SHADER_CACHE_DISABLE: "true",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
    DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/nonexistent",
  };
}

const places = (work: string) => [join(work, "home"), work, tmpdir(), process.cwd(), "/"];

/** Files in a folder, and in its folders where it is a home folder. */
function entries(place: string): string[] {
  const found = readdirSync(place, { withFileTypes: true, recursive: place.endsWith("/home") });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** In the home folder, but not among what libraries keep for themselves. */
const isAPersons = (work: string, path: string) => {
  const home = join(work, "home");
  return path.startsWith(home) && ![".cache", ".run"].some((name) => path.startsWith(join(home, name)));
};

function holdsPayload(path: string): boolean {
  try {
    return statSync(path).size < 1_000_000 && readFileSync(path).includes(PAYLOAD);
  } catch {
    // It is gone again, or not ours to read.
    return false;
  }
}
