/** A desktop of its own for a test: a screen, a window manager, a home, a mouse and a keyboard. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ended, openDisplay } from "./display.js";
import { folder } from "./paths.js";
import { Shell, type ShellOptions } from "./shell.js";
import { until } from "./wait.js";

const run = promisify(execFile);
const DRAG_SOURCE = fileURLToPath(new URL("desktop-drag.py", import.meta.url));

/** A place on the screen, in pixels from its upper left corner. */
export interface Point {
  x: number;
  y: number;
}

/** A window's place and size on the screen, in pixels. */
export interface Frame extends Point {
  width: number;
  height: number;
}

export class Desktop {
  private readonly started: ChildProcess[] = [];

  private constructor(
    /** Value for DISPLAY. */
    readonly display: string,
    /** A folder for whatever the test makes; goes with the desktop. */
    readonly path: string,
    private readonly remove: () => Promise<void>,
  ) {}

  /** Starts the screen and the window manager. */
  static async open(): Promise<Desktop> {
    const work = folder();
    const display = await openDisplay();
    const desktop = new Desktop(display.name, work.path, async () => {
      await display.close();
      work.remove();
    });
    for (const name of ["home", "runtime"]) mkdirSync(join(work.path, name), { mode: 0o700 });
    desktop.start("evilwm", ["--bw", "1", "--fn", "fixed"]);
    await until("the window manager runs", async () => (await desktop.xprop("-root", "_NET_SUPPORTING_WM_CHECK")).includes("window id"));
    return desktop;
  }

  /** The environment of a person who works here and nowhere else. */
  get env(): Record<string, string> {
    return {
      DISPLAY: this.display,
      HOME: join(this.path, "home"),
      XDG_RUNTIME_DIR: join(this.path, "runtime"),
      XDG_DATA_HOME: "",
      XDG_CONFIG_HOME: "",
      XDG_CACHE_HOME: "",
      WAYLAND_DISPLAY: "",
      DBUS_SESSION_BUS_ADDRESS: "disabled:",
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
      GSETTINGS_BACKEND: "memory",
      LANG: "C.UTF-8",
      LC_ALL: "",
    };
  }

  /** Starts CocoCat here; the data folder is `data` below `path` unless given. */
  shell({ data = join(this.path, "data"), env = {}, ...rest }: Partial<ShellOptions> = {}): Promise<Shell> {
    return Shell.start({ display: this.display, data, env: { ...this.env, ...env }, ...rest });
  }

  /** Runs xdotool: `mouse("mousemove", "10", "20", "click", "1")`. */
  async mouse(...args: string[]): Promise<string> {
    return (await run("xdotool", args, { env: { ...process.env, ...this.env } })).stdout.trim();
  }

  /** Types text into the window that has the focus. */
  async type(text: string): Promise<void> {
    await this.mouse("type", "--delay", "0", text);
  }

  /** Presses keys, each as xdotool names them: `"Return"`, `"ctrl+l"`. */
  async press(...keys: string[]): Promise<void> {
    await this.mouse("key", "--delay", "0", ...keys);
  }

  /** Waits for a visible window of this title and gives its number. */
  async window(title: string): Promise<string> {
    const pattern = `^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
    return until(`a window named ${title}`, async () => (await this.mouse("search", "--onlyvisible", "--name", pattern)).split("\n").at(-1));
  }

  /** Waits until no visible window has this title. */
  async windowGone(title: string): Promise<void> {
    await until(`no window named ${title}`, async () => !(await this.titles()).includes(title));
  }

  /** Titles of the windows that are to be seen. */
  async titles(): Promise<string[]> {
    const numbers = await this.mouse("search", "--onlyvisible", "--name", ".").catch(() => "");
    const names = numbers.split("\n").filter(Boolean).map((number) => this.mouse("getwindowname", number).catch(() => ""));
    return (await Promise.all(names)).filter(Boolean);
  }

  /** What a window is for, as its program tells the window manager; empty if it does not. */
  async role(window: string): Promise<string> {
    const told = await this.xprop("-id", window, "WM_WINDOW_ROLE").catch(() => "");
    return /= "(.*)"/.exec(told)?.[1] ?? "";
  }

  /** Where a window is. */
  async frame(window: string): Promise<Frame> {
    const lines = await this.mouse("getwindowgeometry", "--shell", window);
    const value = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)$`, "m").exec(lines)?.[1]);
    return { x: value("X"), y: value("Y"), width: value("WIDTH"), height: value("HEIGHT") };
  }

  /** Gives a window the keyboard, by resting the pointer on it. */
  async focus(window: string): Promise<void> {
    await this.mouse("windowraise", window);
    const { x, y, width, height } = await this.frame(window);
    await this.mouse("mousemove", `${Math.round(x + width / 2)}`, `${Math.round(y + height / 2)}`);
    await this.mouse("windowfocus", "--sync", window);
  }

  /** Closes a window as its button in the frame would. */
  async close(window: string): Promise<void> {
    await this.focus(window);
    await this.press("ctrl+alt+Escape");
  }

  /** Types a path into the system's dialog for files that is open, and accepts it. */
  async chooseFile(title: string, path: string): Promise<void> {
    const window = await this.window(title);
    await this.focus(window);
    // In its list of recent files the dialog accepts no path. It makes its entry anew when it is asked for, and loses keys that come too early.
    await until(`${path} stands in the dialog`, async () => {
      await this.press("alt+Home", "ctrl+l", "ctrl+a");
      await this.type(path);
      await this.press("ctrl+a", "ctrl+c");
      return (await this.clipboard()).replace(/\/$/, "") === path;
    });
    // A list of completions that has come up takes a Return for itself. Sent to the dialog alone, so that none reaches the window below.
    await until(`the dialog ${title} has gone`, async () => {
      if (!(await this.titles()).includes(title)) return true;
      await this.mouse("key", "--window", window, "Return").catch(() => "");
      return false;
    });
  }

  /** Runs another program here until the desktop ends, or until the result is called. */
  program(command: string, ...args: string[]): () => Promise<void> {
    const child = this.start(command, args);
    return () => this.stop(child);
  }

  /** Text of the clipboard, empty if there is none. */
  async clipboard(): Promise<string> {
    const read = run("xclip", ["-selection", "clipboard", "-out"], { env: { ...process.env, ...this.env } });
    return read.then(({ stdout }) => stdout, () => "");
  }

  /** Kinds of content that the clipboard has. */
  async clipboardKinds(): Promise<string[]> {
    const read = run("xclip", ["-selection", "clipboard", "-out", "-target", "TARGETS"], { env: { ...process.env, ...this.env } });
    return read.then(({ stdout }) => stdout.split("\n"), () => []);
  }

  /** Lets another program offer files to be dragged, and takes hold of them. */
  async drag(...paths: string[]): Promise<Drag> {
    const source = this.start("/usr/bin/python3", [DRAG_SOURCE, ...paths]);
    const words = createInterface(source.stdout!);
    const said: string[] = [];
    words.on("line", (line) => said.push(line));
    const count = (word: string) => said.filter((line) => line === word).length;
    const place = await until("the drag source shows its window", () => said.find((line) => line.startsWith("at ")));
    const [x, y] = place.split(" ").slice(1).map(Number) as [number, number];
    const take = async () => {
      const before = count("dragging");
      await this.mouse("mousemove", `${x}`, `${y}`, "mousedown", "1", "mousemove_relative", "--", "-30", "-30");
      await until("the drag has begun", () => count("dragging") > before);
    };
    const letGo = async (...keys: string[]) => {
      const before = count("ended");
      if (keys.length > 0) await this.press(...keys);
      await this.mouse("mouseup", "1");
      await until("the drag has ended", () => count("ended") > before);
    };
    await take();
    return {
      over: async (point, seen) => {
        let looks = 0;
        // A target hears of a drag only when the pointer moves in it, and a hand is never still.
        await until("the files are where the pointer is", async () => {
          looks += 1;
          // A target asks for the files once, when they come in. One that never got its answer is entered again, and
          // if that does not help, the files are taken hold of once more.
          if (looks % 120 === 0) {
            await letGo("Escape");
            await take();
          } else if (looks % 30 === 0) {
            await this.mouse("mousemove", `${x}`, `${y}`);
          }
          await this.mouse("mousemove", `${point.x}`, `${point.y}`, "mousemove", `${point.x + 3}`, `${point.y + 3}`);
          return seen();
        });
      },
      drop: async () => {
        await letGo();
        await this.stop(source);
      },
    };
  }

  /** Writes what the screen shows as PNG. */
  async picture(file: string): Promise<void> {
    await run("import", ["-window", "root", file], { env: { ...process.env, ...this.env } });
  }

  /** Ends everything that was started here. */
  async end(): Promise<void> {
    for (const child of [...this.started].reverse()) await this.stop(child);
    await this.remove();
  }

  private async xprop(...args: string[]): Promise<string> {
    return (await run("xprop", args, { env: { ...process.env, ...this.env } })).stdout;
  }

  private start(command: string, args: string[]): ChildProcess {
    const child = spawn(command, args, { env: { ...process.env, ...this.env }, stdio: ["ignore", "pipe", "ignore"] });
    child.once("error", () => undefined);
    this.started.push(child);
    return child;
  }

  private async stop(child: ChildProcess): Promise<void> {
    this.started.splice(this.started.indexOf(child), 1);
    if (child.pid !== undefined) await ended(child, "SIGTERM");
  }
}

/** Files that hang on the pointer. */
export interface Drag {
  /** Moves them about at a place on the screen until it is `seen` that they are there. */
  over: (point: Point, seen: () => Promise<boolean>) => Promise<void>;
  /** Lets go of them. */
  drop: () => Promise<void>;
}
