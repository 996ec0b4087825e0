// Generated from src-tauri/src/sheet/wire.rs by its tests; UPDATE_GENERATED=1 writes it anew.

import type { Language, Theme } from "./shell";

export type SheetRequest = { "op": "state" } | { "op": "fit", width: number, height: number, } | { "op": "decide", id: number, allow: boolean, remember: boolean, } | { "op": "camera" } | { "op": "file" } | { "op": "clipboard" } | { "op": "screen" } | { "op": "view" } | { "op": "look", x: number, y: number, width: number, height: number, } | { "op": "pick", index: number, } | { "op": "back" } | { "op": "cancel" };

export type Asker = { address: string, name: string, 
/**
 * A data URL, or empty.
 */
icon: string, 
/**
 * Who signed it; `null` for a developer's work.
 */
signer: string | null, };

export type Ask = { id: number, 
/**
 * The command that asks.
 */
command: "openURL" | "downloadFile" | "saveImage" | "saveVideo", 
/**
 * The host that it is about, in ASCII.
 */
host: string | null, 
/**
 * The whole of it, such as an address, as the app gave it.
 */
detail: string, 
/**
 * Why, in the developer's words.
 */
reason: string | null, 
/**
 * Whether the app has been told no for want of an answer.
 */
late: boolean, 
/**
 * Time until then, in milliseconds.
 */
left: number, };

export type ScanNote = "noCode" | "noPicture" | "tooLarge" | "unreadable" | "noScreen";

export type Code = { text: string, 
/**
 * Its corners, in the picture's own pixels.
 */
corners: [[number, number], [number, number], [number, number], [number, number]], };

export type ScanStep = { "kind": "ways" } | { "kind": "choose", texts: Array<string>, } | { "kind": "screen", 
/**
 * Size of the screen's picture, in its own pixels.
 */
width: number, height: number, 
/**
 * Size of the smaller picture that the page shows.
 */
viewWidth: number, viewHeight: number, 
/**
 * Codes found so far.
 */
codes: Array<Code>, };

export type ScanState = { step: ScanStep, 
/**
 * Whether a picture is being looked for or looked at.
 */
busy: boolean, 
/**
 * Whether a file is dragged over the window.
 */
over: boolean, 
/**
 * What went wrong last.
 */
note: ScanNote | null, 
/**
 * Whether this computer has a camera that programs can see.
 */
hasCamera: boolean, };

export type SheetState = { language: Language, theme: Theme, app: Asker, 
/**
 * Open questions, oldest first.
 */
questions: Array<Ask>, scan: ScanState | null, };
