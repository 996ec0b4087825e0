/** What a test file in a browser needs: the page's server, a node, engines and Chromium. */
import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchChromium, newContext, openMessenger, type Chromium, type Messenger, type MessengerOptions } from "./chromium.js";
import { Engines, type Engine, type EngineOptions } from "./engines.js";
import { servePage, type PageServer } from "./page-server.js";

export class World {
  private readonly contexts = new Map<Engine, Promise<BrowserContext>>();
  private readonly messengers: Messenger[] = [];

  private constructor(
    readonly pages: PageServer,
    readonly engines: Engines,
    /** The node that everybody uses, by its ticket. */
    readonly node: string,
    private readonly chromium: Chromium,
  ) {}

  static async start(): Promise<World> {
    const pages = await servePage();
    const engines = new Engines();
    let chromium: Chromium | undefined;
    try {
      chromium = await launchChromium();
      return new World(pages, engines, await engines.node(), chromium);
    } catch (error) {
      await chromium?.close();
      await engines.close();
      await pages.close();
      throw error;
    }
  }

  /** The browser, for contexts besides those of {@link open}. */
  get browser() {
    return this.chromium.browser;
  }

  /** Starts an engine that uses the node and lets the page in. Nobody is registered. */
  engine(options: Partial<EngineOptions> = {}): Promise<Engine> {
    return this.engines.engine({ origin: this.pages.origin, nodes: [this.node], ...options });
  }

  /** Starts an engine for somebody who is registered and logged in. */
  async person(name: string, options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await this.engine(options);
    await engine.register(name);
    return engine;
  }

  /** Opens the page of an engine, in the one context that is its user's. */
  async open(engine: Engine, options: MessengerOptions = {}): Promise<Messenger> {
    const context = this.contexts.get(engine) ?? newContext(this.browser);
    this.contexts.set(engine, context);
    const messenger = await openMessenger(await context, engine, options);
    this.messengers.push(messenger);
    return messenger;
  }

  /** Fails if a page had problems since the last time. */
  async check(): Promise<void> {
    const checked = await Promise.allSettled(this.messengers.map((messenger) => messenger.check()));
    const failures = checked.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    if (failures.length > 0) throw new Error(failures.join("\n"));
  }

  /** Ends everything; fails if a page had problems. */
  async close(): Promise<void> {
    try {
      await this.check();
    } finally {
      await this.chromium.close();
      await this.engines.close();
      await this.pages.close();
    }
  }
}

/** Gives the file a world from before its first test until after its last, and fails each test whose pages had problems. */
export function useWorld(): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await World.start();
  });
  afterEach(() => world?.check());
  afterAll(() => world?.close());
  return () => {
    if (world === undefined) throw new Error("the world has not begun");
    return world;
  };
}
