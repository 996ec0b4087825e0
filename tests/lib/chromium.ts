/** Chromium without a screen, and the messenger's page in it. */
import { chromium, type Browser, type BrowserContext, type Page, type Route } from "playwright-core";
import type { Engine } from "./engines.js";
import { folder, installed } from "./paths.js";
import { until } from "./wait.js";

/** Nobody listens there, so that whatever is not for this computer's own addresses gets nowhere. */
const NOWHERE = "http://127.0.0.1:1";

export interface MessengerOptions {
  /** BCP 47 tag of the browser's language; English unless told. */
  language?: string;
  /** Whether the system is dark. */
  dark?: boolean;
}

/** A running browser. */
export interface Chromium {
  browser: Browser;
  /** Ends it and removes all that it kept. */
  close: () => Promise<void>;
}

/** Starts a browser with a home of its own. */
export async function launchChromium(): Promise<Chromium> {
  const home = folder();
  const { DISPLAY: _screen, WAYLAND_DISPLAY: _other, ...env } = process.env;
  try {
    const browser = await chromium.launch({
      executablePath: installed("chromium"),
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--lang=en", `--proxy-server=${NOWHERE}`, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
      env: {
        ...env,
        HOME: home.path,
        TMPDIR: home.path,
        XDG_CONFIG_HOME: "",
        XDG_CACHE_HOME: "",
        XDG_DATA_HOME: "",
        DBUS_SESSION_BUS_ADDRESS: "disabled:",
      },
    });
    const close = async () => {
      await browser.close();
      // What watches for its crashes may end a moment later.
      await until("the browser's files are gone", () => (home.remove(), true));
    };
    return { browser, close };
  } catch (error) {
    home.remove();
    throw error;
  }
}

/** What a person's browser remembers: nothing yet. */
export function newContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: "UTC", reducedMotion: "reduce", serviceWorkers: "block" });
}

/** The messenger's page in a tab, and what went wrong in it. */
export class Messenger {
  private readonly seen: string[] = [];
  private readonly forgiven: RegExp[] = [];

  constructor(
    readonly page: Page,
    readonly engine: Engine,
  ) {
    page.on("console", (message) => message.type() === "error" && this.note(`console: ${message.text()}`));
    page.on("pageerror", (error) => this.note(`uncaught: ${error.stack ?? error.message}`));
    page.on("crash", () => this.note("the page crashed"));
    page.on("websocket", (socket) => this.allows(socket.url()) || this.note(`forbidden: WebSocket ${socket.url()}`));
  }

  /** Errors of the page and what it asked for elsewhere, unless forgiven. */
  get problems(): string[] {
    return this.seen.filter((problem) => !this.forgiven.some((pattern) => pattern.test(problem)));
  }

  /** Expects problems that fit a pattern, those that were and those to come. */
  forgive(pattern: RegExp): void {
    this.forgiven.push(pattern);
  }

  /** Fails if the page had problems until now that were not forgiven. Each is told once. */
  async check(): Promise<void> {
    // What the page said is told before what it answers.
    if (!this.page.isClosed()) await this.page.evaluate("0").catch(() => undefined);
    const problems = this.problems;
    this.seen.length = 0;
    if (problems.length > 0) throw new Error(`the page had ${problems.length} problems:\n${problems.join("\n")}`);
  }

  /** Lets a request through that goes to the page's server or to the engine. */
  async judge(route: Route): Promise<void> {
    const request = route.request();
    if (this.allows(request.url())) return route.continue();
    this.note(`forbidden: ${request.method()} ${request.url()}`);
    return route.abort("blockedbyclient");
  }

  private allows(url: string): boolean {
    const { protocol, host } = new URL(url);
    if (protocol === "data:" || protocol === "blob:") return true;
    return host === new URL(this.engine.origin).host || host === new URL(this.engine.http).host;
  }

  private note(problem: string): void {
    this.seen.push(problem);
  }
}

/** The address of the page for an engine. */
export function addressOf({ origin, ws, token }: Engine): string {
  return `${origin}/#engine=${encodeURIComponent(ws)}&token=${encodeURIComponent(token)}`;
}

/** Opens the page for an engine in a new tab, and waits until it is loaded. */
export async function openMessenger(context: BrowserContext, engine: Engine, { language = "en", dark = false }: MessengerOptions = {}): Promise<Messenger> {
  const page = await context.newPage();
  const messenger = new Messenger(page, engine);
  await context.route(() => true, (route) => messenger.judge(route));
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  await speak(page, language);
  await page.goto(addressOf(engine));
  return messenger;
}

/** Sets the language of a tab: what it tells servers and pages, and how it writes numbers and dates. */
async function speak(page: Page, language: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { userAgent } = await session.send("Browser.getVersion");
  await session.send("Emulation.setUserAgentOverride", { userAgent, acceptLanguage: language });
  await session.send("Emulation.setLocaleOverride", { locale: language });
}
