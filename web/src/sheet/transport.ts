import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { SheetRequest, SheetState } from "../generated/sheet";

/** Name of the command that takes every request, and of the event that says that there is a new state to ask for. */
const CHANNEL = "sheet";

/** A grey picture, one byte for each pixel. */
export interface Frame {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** What the page asks the program to do, without an answer. */
export type SheetWish = Exclude<SheetRequest, { op: "state" | "view" }>;

/** The page's only way to the program behind it. */
export interface SheetTransport {
  /** Everything to show. */
  state(): Promise<SheetState>;
  /** Sends a wish; its effect comes as a change of the state. */
  wish(wish: SheetWish): Promise<void>;
  /** Sends a picture of the camera. */
  frame(frame: Frame): Promise<void>;
  /** The smaller picture of the screen, four bytes for each pixel. */
  view(): Promise<ArrayBuffer>;
  /** Calls `handler` whenever the state has changed. */
  listen(handler: () => void): Promise<() => void>;
}

/** The transport of a sheet's window. */
export const tauriTransport: SheetTransport = {
  state() {
    return invoke<SheetState>(CHANNEL, { request: { op: "state" } satisfies SheetRequest });
  },

  async wish(wish) {
    await invoke(CHANNEL, { request: wish });
  },

  async frame({ width, height, pixels }) {
    await invoke(CHANNEL, pixels, { headers: { "coco-width": `${width}`, "coco-height": `${height}` } });
  },

  view() {
    return invoke<ArrayBuffer>(CHANNEL, { request: { op: "view" } satisfies SheetRequest });
  },

  listen(handler) {
    return listen(CHANNEL, () => handler());
  },
};
