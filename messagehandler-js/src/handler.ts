import { isAnswer, type Answer, type MessageId, type Payload } from "./envelope.js";
import { hostWindow, isFromHost, thisPage } from "./host.js";
import type { CommandName, PayloadOf, ResultOf } from "./commands.js";

/** Receives the answer to one call. What it returns is ignored; what it throws is reported as an uncaught error. */
export type Callback<Result = unknown, Cmd extends string = string> = (answer: Answer<Result, Cmd>) => void;

// A method, so that a callback for one command's answer can be kept beside those of others.
interface Waiting {
  callback(answer: Answer): void;
}

/**
 * Calls CocoCat from a CocoAPP.
 *
 * Each request gets exactly one answer, which is matched by its command and the request's `messageId`. Calls without an
 * id are matched by the command alone, so that of two under way only the newer one is answered; the same holds for two
 * with an equal id.
 *
 * Without a `window` (rendering on a server) nothing is sent and no callback is called.
 */
export class MessageHandler {
  readonly #page: Window | undefined = thisPage();
  readonly #waiting = new Map<string, Waiting>();
  #disposed = false;

  constructor() {
    this.#page?.addEventListener("message", this.#receive);
  }

  /**
   * Sends a command.
   *
   * @param cmd name of the command
   * @param payload parameters in `data`, certificate in `sign`, and `messageId`
   * @param callback receives the answer
   * @throws TypeError if the payload has a `code`, which would make the request look like an answer
   * @throws DOMException (`DataCloneError`) if the payload holds what cannot travel, such as a function
   */
  sendMessageToParent<C extends CommandName>(
    cmd: C,
    ...rest: Record<never, never> extends PayloadOf<C>
      ? [payload?: PayloadOf<C> | null, callback?: Callback<ResultOf<C>, C> | null]
      : [payload: PayloadOf<C>, callback?: Callback<ResultOf<C>, C> | null]
  ): void;
  sendMessageToParent<C extends string>(
    cmd: C extends CommandName ? never : C,
    payload?: Payload | null,
    callback?: Callback<unknown, C> | null,
  ): void;
  sendMessageToParent(cmd: string, payload?: object | null, callback?: Waiting["callback"] | null): void {
    if (this.#page === undefined || this.#disposed) return;
    const request: { cmd: string; code?: unknown; messageId?: MessageId } = Object.assign({ cmd }, payload, { cmd });
    if (request.code !== undefined) {
      throw new TypeError(`${cmd}: a request must not have a "code", which is what tells answers from requests`);
    }

    // Expected before it is sent: whatever the host does, its answer finds the callback.
    const key = keyOf(cmd, request.messageId);
    const older = this.#waiting.get(key);
    if (callback) this.#waiting.set(key, { callback });
    else this.#waiting.delete(key);
    try {
      hostWindow(this.#page).postMessage(request, "*");
    } catch (error) {
      if (older) this.#waiting.set(key, older);
      else this.#waiting.delete(key);
      throw error;
    }
  }

  /** Stops listening and forgets every call under way. Whatever is sent afterwards is not. */
  dispose(): void {
    this.#disposed = true;
    this.#waiting.clear();
    this.#page?.removeEventListener("message", this.#receive);
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    const answer = event.data;
    if (!isAnswer(answer) || !isFromHost(this.#page, event.source)) return;
    const key = keyOf(answer.cmd, answer.messageId);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    try {
      waiting.callback(answer);
    } catch (error) {
      reportError(error);
    }
  };
}

function keyOf(cmd: string, id: MessageId | undefined): string {
  return JSON.stringify(id === undefined ? [cmd] : [cmd, typeof id, String(id)]);
}
