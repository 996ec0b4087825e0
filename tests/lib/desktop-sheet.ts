/** The sheet: the window in which the person is asked about an app, as they use it. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Desktop } from "./desktop.js";
import type { Answer, Shell } from "./shell.js";
import { until } from "./wait.js";

/** Address of the sheet's page. */
const PAGE = /^tauri:\/\/localhost\/sheet\.html/;

/** What the window manager knows the window by. */
const ROLE = "sheet";

/** A call of an app that may wait for the person. */
export interface Waiting {
  /** Whether an answer has come. */
  answered: () => Promise<boolean>;
  /** Waits for the answer; `after` is how long it took by the page's clock, in milliseconds. */
  answer: () => Promise<Answer & { after: number }>;
}

export class Sheet {
  constructor(
    private readonly desktop: Desktop,
    private readonly shell: Shell,
  ) {}

  /** Calls a command from an app's page, without waiting for the answer. */
  async call(host: string, cmd: string, data: Record<string, unknown> = {}): Promise<Waiting> {
    await this.shell.app(host);
    const messageId = Math.floor(Math.random() * 2 ** 40);
    await this.shell.driver.executeScript(
      `const [request] = arguments;
       const begun = performance.now();
       window.answers ??= {};
       window.addEventListener("message", function listen({ data }) {
         if (data?.messageId !== request.messageId || !("code" in data)) return;
         window.removeEventListener("message", listen);
         window.answers[request.messageId] = { ...data, after: performance.now() - begun };
       });
       window.parent.postMessage(request, "*");`,
      { cmd, data, messageId },
    );
    const look = async () => {
      await this.shell.app(host);
      return (await this.shell.driver.executeScript<(Answer & { after: number }) | null>(`return window.answers?.[${messageId}] ?? null`)) ?? undefined;
    };
    return {
      answered: async () => (await look()) !== undefined,
      answer: () => until(`an answer to ${cmd}`, look),
    };
  }

  /** Turns the driver to the sheet and waits until it shows what a selector names. */
  async shows(selector: string): Promise<void> {
    await until(`${selector} in the sheet`, () => this.has(selector));
  }

  /** Turns the driver to the sheet and says whether it shows what a selector names. */
  async has(selector: string): Promise<boolean> {
    await this.shell.turnTo(PAGE);
    return this.script("return document.querySelector(arguments[0]) !== null", selector);
  }

  /** Waits until a question or a scan is to be seen, and can be answered. */
  async ready(): Promise<void> {
    await this.shows("[data-ready], [data-test=scan]");
    await this.window();
  }

  /** Runs a script in the sheet's page, to which the driver is turned. */
  script<T>(code: string, ...args: unknown[]): Promise<T> {
    return this.shell.driver.executeScript(code, ...args) as Promise<T>;
  }

  /** Text of the element with this `data-test`, empty if there is none. */
  text(test: string): Promise<string> {
    return this.script("return document.querySelector(arguments[0])?.innerText ?? ''", `[data-test=${test}]`);
  }

  /** The sheet's number on the screen, when it is to be seen. */
  window(): Promise<string> {
    return until("the sheet on the screen", async () => (await this.windows()).at(-1));
  }

  /** Whether a sheet is to be seen. */
  async isShown(): Promise<boolean> {
    return (await this.windows()).length > 0;
  }

  private async windows(): Promise<string[]> {
    const found = await this.desktop.mouse("search", "--onlyvisible", "--name", "^CocoCat$").catch(() => "");
    const roles = found.split("\n").filter(Boolean).map(async (window) => ({ window, role: await this.desktop.role(window) }));
    return (await Promise.all(roles)).filter(({ role }) => role === ROLE).map(({ window }) => window);
  }

  /** Waits until there is none. */
  async gone(): Promise<void> {
    await until("no sheet", async () => !(await this.isShown()));
  }

  /** Moves the pointer to the middle of what a selector names, as far into it as `part` says, and clicks. */
  async click(selector: string): Promise<void> {
    await until(`a click on ${selector}`, async () => {
      const { x, y } = await this.place(selector);
      await this.desktop.mouse("mousemove", `${x}`, `${y}`, "click", "1");
      return true;
    });
  }

  /** Where the middle of what a selector names is on the screen, or another part of it. */
  async place(selector: string, across = 0.5, down = 0.5): Promise<{ x: number; y: number }> {
    const frame = await this.desktop.frame(await this.window());
    const box = await this.script<[number, number, number, number] | null>(
      "const box = document.querySelector(arguments[0])?.getBoundingClientRect(); return box ? [box.x, box.y, box.width, box.height] : null",
      selector,
    );
    if (box === null) throw new Error(`no ${selector}`);
    return { x: Math.round(frame.x + box[0] + box[2] * across), y: Math.round(frame.y + box[1] + box[3] * down) };
  }

  /** Answers the question that is shown. */
  async decide(allow: boolean): Promise<void> {
    await this.ready();
    await this.click(`[data-test=${allow ? "allow" : "refuse"}]`);
  }

  /** Makes the box behind “don't ask again” be as said. */
  async remember(wanted: boolean): Promise<void> {
    await this.ready();
    const is = () => this.script<boolean>("return document.querySelector('[data-test=remember]').checked");
    if ((await is()) === wanted) return;
    await this.click("[data-test=remember]");
    await until("the box is as wanted", async () => (await is()) === wanted);
  }
}

/** A browser that keeps the addresses it is given. */
export class Browser {
  private readonly list: string;
  /** What the program needs in its environment to find it. */
  readonly env: Record<string, string>;

  constructor(path: string) {
    const bin = join(path, "bin");
    this.list = join(path, "opened");
    mkdirSync(bin);
    writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${this.list}'\n`);
    chmodSync(join(bin, "xdg-open"), 0o755);
    this.env = { PATH: `${bin}:${process.env.PATH ?? ""}` };
  }

  /** The addresses so far. */
  get opened(): string[] {
    return existsSync(this.list) ? readFileSync(this.list, "utf8").split("\n").filter(Boolean) : [];
  }

  /** Waits for so many addresses. */
  async has(count: number): Promise<string[]> {
    return until(`${count} pages in the browser`, () => this.opened.length >= count && this.opened);
  }
}
