/**
 * Calls CocoCat and waits for the answer: a promise for every command.
 */
import { Code, isAnswer, type Answer, type Certificate, type ErrorCode } from "./envelope.js";
import { hostWindow, isFromHost, isInHost, thisPage } from "./host.js";
import type { CommandMap, CommandName, DataOf, MayLackData, ResultOf } from "./commands.js";
import { levels } from "./levels.js";
import { problemOf } from "./validate.js";

/** Milliseconds after which a call is given up, where nothing else is said. */
const TIMEOUT_MS = 30_000;

/** Commands that wait for a person or for a download, however long that takes. */
const patient = ["openURL", "scanQRCode", "downloadFile"];

/** A timer cannot wait for longer, in milliseconds; it would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const OUTSIDE = "not inside CocoCat: open the app there, or use messagehandler-js/mock in development";

/** Why a call failed: as the host answered, or because it never got there. */
export class CocoError extends Error {
  /** Status code, one of `Code`. */
  readonly code: ErrorCode;
  /** The command that was called. */
  readonly cmd: string;

  /**
   * @param code status code
   * @param cmd the command that was called
   * @param message what was wrong and where, in English, for developers
   */
  constructor(code: ErrorCode, cmd: string, message: string) {
    super(message);
    this.name = "CocoError";
    this.code = code;
    this.cmd = cmd;
  }
}

/** What holds for every call of a client. */
export interface ClientOptions {
  /** Milliseconds after which a call is given up; `Infinity` for never. Holds for every command. */
  timeout?: number | undefined;
  /** Certificate for the commands above level 0. */
  sign?: Certificate | undefined;
}

/** What holds for one call. */
export interface CallOptions extends ClientOptions {
  /** Gives the call up; what the host answers afterwards is dropped. */
  signal?: AbortSignal | undefined;
}

type Arguments<C extends CommandName> = MayLackData<C> extends true
  ? [data?: DataOf<C> | null, options?: CallOptions]
  : [data: DataOf<C>, options?: CallOptions];

/** A method for each command. */
export type Methods = { readonly [C in keyof CommandMap]: (...args: Arguments<C>) => Promise<ResultOf<C>> };

/** Calls CocoCat. Every call rejects with a {@link CocoError} when it fails, and with the signal's reason when it is aborted. */
export interface Client extends Methods {
  /**
   * Calls a command by its name.
   *
   * @param cmd name of the command, one that this library does not know too
   * @param args parameters, and what holds for this call
   */
  call<C extends CommandName>(cmd: C, ...args: Arguments<C>): Promise<ResultOf<C>>;
  call<C extends string>(cmd: C extends CommandName ? never : C, data?: object | null, options?: CallOptions): Promise<unknown>;
}

interface Waiting {
  cmd: string;
  settle(answer: Answer): void;
}

/**
 * Makes a client. It listens only while a call is under way, so that there is nothing to dispose of.
 *
 * @param defaults what holds for each of its calls that does not say otherwise
 */
export function createClient(defaults: ClientOptions = {}): Client {
  const waiting = new Map<unknown, Waiting>();
  // Beyond every timestamp, which is what other callers in the page take for an id.
  let lastId = 2 ** 52 + Math.floor(Math.random() * 2 ** 51);

  const receive = ({ data: answer, source }: MessageEvent<unknown>): void => {
    if (!isAnswer(answer) || !isFromHost(thisPage(), source)) return;
    const call = waiting.get(answer.messageId);
    if (call?.cmd === answer.cmd) call.settle(answer);
  };

  const call = (cmd: string, data?: object | null, options: CallOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      const fail = (code: ErrorCode, message: string): void => reject(new CocoError(code, cmd, message));
      if (signal?.aborted) return reject(signal.reason);
      const problem = problemOf(cmd, data ?? {});
      if (problem) return fail(Code.Invalid, problem);
      const page = thisPage();
      // A frame may have a host that says nothing of itself.
      if (page === undefined || (page.parent === page && !isInHost())) return fail(Code.Failed, OUTSIDE);

      const messageId = (lastId += 1);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        waiting.delete(messageId);
        if (waiting.size === 0) page.removeEventListener("message", receive);
      };
      const abort = (): void => {
        end();
        reject(signal?.reason);
      };
      const settle = (answer: Answer): void => {
        end();
        if (answer.code === Code.Success) resolve(answer.result);
        else fail(answer.code, answer.message ?? `${cmd}: answered ${answer.code}`);
      };

      if (waiting.size === 0) page.addEventListener("message", receive);
      waiting.set(messageId, { cmd, settle });
      signal?.addEventListener("abort", abort);
      const timeout = options.timeout ?? defaults.timeout ?? (patient.includes(cmd) ? Infinity : TIMEOUT_MS);
      if (timeout <= LONGEST_TIMER_MS) {
        timer = setTimeout(() => {
          end();
          fail(Code.TimedOut, `${cmd}: no answer within ${timeout} ms`);
        }, timeout);
      }
      const sign = options.sign ?? (levels[cmd as CommandName] === 0 ? undefined : defaults.sign);
      try {
        hostWindow(page).postMessage({ cmd, messageId, data: data ?? {}, ...(sign && { sign }) }, "*");
      } catch (error) {
        end();
        fail(Code.Invalid, `data: ${error instanceof Error ? error.message : String(error)}`);
      }
    });

  const methods = Object.keys(levels).map((cmd) => [cmd, (data?: object | null, options?: CallOptions) => call(cmd, data, options)]);
  return Object.assign(Object.fromEntries(methods), { call }) as Client;
}

/** A client without options of its own. */
export const coco: Client = /* @__PURE__ */ createClient();
