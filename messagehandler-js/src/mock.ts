/**
 * A host that is not there: answers the calls of a page that was opened outside CocoCat, for development in a browser
 * and for tests. It knows the protocol and nothing of the commands: what they answer is said by its user.
 */
import type { CommandName, ResultOf } from "./commands.js";
import { levels } from "./levels.js";
import { Code, type ErrorCode } from "./envelope.js";

/** Refuses a call: thrown by a {@link Reply}, becomes the answer's `code` and `message`. */
export class Refusal extends Error {
  /** Status code of the answer. */
  readonly code: ErrorCode;

  /**
   * @param code status code of the answer
   * @param message what was wrong and where
   */
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** Gives the `result` of a call from its `data`, now or later. */
export type Reply<Result = unknown> = (data: Record<string, unknown>, request: Record<string, unknown>) => Result | Promise<Result>;

/** What the mock host answers, by command. A command that is missing answers 30004. */
export type Replies = { [C in CommandName]?: Reply<ResultOf<C>> } & { [cmd: string]: Reply };

/**
 * Answers the requests of a page by `replies`, as CocoCat would: later, once each, with the request's `cmd` and
 * `messageId`, and only the newest of two that look alike. A command above level 0 without `sign` answers 30002.
 *
 * @param replies what to answer
 * @param page the page's window, which must be a top window: its requests come back to it, and are swallowed before any
 *   listener that was added later
 * @returns takes the host away again
 */
export function mockHost(replies: Replies, page: Window = window): () => void {
  const newest = new Map<string, object>();

  const receive = (event: MessageEvent<unknown>): void => {
    const request = event.data;
    if (!isRequest(request) || isEmbedded(event.source)) return;
    event.stopImmediatePropagation();
    const key = JSON.stringify([request.cmd, typeof request.messageId, request.messageId]);
    newest.set(key, request);
    void answer(request, replies).then((message) => {
      if (newest.get(key) !== request) return;
      newest.delete(key);
      page.dispatchEvent(new MessageEvent("message", { data: message }));
    });
  };

  page.addEventListener("message", receive, true);
  return () => {
    newest.clear();
    page.removeEventListener("message", receive, true);
  };
}

// Told by the parent, because the `window` of a test environment may be a stand-in that no event names as its source.
function isEmbedded(source: MessageEventSource | null): boolean {
  return source !== null && "parent" in source && source.parent !== source;
}

function isRequest(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && "cmd" in value && !("code" in value);
}

async function answer(request: Record<string, unknown>, replies: Replies): Promise<Record<string, unknown>> {
  const { cmd, messageId } = request;
  const echo = messageId === undefined ? { cmd } : { cmd, messageId };
  try {
    const result = await replyOf(cmd, replies)(dataOf(request), request);
    return result === undefined ? { code: Code.Success, ...echo } : { code: Code.Success, ...echo, result };
  } catch (error) {
    const code = error instanceof Refusal ? error.code : Code.Failed;
    return { code, ...echo, message: error instanceof Error ? error.message : String(error) };
  }
}

function replyOf(cmd: unknown, replies: Replies): Reply {
  const reply = typeof cmd === "string" && Object.hasOwn(replies, cmd) ? replies[cmd] : undefined;
  if (reply === undefined) throw new Refusal(Code.NoSuchCommand, `cmd: \`${String(cmd)}\` does not exist`);
  return (data, request) => {
    if ((levels[cmd as CommandName] ?? 0) > 0 && !request.sign) throw new Refusal(Code.NoCertificate, "sign: missing");
    return reply(data, request);
  };
}

function dataOf(request: Record<string, unknown>): Record<string, unknown> {
  const { data } = request;
  if (data === undefined || data === null) return request;
  if (typeof data !== "object") throw new Refusal(Code.Invalid, "data: expected an object");
  return data as Record<string, unknown>;
}
