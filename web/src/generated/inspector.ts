// Generated from src-tauri/src/inspector/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.
import type { Language } from "./shell";

export type ExportFormat = "json" | "ndjson";

export type InspectorRequest = { "op": "changes", since: number, } | { "op": "call", number: number, } | { "op": "clear" } | { "op": "pause", on: boolean, } | { "op": "resend", window: string, request: string, 
/**
 * The call that it was.
 */
of: number, } | { "op": "export", format: ExportFormat, numbers: Array<number>, };

export type CallState = "waiting" | "answered" | "superseded" | "dropped" | "guard";

export type PackageName = { name: string, version: string | null, };

export type CallInfo = { 
/**
 * Counts up from 1.
 */
number: number, window: string, address: string, 
/**
 * The app's name.
 */
app: string, development: boolean, 
/**
 * `null` for a request that has none.
 */
cmd: string | null, 
/**
 * JSON text, `null` for none.
 */
messageId: string | null, 
/**
 * The certificate level that the command needs; `null` for one that does not exist.
 */
level: number | null, 
/**
 * When it came, in milliseconds since 1970.
 */
at: number, state: CallState, 
/**
 * `null` while there is no answer.
 */
code: number | null, 
/**
 * From the request's arrival to its answer; `null` while there is none.
 */
microseconds: number | null, 
/**
 * Bytes of the request.
 */
requestBytes: number, 
/**
 * Bytes of the answer; 0 while there is none.
 */
answerBytes: number, 
/**
 * The call that took this one's place.
 */
supersededBy: number | null, 
/**
 * The call that was sent again.
 */
resent: number | null, 
/**
 * What the package says where `onload` says something else.
 */
package: PackageName | null, };

export type Changes = { language: Language, paused: boolean, 
/**
 * What `since` shall be the next time.
 */
revision: number, 
/**
 * The oldest call that is still kept; `null` when there is none.
 */
oldest: number | null, 
/**
 * Whether there is more to fetch at once.
 */
more: boolean, calls: Array<CallInfo>, 
/**
 * Labels of the windows that are open.
 */
windows: Array<string>, };

export type CallDetail = { info: CallInfo, 
/**
 * JSON text, or its beginning.
 */
request: string, 
/**
 * Whether it is only the beginning.
 */
requestCut: boolean, 
/**
 * JSON text, or its beginning; `null` for none.
 */
answer: string | null, answerCut: boolean, };

export type Resent = { number: number, };

export type Exported = { path: string | null, };

export type InspectorErrorKind = "off" | "gone" | "closed" | "file" | "invalid";

export type InspectorError = { kind: InspectorErrorKind, 
/**
 * English detail for people who look into it.
 */
message: string, };

export type InspectorAnswers = { changes: Changes, call: CallDetail, clear: null, pause: null, resend: Resent, export: Exported, };
