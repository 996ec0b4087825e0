import type { Message } from "../generated/im";

/** What a conversation shows from top to bottom: messages, each with what stands above it. */
export interface Row {
  readonly message: Message;
  /** Whether a day begins with it. */
  readonly day: boolean;
  /** Whether it is the first one that was unread. */
  readonly unread: boolean;
  /** First and last of several by one writer. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Messages of one writer within this time belong together, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** The day that a moment is in, as this computer counts days. */
function dayOf(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

function belong(one: Message | undefined, other: Message | undefined): boolean {
  if (!one || !other) return false;
  const written = (message: Message) => message.msg_source !== 2 && message.msg_type !== 16;
  return (
    written(one) && written(other) && one.msg_source === other.msg_source && one.c_nd_add === other.c_nd_add &&
    Math.abs(other.created_time - one.created_time) < TOGETHER && dayOf(one.created_time) === dayOf(other.created_time)
  );
}

/**
 * Puts days, and the line above what is unread, between messages, and tells which begin and end a group of one writer.
 * Whether a day begins with the first message is not known while there are `more` before it.
 */
export function rowsOf(messages: readonly Message[], unreadFrom: string | null, more = false): Row[] {
  return messages.map((message, at) => {
    const [before, after] = [messages[at - 1], messages[at + 1]];
    const unread = message.msg_id === unreadFrom;
    return {
      message,
      day: before ? dayOf(before.created_time) !== dayOf(message.created_time) : !more,
      unread,
      first: unread || !belong(before, message),
      last: after?.msg_id === unreadFrom || !belong(message, after),
    };
  });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than using it. */
function format(tag: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${tag} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(tag, options);
  formats.set(key, made);
  return made;
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function relative(tag: string): Intl.RelativeTimeFormat {
  const made = relatives.get(tag) ?? new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  relatives.set(tag, made);
  return made;
}

/** A day in words: today and yesterday by name, days of this week by theirs, others by date. */
export function formatDay(time: number, now: number, tag: string): string {
  const days = Math.round((dayOf(now) - dayOf(time)) / 86_400_000);
  if (days === 0 || days === 1) return capital(relative(tag).format(-days, "day"), tag);
  if (days > 1 && days < 7) return capital(format(tag, "weekday", { weekday: "long" }).format(time), tag);
  const thisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return format(tag, thisYear ? "day" : "date", { day: "numeric", month: "long", ...(thisYear ? {} : { year: "numeric" }) }).format(time);
}

/** When a conversation last changed, as short as a list has room: the time of today, else the day. */
export function formatShort(time: number, now: number, tag: string): string {
  const days = Math.round((dayOf(now) - dayOf(time)) / 86_400_000);
  if (days === 0) return formatTime(time, tag);
  if (days > 0 && days < 7) return format(tag, "short weekday", { weekday: "short" }).format(time);
  return format(tag, "short date", { dateStyle: "short" }).format(time);
}

/** The time of day. */
export function formatTime(time: number, tag: string): string {
  return format(tag, "time", { timeStyle: "short" }).format(time);
}

function capital(text: string, tag: string): string {
  return text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
}
