import type { Message } from "../generated/im";
import { type Content, readContent } from "./content";

/** Most messages that are shown of one that holds others (im.md 7.11). */
const MOST = 100;

/** A message within another one. */
export interface Within {
  readonly name: string;
  readonly address: string;
  /** When it was written, in milliseconds since 1970. */
  readonly time: number;
  readonly content: Content;
}

/** Reads the messages that another one holds, as far as they are as they should be. They come from others. */
export function readForwards(forwards: readonly unknown[]): Within[] {
  return forwards.slice(0, MOST).flatMap((one) => {
    if (typeof one !== "object" || one === null) return [];
    const { nic, ndAdd, sendTime, msgType, msgContent } = one as Record<string, unknown>;
    if (typeof msgType !== "number" || typeof msgContent !== "string") return [];
    return {
      name: typeof nic === "string" ? nic.slice(0, 200) : "",
      address: typeof ndAdd === "string" ? ndAdd.slice(0, 200) : "",
      time: typeof sendTime === "number" && Number.isFinite(sendTime) && Math.abs(sendTime) < 8e15 ? sendTime : 0,
      content: readContent({ msg_type: msgType as Message["msg_type"], msg_cry: msgContent, msg_source: 0 }),
    };
  });
}
