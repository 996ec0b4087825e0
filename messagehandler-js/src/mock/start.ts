/**
 * A mock host that answers every command out of the box, so that an app runs in any browser and in unit tests.
 */
import type { CommandName, Language, ResultOf } from "../commands.js";
import { Code, type ErrorCode, type Json } from "../envelope.js";
import { asking, levels } from "../levels.js";
import { problemOf } from "../validate.js";
import * as fakes from "./fakes.js";
import { answer, capabilitiesOf, dataOf, Refusal, type Replies, type Reply } from "./replies.js";
import { listen } from "./wire.js";

/** A host in a mood: the person says no, the network is away, answers take long, the disk is full, the keys are locked. */
export type Preset = "denied" | "offline" | "slow" | "storageFull" | "signedOut";

/** How the mock host shall be. */
export interface MockOptions {
  /** A mood that whole classes of commands have. */
  preset?: Preset;
  /** Answers in place of the built-in ones: a function, or the result itself. */
  overrides?: { [C in CommandName]?: Reply<ResultOf<C>> | ResultOf<C> };
  /** Milliseconds before each answer; 0 unless told, and 1,500 with the preset `slow`. */
  latency?: number;
  /** Language of the host; `en` unless told. */
  language?: Language;
  /** The app's address, as paths of `readFile` begin with it; any unless told. */
  app?: string;
  /** Files of the app by path. Others are fetched from the page's own server. */
  files?: Record<string, string | Uint8Array>;
  /** Text that `scanQRCode` finds; otherwise the browser's `prompt` asks for it. */
  scanned?: string;
  /** Key of `localStorage` under which stored data survives a reload; kept in memory unless told. */
  persist?: string;
  /** The page's window. */
  page?: Window;
}

/** A call that the mock host has answered. */
export interface MockCall {
  /** Name of the command. */
  cmd: unknown;
  /** Its parameters. */
  data: unknown;
  /** Status code of the answer. */
  code: ErrorCode | 200;
  /** What it gave back. */
  result?: unknown;
}

/** A mock host that runs. */
export interface MockHost {
  /** The calls so far, oldest first. */
  readonly calls: MockCall[];
  /** Takes the host away. */
  stop(): void;
}

/** Longest stored data in bytes of its JSON text. */
const STORED_BYTES = 1_048_576;

/** Commands that use the person's keys. */
const keyed: readonly CommandName[] = ["getAccount", "generateSignature", "verifySignature", "encrypt", "decrypt"];

/** Moods: what a command is refused with, if it is. */
const moods: { readonly [P in Preset]?: { commands: readonly CommandName[]; code: ErrorCode; message: string } } = {
  denied: { commands: asking, code: Code.Failed, message: "user rejected" },
  offline: { commands: ["downloadFile", "sendServiceMessage"], code: Code.DownloadFailed, message: "download: the network is not there" },
  storageFull: { commands: ["setExtendedData", "downloadFile", "extractFile"], code: Code.TooLarge, message: "the disk is full" },
  signedOut: { commands: keyed, code: Code.Failed, message: "locked: the user's keys are locked by a password; ask again after they were unlocked in CocoCat" },
};

/**
 * Starts a mock host. Parameters are held against the same table as in CocoCat, and refused with its codes and words.
 * Nothing that it "signs" or "encrypts" is worth anything: see the account's address, which everybody has the key of.
 *
 * @param options how it shall be
 */
export function startMockHost(options: MockOptions = {}): MockHost {
  const { preset, overrides = {}, page = window } = options;
  const latency = options.latency ?? (preset === "slow" ? 1_500 : 0);
  const mood = preset && moods[preset];
  const calls: MockCall[] = [];
  const replies: Record<string, Reply> = {};
  const builtIn = builtInReplies(options, page);
  for (const cmd of Object.keys(levels) as CommandName[]) {
    const override: unknown = overrides[cmd];
    const reply = (Object.hasOwn(overrides, cmd) ? (typeof override === "function" ? override : () => override) : builtIn[cmd]) as Reply;
    replies[cmd] = (data, request) => {
      const problem = problemOf(cmd, data);
      if (problem !== undefined) throw new Refusal(Code.Invalid, problem);
      if (mood?.commands.includes(cmd) && !Object.hasOwn(overrides, cmd)) throw new Refusal(mood.code, mood.message);
      return reply(data, request);
    };
  }
  const stop = listen(page, capabilitiesOf(replies as Replies), async (request) => {
    const given = await answer(request, replies as Replies);
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    const { code, result } = given as { code: MockCall["code"]; result?: unknown };
    calls.push({ cmd: request.cmd, data: tried(() => dataOf(request)), code, ...(result === undefined ? {} : { result }) });
    return given;
  });
  return { calls, stop };
}

function builtInReplies(options: MockOptions, page: Window): Required<{ [C in CommandName]: Reply<ResultOf<C>> }> {
  const files = new Map(Object.entries(options.files ?? {}));
  const downloads = new Set<string>();
  const stored = storage(options.persist, page);
  const nothing = (): undefined => undefined;
  return {
    onload: nothing,
    connectCocoPay: ({ chainList }) => {
      const [chain = "ETH"] = chainList as string[];
      const chainType = chain.trim().toUpperCase();
      return { chainType, account: chainType === "TRON" ? fakes.TRON_ADDRESS : fakes.ETHEREUM_ADDRESS };
    },
    getSafeAreaInsets: () => ({ safeAreaTop: 0, safeAreaBottom: 0 }),
    getLanguage: () => options.language ?? "en",
    readFile: ({ path, type }) => readFile(String(path), type !== undefined && type !== null, options.app, files, page),
    openURL: ({ url }) => {
      if (!String(url).startsWith("https://")) throw new Refusal(Code.Invalid, "data.url: expected `https://…`");
    },
    scanQRCode: () => {
      const text = options.scanned ?? page.prompt?.("scanQRCode") ?? null;
      if (text === null) throw new Refusal(Code.Failed, "user rejected");
      return text;
    },
    copyToClipboard: async ({ text }) => {
      await page.navigator.clipboard?.writeText(String(text)).catch(nothing);
    },
    generateQRCode: () => fakes.QR_PICTURE,
    saveImage: nothing,
    saveVideo: nothing,
    getAccount: ({ type }) => (type === undefined || type === null ? fakes.ADDRESS : fakes.PUBLIC_KEY),
    setExtendedData: ({ extend }) => {
      stored.set(extend as Json);
      return undefined;
    },
    getExtendedData: () => stored.get(),
    generateSignature: ({ message }) => fakes.sign(String(message)),
    verifySignature: ({ message, signatureData, signature }) => (signatureData ?? signature) === fakes.sign(String(message)),
    encrypt: ({ message }) => fakes.encrypt(String(message)),
    decrypt: ({ encryptedData, content }) => {
      const text = fakes.decrypt(String(encryptedData ?? content));
      if (text === undefined) throw new Refusal(Code.Invalid, `data.${encryptedData === undefined ? "content" : "encryptedData"}: it was not encrypted to this account`);
      return text;
    },
    downloadFile: ({ fileName }) => {
      downloads.add(String(fileName));
      return undefined;
    },
    checkDownloadStatus: ({ fileName }) => downloads.has(String(fileName)),
    extractFile: ({ archivePath }) => {
      if (!downloads.has(String(archivePath))) throw new Refusal(Code.NotFound, `data.archivePath: ${archivePath}: there is no such file`);
    },
    registerService: nothing,
    checkServiceStatus: () => true,
    sendServiceMessage: () => null,
  };
}

async function readFile(path: string, asBase64: boolean, app: string | undefined, files: Map<string, string | Uint8Array>, page: Window): Promise<string> {
  const [first, ...parts] = path.split("/");
  if (!first || (app !== undefined && first !== app)) throw new Refusal(Code.NotFound, `data.path: only files of this app can be read: \`${app ?? "<its address>"}/…\``);
  const own = parts.join("/");
  const given = files.get(own);
  const plain = parts.length > 0 && parts.every((part) => part !== "" && part !== "." && part !== "..");
  const bytes = typeof given === "string" ? fakes.bytesOf(given) : (given ?? (plain ? await fetched(parts, page) : undefined));
  if (bytes === undefined) throw new Refusal(Code.NotFound, `data.path: ${own} is not in the package`);
  const text = asBase64 ? fakes.toBase64(bytes) : fakes.textOf(bytes);
  if (text === undefined) throw new Refusal(Code.Invalid, "data.type: the file is no UTF-8 text; ask for it with `Base64`");
  return text;
}

/** From the root of the page's own server. One that answers unknown paths with a page has no file there. */
async function fetched(parts: string[], page: Window): Promise<Uint8Array | undefined> {
  const url = new URL(`/${parts.map(encodeURIComponent).join("/")}`, page.location.href);
  const response = await fetch(url).catch(() => undefined);
  const isPage = response?.headers.get("content-type")?.startsWith("text/html") && !/\.html?$/.test(url.pathname);
  return response?.ok && !isPage ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

/** Keeps one JSON value, as text, so that what comes back is what was stored and nothing that was shared. */
function storage(key: string | undefined, page: Window): { get(): Json; set(value: Json): void } {
  let kept: string | null = null;
  return {
    get: () => JSON.parse((key === undefined ? kept : page.localStorage.getItem(key)) ?? "null") as Json,
    set: (value) => {
      const text = JSON.stringify(value);
      const bytes = fakes.bytesOf(text).length;
      if (bytes > STORED_BYTES) throw new Refusal(Code.TooLarge, `data.extend: ${bytes} bytes, at most ${STORED_BYTES} are kept`);
      if (key === undefined) kept = text;
      else page.localStorage.setItem(key, text);
    },
  };
}

function tried(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
