/**
 * The mock host that knows the protocol and nothing of the commands: what they answer is said by its user.
 */
import { Code, type ErrorCode } from "../envelope.js";
import { levels } from "../levels.js";
import type { CommandName, ResultOf } from "../commands.js";
import { listen, type Request } from "./wire.js";

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
 * @param page the page's window: its requests come back to it, and are swallowed before any listener that was added later
 * @returns takes the host away again
 */
export function mockHost(replies: Replies, page: Window = window): () => void {
  return listen(page, capabilitiesOf(replies), (request) => answer(request, replies));
}

/** What a host that has these replies says it can do. */
export function capabilitiesOf(replies: Replies): { cmd: string; level: number; version: string }[] {
  return Object.keys(replies).map((cmd) => ({ cmd, level: levelOf(cmd), version: "1.0.0" }));
}

/** The answer to a request. Never rejects. */
export async function answer(request: Request, replies: Replies): Promise<Record<string, unknown>> {
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

/** The parameters of a request: its `data`, or what stands at the top level where there is none. */
export function dataOf(request: Request): Record<string, unknown> {
  const { data, cmd: _cmd, messageId: _messageId, sign: _sign, ...rest } = request;
  if (data === undefined || data === null) return rest;
  if (typeof data !== "object" || Array.isArray(data)) throw new Refusal(Code.Invalid, "data: expected an object");
  return data as Record<string, unknown>;
}

function replyOf(cmd: unknown, replies: Replies): Reply {
  const reply = typeof cmd === "string" && Object.hasOwn(replies, cmd) ? replies[cmd] : undefined;
  if (reply === undefined) throw new Refusal(Code.NoSuchCommand, `cmd: \`${String(cmd)}\` does not exist`);
  return (data, request) => {
    if (levelOf(String(cmd)) > 0 && !isFilled(request.sign)) throw new Refusal(Code.NoCertificate, "sign: missing");
    return reply(data, request);
  };
}

function levelOf(cmd: string): number {
  return Object.hasOwn(levels, cmd) ? levels[cmd as CommandName] : 0;
}

function isFilled(sign: unknown): boolean {
  const { content, signature } = (sign ?? {}) as { content?: unknown; signature?: unknown };
  return [content, signature].some((text) => text !== undefined && String(text).trim() !== "");
}
