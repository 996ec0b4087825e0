/** The program in real windows, driven by WebKitWebDriver. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { Builder, By, Capabilities, type WebDriver } from "selenium-webdriver";
import { ended } from "./display.js";
import { program } from "./paths.js";
import { until } from "./wait.js";

/** How long the program may take to end by itself, ms. */
const GRACE = 3_000;

/** A line of `--report`. */
export interface Report {
  event: string;
  window?: string;
  [key: string]: unknown;
}

export interface ShellOptions {
  display: string;
  data: string;
  args?: string[];
  env?: Record<string, string>;
  binary?: string;
  /** Words before the driver's command, such as those that enter a namespace. */
  wrap?: string[];
  /** Part of the launcher's window to open first, the apps unless told; `null` for the one that the program opens. */
  section?: "apps" | "chats" | "contacts" | null;
}

/** An answer of the bridge, as a page sees it. */
export interface Answer {
  code: number;
  cmd?: string;
  result?: unknown;
  message?: string;
  messageId?: unknown;
  data?: unknown;
}

export class Shell {
  private constructor(
    readonly driver: WebDriver,
    readonly reports: Report[],
    readonly log: string[],
    private readonly server: ChildProcess,
  ) {}

  /** Starts the program and waits for its launcher. */
  static async start({ display, data, args = [], env = {}, binary = program("cococat"), wrap = [], section = "apps" }: ShellOptions): Promise<Shell> {
    const port = await freePort();
    const [command, ...rest] = [...wrap, "WebKitWebDriver", `--port=${port}`];
    const server = spawn(command as string, rest, {
      env: { ...process.env, DISPLAY: display, WAYLAND_DISPLAY: "", TAURI_WEBVIEW_AUTOMATION: "true", LANG: "C.UTF-8", LC_ALL: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const reports: Report[] = [];
    const log: string[] = [];
    createInterface(server.stdout!).on("line", (line) => {
      if (line.startsWith("{")) reports.push(JSON.parse(line) as Report);
      else log.push(line);
    });
    createInterface(server.stderr!).on("line", (line) => log.push(line));
    const capabilities = new Capabilities({
      browserName: "wry",
      "webkitgtk:browserOptions": { binary, args: ["--data", data, "--report", ...args] },
    });
    try {
      const address = `http://127.0.0.1:${port}`;
      await until("WebKitWebDriver listens", async () => (await fetch(`${address}/status`)).ok);
      const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
      await driver.manage().setTimeouts({ script: 60_000 });
      const shell = new Shell(driver, reports, log, server);
      await shell.report("ready");
      if (section !== null) await shell.section(section);
      return shell;
    } catch (error) {
      await ended(server, "SIGKILL");
      throw new Error(`the program did not start: ${String(error)}\n${log.join("\n")}`);
    }
  }

  /** Waits for a report, the `nth` of its kind. */
  report(event: string, match: Partial<Report> = {}, nth = 1): Promise<Report> {
    const fits = (report: Report) => report.event === event && Object.entries(match).every(([key, value]) => report[key] === value);
    return until(`report ${event} ${JSON.stringify(match)} in ${JSON.stringify(this.reports)}`, () => this.reports.filter(fits)[nth - 1]);
  }

  /** Turns the driver to the launcher. */
  launcher(): Promise<void> {
    return this.turnTo(/^tauri:\/\/localhost\/?(?:index\.html)?$/);
  }

  /** Opens a part of the launcher's window. */
  async section(name: string): Promise<void> {
    await this.launcher();
    await until(`the section ${name}`, async () => {
      const [entry] = await this.driver.findElements(By.css(`[data-test=rail-${name}]`));
      await entry?.click();
      return (await entry?.getAttribute("aria-current")) === "page";
    });
  }

  /** Turns the driver to an app's window. */
  app(host: string): Promise<void> {
    return this.turnTo(new RegExp(`^cocoapp://${host}/`));
  }

  /** Turns the driver to a window whose address fits a pattern. */
  async turnTo(address: RegExp): Promise<void> {
    await until(`a window at ${address}`, async () => {
      for (const handle of await this.driver.getAllWindowHandles()) {
        await this.driver.switchTo().window(handle);
        if (address.test(await this.driver.getCurrentUrl())) return true;
      }
      return false;
    });
  }

  /** Posts a request from the page in front, as a client without any library would, and gives its answer. */
  async post(request: Record<string, unknown>): Promise<Answer> {
    return (await this.driver.executeAsyncScript(
      `const [request, done] = arguments;
       window.addEventListener("message", function listen({ data }) {
         if (data && data.cmd === request.cmd && "code" in data && data.messageId === request.messageId) {
           window.removeEventListener("message", listen);
           done(data);
         }
       });
       window.parent.postMessage(request, "*");`,
      request,
    )) as Answer;
  }

  /** Calls a command from the page in front. */
  call(cmd: string, data?: Record<string, unknown>): Promise<Answer> {
    return this.post({ cmd, ...(data === undefined ? {} : { data }), messageId: Math.floor(Math.random() * 2 ** 40) });
  }

  /** The program's process. */
  get pid(): number {
    return this.reports.find(({ event }) => event === "ready")?.pid as number;
  }

  /** Ends the program and the driver, and waits until both are gone: a start that meets an ending program is its guest. */
  async quit(): Promise<void> {
    await this.driver.quit().catch(() => undefined);
    await ended(this.server, "SIGTERM");
    // The driver closes the windows that it still reaches; a page that died is not among them.
    const gone = () => !existsSync(`/proc/${this.pid}`);
    await until("the program ends", gone, GRACE).catch(() => gone() || process.kill(this.pid, "SIGTERM"));
    await until("the program ends", gone);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
