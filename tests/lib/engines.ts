/** Real engines and nodes as processes, asked by their routes. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folder, program } from "./paths.js";
import { quietPort } from "./port.js";
import { startReady, type Running } from "./ready.js";
import { until } from "./wait.js";

/** The login password of everybody whom a test registers without another. */
export const PASSWORD = "Correct horse battery staple";

/** How long the network may take, ms. */
const PATIENCE = 60_000;

/** The state of a contact that both sides agreed to. */
const AGREED = 2;

/** The answer of a route. */
export interface Answer {
  /** 200, or why not. */
  code: number;
  message: string;
  data: unknown;
}

export interface EngineOptions {
  /** Origin of the pages that may connect. */
  origin: string;
  /** Tickets of nodes; without one nobody is reached. */
  nodes?: string[];
  /** Milliseconds that its clock is ahead. */
  clockOffset?: number;
  /** More arguments of `coco engine`. */
  args?: string[];
}

interface Doors {
  http: string;
  ws: string;
  token: string;
}

/** One user's engine. It keeps its folder and its port when it is started again. */
export class Engine {
  private running?: Running<Doors>;
  private doors?: Doors;

  private constructor(
    /** Its folder. */
    readonly data: string,
    private readonly port: number,
    private readonly options: EngineOptions,
  ) {}

  /** Starts one. Nobody is logged in. */
  static async start(data: string, options: EngineOptions): Promise<Engine> {
    const engine = new Engine(data, await quietPort(), options);
    await engine.start();
    return engine;
  }

  /** Starts it again after {@link kill}, perhaps at another time. Nobody is logged in, and its token is the same. */
  async start(clockOffset = this.options.clockOffset ?? 0): Promise<void> {
    if (this.running !== undefined) throw new Error("the engine runs");
    const { origin, nodes = [], args = [] } = this.options;
    const all = ["engine", "--data", this.data, "--listen", `127.0.0.1:${this.port}`, "--origin", origin, "--no-nearby"];
    const more = [`--clock-offset=${clockOffset}`, ...nodes.flatMap((ticket) => ["--node", ticket]), ...args];
    this.running = await startReady<Doors>(program("coco"), [...all, ...more], environment());
    this.doors = this.running.ready;
  }

  /** Ends it at once, as `kill -9` does. */
  async kill(): Promise<void> {
    const running = this.running;
    delete this.running;
    await running?.kill();
  }

  /** Origin of the pages that may connect. */
  get origin(): string {
    return this.options.origin;
  }

  /** Where its routes are asked, also while it does not run. */
  get http(): string {
    return this.door("http");
  }

  /** Where its WebSocket is, also while it does not run. */
  get ws(): string {
    return this.door("ws");
  }

  /** What lets clients in. */
  get token(): string {
    return this.door("token");
  }

  /** What the program said last, for the message of a failure. */
  words(): string {
    return this.running?.words() ?? "";
  }

  /** Calls a route. */
  async ask(module: string, method: string, body: object = {}): Promise<Answer> {
    const answer = await fetch(this.http, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ ...body, __SERVER_ROUTE_MODULE: module, __SERVER_ROUTE_METHOD: method }),
    });
    return (await answer.json()) as Answer;
  }

  /** The data of a route that must succeed. */
  async get<T = unknown>(module: string, method: string, body: object = {}): Promise<T> {
    const { code, message, data } = await this.ask(module, method, body);
    if (code !== 200) throw new Error(`${module}/${method}: ${code} ${message}\n${this.words()}`);
    return data as T;
  }

  /** Makes an account with a name, logs in and gives its address. */
  async register(name: string, password = PASSWORD): Promise<string> {
    await this.get("login", "init");
    await this.get("login", "register", { imPwd: password, walletPwd: "Another horse", type: "text" });
    await this.login(password);
    await this.get("user", "updateUserSingleInfo", { nickname: name });
    return this.address();
  }

  /** Logs in, also after a start. */
  async login(password = PASSWORD): Promise<void> {
    await this.get("login", "init");
    await this.get("login", "exportLogin", { password, loginType: "text" });
  }

  /** The address of who is logged in. */
  async address(): Promise<string> {
    return (await this.get<{ u_nd_add: string }>("user", "getUserSingleInfo")).u_nd_add;
  }

  private door(name: keyof Doors): string {
    if (this.doors === undefined) throw new Error("the engine never ran");
    return this.doors[name];
  }
}

/** The engines and nodes of a test file, in one folder that goes away with them. */
export class Engines {
  private readonly home = folder();
  private readonly started: Promise<{ kill: () => Promise<void> }>[] = [];

  /** Starts an engine with a folder of its own. */
  engine(options: EngineOptions): Promise<Engine> {
    return this.keep(Engine.start(this.room("engine"), options));
  }

  /** Starts a node and gives its ticket. */
  async node(...args: string[]): Promise<string> {
    const all = ["node", "--data", this.room("node"), ...args];
    return (await this.keep(startReady<{ ticket: string }>(program("coco"), all, environment()))).ready.ticket;
  }

  /** Kills all that runs, and what is only just starting, and removes what it kept. */
  async close(): Promise<void> {
    for (const one of await Promise.allSettled(this.started.splice(0))) if (one.status === "fulfilled") await one.value.kill();
    this.home.remove();
  }

  private keep<T extends { kill: () => Promise<void> }>(one: Promise<T>): Promise<T> {
    this.started.push(one);
    return one;
  }

  private room(kind: string): string {
    const path = join(this.home.path, `${kind}-${this.started.length + 1}`);
    mkdirSync(path);
    return path;
  }
}

/** Makes two people contacts, by a request and its acceptance. */
export async function befriend(one: Engine, other: Engine, words = "Hello"): Promise<void> {
  const [first, second] = await Promise.all([one.address(), other.address()]);
  await one.get("contact", "addFriend", { nodeId: second, content: words });
  const asked = async () => (await other.get<{ nodeId: string }[]>("contact", "getApplyList")).some(({ nodeId }) => nodeId === first);
  await until("the friend request arrives", asked, PATIENCE);
  await other.get("contact", "agreeApplySync", { nodeId: first });
  await until("both are contacts", async () => (await isContact(one, second)) && (await isContact(other, first)), PATIENCE);
}

/** Whether somebody is a contact to whom both sides agreed. */
export async function isContact(engine: Engine, address: string): Promise<boolean> {
  const contacts = await engine.get<{ c_nd_add: string; c_state: number }[]>("contact", "getContacts");
  return contacts.some(({ c_nd_add, c_state }) => c_nd_add === address && c_state === AGREED);
}

/** English texts, whatever the person who runs the tests speaks. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, LANG: "C.UTF-8", LC_ALL: "", LC_MESSAGES: "", LANGUAGE: "" };
}
