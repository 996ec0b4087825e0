/**
 * What travels between a CocoAPP and CocoCat (SDK reference, "Call Description").
 */

/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A certificate that raises the level of a call. Level 0 commands never look at it. */
export interface Certificate {
  /** The certified facts as JSON text, to the letter as they were signed. */
  content: string;
  /** Bitcoin signed message over `content`, Base64. */
  signature: string;
}

/** What an answer is matched by, besides its command. The SDK reference uses milliseconds; any number or text is echoed. */
export type MessageId = number | string;

/** The parameters of a call beside its command. */
export interface Payload {
  /** Parameters of the command. */
  data?: unknown;
  /** Certificate, for commands above level 0. */
  sign?: Certificate;
  /** Tells two calls of the same command apart. Without it, a newer call supersedes an older one that is still under way. */
  messageId?: MessageId;
  /** Names an answer by its presence, so that no request may have it. */
  code?: never;
  /** Given apart, as the first argument. */
  cmd?: never;
  /** Commands outside the reference may take parameters at the top level. */
  [parameter: string]: unknown;
}

/** What each status code means. */
export const Code = {
  /** The call did what it should. */
  Success: 200,
  /** Malformed request or invalid parameters; `message` says where. */
  Invalid: 30001,
  /** The command needs a certificate and the call had none. */
  NoCertificate: 30002,
  /** The certificate is not valid for this call. */
  BadCertificate: 30003,
  /** No command of that name. */
  NoSuchCommand: 30004,
  /** What was asked for is not there. */
  NotFound: 30005,
  /** Unknown chain. */
  UnknownChain: 30006,
  /** A download failed or gave way to a newer one. */
  DownloadFailed: 30007,
  /** Too much data. */
  TooLarge: 30010,
  /** Nobody and nothing answered in time. */
  TimedOut: 30011,
  /** Anything else; also that the user refused, then `message` is `user rejected`. */
  Failed: 30100,
} as const;

/** A status code other than success. */
export type ErrorCode = Exclude<(typeof Code)[keyof typeof Code], typeof Code.Success>;

/** The answer to a call that succeeded. */
export interface Success<Result = unknown, Cmd extends string = string> {
  code: typeof Code.Success;
  cmd: Cmd;
  /** What the command gives back; absent for commands that give nothing back. */
  result: Result;
  /** The id of the request, if it had one. */
  messageId?: MessageId;
}

/** The answer to a call that failed. */
export interface Failure<Cmd extends string = string> {
  code: ErrorCode;
  cmd: Cmd;
  /** What was wrong and where, in English, for developers. */
  message?: string;
  /** The id of the request, if it had one. */
  messageId?: MessageId;
}

/** The one answer that every request gets. `code` tells the two apart. */
export type Answer<Result = unknown, Cmd extends string = string> = Success<Result, Cmd> | Failure<Cmd>;

/**
 * Whether a value that arrived as a message has the shape of an answer: an object with a textual `cmd` and a numeric
 * `code`. Requests, which have no `code`, and the messages of other libraries are none.
 */
export function isAnswer(value: unknown): value is Answer {
  if (typeof value !== "object" || value === null) return false;
  const { cmd, code } = value as { cmd?: unknown; code?: unknown };
  return typeof cmd === "string" && typeof code === "number";
}
