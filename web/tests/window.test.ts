import { describe, expect, it } from "vitest";
import { firstUnread, merged, MOST, type Stretch, withMessage, withNewer, withOlder, without } from "../src/chats/window";
import type { Message } from "../src/generated/im";

/** Messages with these times, by which they are named. */
function said(from: number, count: number, part: Partial<Message> = {}): Message[] {
  return Array.from({ length: count }, (_, at) => ({ msg_id: String(from + at), created_time: from + at, msg_source: 1, ...part }) as Message);
}

const times = ({ messages }: Stretch) => messages.map(({ created_time }) => created_time);
const ends = ({ messages }: Stretch) => [messages[0]?.created_time, messages.at(-1)?.created_time];
const middle: Stretch = { messages: said(10_000, 60), more: true, newer: true };
const end: Stretch = { messages: said(10_000, 60), more: true, newer: false };

describe("the part of a conversation that is at hand", () => {
  it("grows at both ends by pages", () => {
    const older = withOlder(middle, said(9_940, 60), true);
    expect(ends(older)).toEqual([9_940, 10_059]);
    expect([older.more, older.newer]).toEqual([true, true]);
    const newer = withNewer(older, said(10_060, 20), false);
    expect(ends(newer)).toEqual([9_940, 10_079]);
    expect([newer.more, newer.newer]).toEqual([true, false]);
    expect(withOlder(end, [], false)).toEqual({ ...end, more: false });
  });

  it("never holds more than its bound, however far one goes, and misses nothing", () => {
    let stretch: Stretch = { messages: said(99_940, 60), more: true, newer: false };
    while (stretch.more) {
      const first = stretch.messages[0]?.created_time ?? 0;
      stretch = withOlder(stretch, said(Math.max(0, first - 60), Math.min(60, first)), first > 60);
      expect(stretch.messages.length).toBeLessThanOrEqual(MOST);
    }
    expect(ends(stretch)).toEqual([0, MOST - 1]);
    expect([stretch.more, stretch.newer]).toEqual([false, true]);
    while (stretch.newer) {
      const next = (stretch.messages.at(-1)?.created_time ?? 0) + 1;
      stretch = withNewer(stretch, said(next, Math.min(60, 100_000 - next)), next + 60 < 100_000);
      expect(stretch.messages.length).toBeLessThanOrEqual(MOST);
    }
    expect(times(stretch)).toEqual(Array.from({ length: MOST }, (_, at) => 100_000 - MOST + at));
    expect(stretch.more).toBe(true);
  });

  it("takes what comes at the end, and only marks it as there when the end is not at hand", () => {
    const [message] = said(10_060, 1) as [Message];
    expect(ends(withMessage(end, message, true))).toEqual([10_000, 10_060]);
    expect(withMessage(middle, message, false)).toEqual(middle);
  });

  it("lets go of the oldest for whoever is at the end, and of the newest for others", () => {
    const full: Stretch = { messages: said(0, MOST), more: false, newer: false };
    const [message] = said(MOST, 1) as [Message];
    const atEnd = withMessage(full, message, true);
    expect([...ends(atEnd), atEnd.more, atEnd.newer]).toEqual([1, MOST, true, false]);
    const elsewhere = withMessage(full, message, false);
    expect([...ends(elsewhere), elsewhere.more, elsewhere.newer]).toEqual([0, MOST - 1, false, true]);
  });

  it("shows what becomes of a message, and nothing of one that is not at hand", () => {
    const [changed] = said(10_001, 1, { msg_state: 2 }) as [Message];
    expect(withMessage(middle, changed, false).messages[1]).toBe(changed);
    const [far] = said(3, 1) as [Message];
    expect(withMessage(middle, far, false)).toBe(middle);
    expect(ends(withMessage({ ...middle, more: false }, far, false))).toEqual([3, 10_059]);
  });

  it("has a message that comes late in its place", () => {
    const gap: Stretch = { messages: [...said(1, 2), ...said(5, 2)], more: true, newer: true };
    expect(times(withMessage(gap, said(4, 1)[0] as Message, false))).toEqual([1, 2, 4, 5, 6]);
  });

  it("loses what is deleted, or everything", () => {
    expect(times(without({ ...middle, messages: said(1, 4) }, ["2", "3"]))).toEqual([1, 4]);
    expect(without(middle, [])).toEqual({ messages: [], more: false, newer: false });
  });
});

it("messages are merged by id and put in the order of time", () => {
  const all = merged(said(2, 1), [...said(1, 1), ...said(2, 1, { msg_state: 2 })]);
  expect(all.map(({ msg_id, msg_state }) => [msg_id, msg_state])).toEqual([["1", undefined], ["2", 2]]);
});

it("the first unread message is as many received ones before the end as are unread", () => {
  const messages = [...said(1, 3), ...said(4, 2, { msg_source: 0 }), ...said(6, 1)];
  expect(firstUnread(messages, 2)).toBe("3");
  expect(firstUnread(messages, 0)).toBeNull();
  expect(firstUnread(messages, 9)).toBeNull();
});
