import { describe, expect, it } from "vitest";
import { divide, lastContent, readContent } from "../src/chats/content";
import { formatDay, formatShort, rowsOf } from "../src/chats/days";
import { strengthOf } from "../src/entrance/strength";
import type { Conversation, Message } from "../src/generated/im";
import { readAccess } from "../src/im/connect";
import { isTrusted, placeOf, trust } from "../src/links";
import { languageOf } from "../src/transport/browser";

const NOON = new Date(2026, 5, 15, 12).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function message(id: string, part: Partial<Message> = {}): Message {
  return {
    msg_id: id, rs_id: "peer", msg_type: 1, msg_source: 1, msg_cry: '{"text":"hello"}', msg_state: 1, created_time: NOON, updated_time: NOON, msg_is_send: 1, b_exp: 0,
    c_nd_add: "peer", msg_version: 1, rs_type: 1, pfp_id: -1, pfp_url: "", nic: "Peer", msg_domain: "", cps: "", origin_nic: "Peer", exp_red_time: 0, is_mbr_chat: 0, is_admin: 0, is_owner: 0,
    ...part,
  };
}

describe("what a message says", () => {
  const read = (msg_type: Message["msg_type"], msg_cry: string, msg_source: Message["msg_source"] = 1) => readContent({ msg_type, msg_cry, msg_source });

  it("is told by its type", () => {
    expect(read(1, '{"text":"hi"}')).toEqual({ kind: "text", text: "hi" });
    expect(read(2, '{"type":0}', 2)).toEqual({ kind: "friends" });
    expect(read(2, '{"type":1,"time":5000}', 2)).toEqual({ kind: "burn", time: 5000 });
    expect(read(6, '{"name":"a.png","size":3}')).toEqual({ kind: "file", name: "a.png", size: 3, width: 0, height: 0, second: 0, sort: "image" });
    expect(read(12, '{"text":"yes","quoteContent":"A: no"}')).toEqual({ kind: "quote", text: "yes", quoted: "A: no", id: "" });
    expect(read(12, '{"text":"yes","quoteId":"ab"}')).toMatchObject({ id: "ab" });
    expect(read(3, '{"name":"a.ogg","size":3,"second":7}')).toMatchObject({ sort: "voice", second: 7 });
    expect(read(16, '{"cnd":"x"}')).toEqual({ kind: "recalled", by: "x" });
    expect(read(17, "{}")).toEqual({ kind: "unknown" });
  });

  it("of a bot has an answer, and why one does not answer has a reason that is known", () => {
    expect(read(1, '{"text":"t","bubbles":[]}').kind).toBe("bot");
    expect(read(1, '{"text":"t","bubbles":[]}', 0).kind).toBe("text");
    expect(read(2, '{"type":2,"reason":"clock","ahead":-3}', 2)).toEqual({ kind: "botTrouble", reason: "clock", detail: "", ahead: -3 });
    expect(read(2, '{"type":2,"reason":"constructor"}', 2)).toMatchObject({ reason: "failed" });
  });

  it.each(["", "null", "[]", "7", '{"text":{"a":1}}', '{"text":', '{"title":"x"}'])("may be nonsense: %s", (nonsense) => {
    for (const type of [1, 2, 3, 5, 10, 11, 12, 16] as const) expect(() => read(type, nonsense)).not.toThrow();
  });

  it("last in a conversation is there unless nothing was said", () => {
    const of = (msg_type: Conversation["msg_type"], msg_cry: string) => lastContent({ msg_type, msg_cry } as Conversation);
    expect(of(0, "")).toBeNull();
    expect(of(1, '{"text":"x","bubbles":[]}')).toMatchObject({ kind: "bot", text: "x" });
  });
});

describe("addresses of pages in a text", () => {
  const addresses = (text: string) => divide(text).flatMap(({ url }) => url ?? []);

  it("end where the sentence goes on", () => {
    expect(addresses("See https://a.example/x?y=1, or (http://b.example/z).")).toEqual(["https://a.example/x?y=1", "http://b.example/z"]);
    expect(addresses("https://c.example/”")).toEqual(["https://c.example/"]);
  });

  it("are of the web alone", () => {
    expect(addresses("javascript:alert(1) file:///etc/passwd data:text/html,x ftp://a.example https://")).toEqual([]);
  });

  it("leave the text whole", () => {
    const text = "a https://a.example b\nhttps://b.example";
    expect(divide(text).map((piece) => piece.text).join("")).toBe(text);
  });
});

describe("rows of a conversation", () => {
  it("have days, the line above what is unread, and groups of one writer", () => {
    const own = { msg_source: 0, c_nd_add: "me" } as const;
    const rows = rowsOf(
      [
        message("1", { created_time: NOON - DAY }),
        message("2"),
        message("3", { created_time: NOON + MINUTE }),
        message("4", { created_time: NOON + 2 * MINUTE, ...own }),
        message("5", { created_time: NOON + 20 * MINUTE, ...own }),
      ],
      "3",
    );
    expect(rows.map(({ day, unread }) => [day, unread])).toEqual([[true, false], [true, false], [false, true], [false, false], [false, false]]);
    const groups = rows.map(({ first, last }) => [first, last]);
    expect(groups).toEqual([[true, true], [true, true], [true, true], [true, true], [true, true]]);
    const [one, two] = rowsOf([message("1"), message("2", { created_time: NOON + MINUTE })], null);
    expect([one?.first, one?.last, two?.first, two?.last]).toEqual([true, false, false, true]);
  });

  it("begin with a day only when nothing is before them", () => {
    expect(rowsOf([message("1")], null).map(({ day }) => day)).toEqual([true]);
    expect(rowsOf([message("1")], null, true).map(({ day }) => day)).toEqual([false]);
  });

  it("name days as people do", () => {
    expect(formatDay(NOON, NOON + MINUTE, "en")).toBe("Today");
    expect(formatDay(NOON - DAY, NOON, "es")).toBe("Ayer");
    expect(formatDay(NOON - 3 * DAY, NOON, "en")).toBe("Friday");
    expect(formatDay(NOON - 400 * DAY, NOON, "en")).toContain("2025");
    expect(formatShort(NOON, NOON, "en")).toMatch(/^12:00/u);
    expect(formatShort(NOON - 2 * DAY, NOON, "en")).toBe("Sat");
  });
});

it("passwords are the stronger the more surprising they are", () => {
  const [...strengths] = ["", "aaaaaaaaaaaa", "123456789", "sunny1", "Sunny-Day 7", "correct horse battery"].map(strengthOf);
  expect(strengths[0]).toBe(0);
  expect(strengths[1]).toBe(0);
  expect(strengths[2]).toBe(0);
  expect(strengths.slice(3)).toEqual([...strengths.slice(3)].sort());
  expect(strengths.at(-1)).toBe(4);
});

it("a browser's page is told its engine behind the #, whole or not at all", () => {
  expect(readAccess("#engine=ws%3A%2F%2F127.0.0.1%3A4000%2Fws&token=abc")).toEqual({ url: "ws://127.0.0.1:4000/ws", token: "abc" });
  expect(readAccess("#token=abc")).toBeNull();
  expect(readAccess("#/chats")).toBeNull();
});

it("a browser's page speaks the first language of the browser that it knows", () => {
  expect(languageOf(["de-DE", "ko-KR", "en"])).toBe("ko");
  expect(languageOf(["zh-HK"])).toBe("zh-tw");
  expect(languageOf(["zh"])).toBe("zh-cn");
  expect(languageOf(["xx"])).toBe("en");
});

it("places of links are trusted one by one", () => {
  expect(placeOf("https://user@Pages.example:8443/x")).toBe("pages.example:8443");
  expect(placeOf("tel:+1")).toBeNull();
  expect(isTrusted("pages.example")).toBe(false);
  trust("pages.example");
  expect(isTrusted("pages.example")).toBe(true);
  expect(isTrusted("other.example")).toBe(false);
});
