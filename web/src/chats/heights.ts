import type { Message } from "../generated/im";
import { contentOf } from "./content";
import type { Row } from "./days";

/** Height of a line of text, and of what a bubble has besides its lines, in pixels. */
const LINE = 20.3;
const BESIDES = 30.6;
/** Space above a bubble that begins a group of one writer, and above one that goes on, in pixels. */
const APART = 9;
const TOGETHER = 2;
/** Height of a day or of the line above what is unread, of a note, and of what is no text, in pixels. */
const HEAD = 41;
const NOTE = 38;
const OTHER = 90;
/** Mean width of a letter, and of one that is as wide as high, in pixels. */
const LETTER = 7.1;
const WIDE = 14;
/** Widest text of a bubble, as a part of the list and in pixels (MessageItem), and what its padding takes. */
const PART = 0.78;
const MOST = 560;
const PADDING = 24;

const widths = new WeakMap<Message, number[]>();

/** Widths of the paragraphs of a text, in pixels. */
function paragraphs(message: Message, text: string): number[] {
  const known = widths.get(message);
  if (known) return known;
  const found = text.split("\n").map((line) => {
    const wide = line.match(/[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/gu)?.length ?? 0;
    return wide * WIDE + (line.length - wide) * LETTER;
  });
  widths.set(message, found);
  return found;
}

/** About how high a row will be in a list of this width, in pixels. The nearer it is, the less moves when the row is measured. */
export function guessHeight({ message, day, unread, first }: Row, width: number): number {
  const content = contentOf(message);
  const heads = (day ? HEAD : 0) + (unread ? HEAD : 0);
  if (message.msg_source === 2 || content.kind === "recalled" || content.kind === "group") return heads + NOTE;
  if (content.kind !== "text") return heads + OTHER;
  const room = Math.max(80, Math.min(MOST, PART * width) - PADDING);
  const lines = paragraphs(message, content.text).reduce((sum, long) => sum + Math.max(1, Math.ceil(long / room)), 0);
  return Math.round(heads + (first ? APART : TOGETHER) + BESIDES + lines * LINE);
}
