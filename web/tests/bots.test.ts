import { enableAutoUnmount, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import BotAnswer from "../src/bots/BotAnswer.vue";
import BotMenu from "../src/bots/BotMenu.vue";
import BotPicture from "../src/bots/BotPicture.vue";
import { BOT_PICTURES, type PictureLoader } from "../src/bots/pictures";
import { type Action, type Cell, readAnswer, tapOf } from "../src/bots/protocol";
import { planOf } from "../src/bots/table";
import { i18n } from "../src/i18n";
import "../src/texts";

enableAutoUnmount(afterEach);

const PICTURE = "https://pictures.example/cat.png";
const postback = (text: string) => ({ type: "postback", data: { postback: text } });
const link = (url: unknown) => ({ type: "link", data: { url } });
const words = (description: string, more: object = {}) => ({ type: "text", data: { description, ...more } });
const button = (title: string, action: unknown = postback(title), more: object = {}) => ({ type: "button", title, data: { type: "basic", action, ...more } });
const picture = (more: object = {}) => ({ type: "image", data: { imageUrl: PICTURE, ...more } });
const cell = (data: unknown, colSpan = 1, rowSpan = 1) => ({ colSpan, rowSpan, data });
const template = (data: object) => ({ type: "template", data });

/** An answer on the page. */
function show(content: object, { live = true, load }: { live?: boolean; load?: PictureLoader } = {}) {
  const provide = load ? { [BOT_PICTURES as symbol]: load } : {};
  return mount(BotAnswer, { props: { answer: readAnswer(content), live }, attachTo: document.body, global: { plugins: [i18n], provide } });
}

type Shown = ReturnType<typeof show>;
const find = (shown: Shown, test: string) => shown.find(`[data-test="${test}"]`);
const findAll = (shown: Shown, test: string) => shown.findAll(`[data-test="${test}"]`);
const taps = (shown: Shown) => (shown.emitted("tap") ?? []).map(([tap]) => tap);

describe("reading", () => {
  it.each([[undefined], [null], [7], ["text"], [[]], [[{}]]])("%j is a note", (content) => {
    expect(readAnswer(content)).toEqual({ bubbles: [{ type: "unsupported" }], quickButtons: [], menu: null, cut: false });
  });

  it("takes the text of a message without bubbles", () => {
    expect(readAnswer({ text: "Hello" }).bubbles).toMatchObject([{ type: "text", description: "Hello" }]);
    expect(readAnswer({ text: "Hello", bubbles: [] }).bubbles).toEqual([]);
  });

  it("makes notes of what is malformed or unknown", () => {
    const bubbles = [null, 1, {}, { type: "text" }, { type: "text", data: [] }, { type: "hologram", data: {} }, { type: "carousel", data: {} }, { type: ["text"], data: {} }];
    expect(readAnswer({ bubbles }).bubbles).toEqual(bubbles.map(() => ({ type: "unsupported" })));
  });

  it("overlooks fields of other types, and empty bubbles", () => {
    expect(readAnswer({ bubbles: [{ type: "text", title: 3, data: { description: {}, url: 5, action: "x" } }] }).bubbles).toEqual([]);
    expect(readAnswer({ quickButtons: "no", bubbles: [words("a")], persistentMenu: 4 })).toMatchObject({ quickButtons: [], menu: null });
  });

  it("lets no carousel into a carousel, and nothing but basic components into tables", () => {
    const inner = { type: "carousel", data: { cards: [words("a")] } };
    const nested = { type: "carousel", data: { cards: [inner, template({ cover: inner, contentTable: [[cell(template({}))]] })] } };
    const [carousel] = readAnswer({ bubbles: [nested] }).bubbles;
    expect(carousel).toMatchObject({ cards: [{ type: "unsupported" }, { cover: { type: "unsupported" }, contentTable: { rows: [[{ part: { type: "unsupported" } }]] } }] });
  });

  it("stops where there is too much, and says so", () => {
    expect(readAnswer({ bubbles: Array(51).fill(words("a")) })).toMatchObject({ cut: true, bubbles: { length: 50 } });
    const table = Array(100).fill(Array(20).fill(cell(button("b"))));
    const answer = readAnswer({ bubbles: Array(50).fill(template({ cover: words("a"), contentTable: table })) });
    expect(answer.cut).toBe(true);
    expect(JSON.stringify(answer).match(/"button"/gu)?.length).toBeLessThanOrEqual(1000);
    expect(readAnswer({ bubbles: [words("a")] }).cut).toBe(false);
  });

  it("shortens endless texts without breaking a letter", () => {
    const [bubble] = readAnswer({ bubbles: [words(`${"a".repeat(15_999)}😀b`)] }).bubbles;
    expect(bubble).toMatchObject({ description: `${"a".repeat(15_999)}…` });
  });

  it("loads no pictures but by https", () => {
    const urls = ["http://a.example/", "data:image/png;base64,", "file:///etc/passwd", "https:/\n/a.example", "https://"];
    for (const imageUrl of urls) expect(readAnswer({ bubbles: [{ type: "image", data: { imageUrl } }] }).bubbles).toMatchObject([{ imageUrl: "" }]);
  });
});

describe("a tap", () => {
  const sends = { postback: "go", postbackFull: "", displayText: "" };

  it.each<[Action, string, unknown]>([
    [{ type: "postback", ...sends }, "", { kind: "send", text: "go", postback: "go", open: false }],
    [{ type: "utterance", ...sends, postbackFull: "go:1", displayText: "Go!" }, "", { kind: "send", text: "Go!", postback: "go:1", open: false }],
    [{ type: "postback", ...sends, postback: "", postbackFull: "go:1" }, "Go", { kind: "send", text: "Go", postback: "go:1", open: false }],
    [{ type: "welcome", ...sends }, "", { kind: "send", text: "go", postback: "go", open: true }],
    [{ type: "welcome", ...sends, postback: "" }, "Again", { kind: "send", text: "Again", postback: "Again", open: true }],
    [{ type: "postback", ...sends, postback: "" }, "Go", null],
    [{ type: "link", url: "HTTP://example.com/a?b#c" }, "", { kind: "link", url: "http://example.com/a?b#c" }],
    [{ type: "link", url: "javascript:alert(1)" }, "", null],
    [{ type: "link", url: " https://example.com" }, "", null],
    [{ type: "link", url: "https://exa\nmple.com" }, "", null],
    [{ type: "link", url: "https:example.com" }, "", null],
    [{ type: "phone", number: "400-1", name: "" }, "", { kind: "call", number: "400-1" }],
    [{ type: "phone", number: "400-1", name: "Desk" }, "", { kind: "call", number: "400-1", name: "Desk" }],
    [{ type: "phone", number: "", name: "Desk" }, "", null],
  ])("of %j named %j is %j", (action, name, tap) => {
    expect(tapOf(action, name)).toEqual(tap);
  });

  it("of no or of an unknown action is none", () => {
    expect(tapOf(null)).toBeNull();
    expect(readAnswer({ bubbles: [button("b", { type: "launch", data: {} })] }).bubbles).toMatchObject([{ action: null }]);
  });
});

describe("a text", () => {
  it("is text, whatever is in it", () => {
    const shown = show({ bubbles: [words("<img src=x onerror=alert(1)>\n{{ 1 + 1 }}")] });
    expect(find(shown, "bot-words").find("p").element.textContent).toBe("<img src=x onerror=alert(1)>\n{{ 1 + 1 }}");
    expect(shown.find("img").exists()).toBe(false);
    expect(shown.find("[data-selectable]").exists()).toBe(true);
  });

  it("names the host beside the name of its link", async () => {
    const shown = show({ bubbles: [words("", { url: "https://evil.example/bank", urlAlias: "bank.example", action: postback("x") })] });
    expect(find(shown, "bot-link").text()).toContain("evil.example");
    await find(shown, "bot-link").trigger("click");
    expect(taps(shown)).toEqual([{ kind: "link", url: "https://evil.example/bank" }]);
  });

  it("is tapped by mouse and keyboard", async () => {
    const shown = show({ bubbles: [{ ...words("Text", { action: postback("x") }), title: "Title" }] });
    const title = shown.find("[role=button]");
    expect(title.text()).toBe("Title");
    await title.trigger("keydown", { key: "Enter" });
    await title.trigger("keydown", { key: " " });
    await title.trigger("keydown", { key: "a" });
    await find(shown, "bot-words").trigger("click", { detail: 1 });
    await find(shown, "bot-words").trigger("click", { detail: 2 });
    expect(taps(shown)).toHaveLength(3);
  });
});

describe("buttons", () => {
  it("that lead nowhere cannot be tapped", async () => {
    const shown = show({ bubbles: [button("Bad", link("javascript:alert(1)")), button("Good", link("https://example.com/"))] });
    const [bad, good] = findAll(shown, "bot-button");
    expect(bad?.attributes("disabled")).toBeDefined();
    expect(good?.attributes("title")).toBe("Opens example.com");
    await good?.trigger("click");
    expect(taps(shown)).toEqual([{ kind: "link", url: "https://example.com/" }]);
  });

  it("made of a picture alone have a name", () => {
    const shown = show({ bubbles: [{ type: "button", data: { type: "imageButton", iconUrl: PICTURE, action: postback("Cat") } }] });
    expect(find(shown, "bot-button").attributes("aria-label")).toBe("Cat");
  });

  it("to answer quickly are there while the answer is the newest", async () => {
    const shown = show({ bubbles: [], quickButtons: [button("Yes"), button("Nowhere", null), words("no button")] });
    expect(find(shown, "bot-quick").findAll("button").map((one) => one.text())).toEqual(["Yes"]);
    await find(shown, "bot-quick").find("button").trigger("click");
    expect(taps(shown)).toEqual([{ kind: "send", text: "Yes", postback: "Yes", open: false }]);
    await shown.setProps({ live: false });
    expect(find(shown, "bot-quick").exists()).toBe(false);
  });

  it("of a menu are tapped", async () => {
    const { menu } = readAnswer({ bubbles: [], persistentMenu: template({ contentTable: [[cell(button("A")), cell(button("B"))]] }) });
    const shown = mount(BotMenu, { props: { menu: menu ?? expect.fail("no menu") }, global: { plugins: [i18n] } });
    expect(shown.attributes("aria-label")).toBe("Menu of the bot");
    await shown.findAll("button")[1]?.trigger("click");
    expect(shown.emitted("tap")).toEqual([[{ kind: "send", text: "B", postback: "B", open: false }]]);
  });
});

describe("a table", () => {
  const at = (colSpan: number, rowSpan = 1): Cell => ({ colSpan, rowSpan, part: { type: "unsupported" } });
  const places = (rows: Cell[][]) => planOf(rows).cells.map((one) => `${one.gridRow}, ${one.gridColumn}`);

  it("places cells around those that reach down", () => {
    expect(places([[at(1), at(1), at(1, 2)], [at(2)]])).toEqual(["1 / span 1, 1 / 2", "1 / span 1, 2 / 3", "1 / span 2, 3 / 4", "2 / span 1, 1 / 3"]);
    expect(places([[at(1, 9)], [at(1)]])).toEqual(["1 / span 2, 1 / 2", "2 / span 1, 2 / 3"]);
  });

  it("has no more columns than can be told apart", () => {
    expect(planOf([[at(20)]]).width).toBe(1);
    expect(planOf([[at(2), at(1)]]).columns).toContain("2fr");
    expect(planOf([])).toEqual({ columns: "", width: 0, cells: [] });
  });

  it("is folded to its first rows", async () => {
    const rows = ["a", "b", "c"].map((name) => [cell(button(name))]);
    const shown = show({ bubbles: [template({ cover: words("Cover"), contentTable: rows, contentTableShowRows: 2, footTable: [[cell(button("foot"))]], footTableShowRows: 3 })] });
    const names = () => findAll(shown, "bot-button").map((one) => one.text());
    expect(names()).toEqual(["a", "b", "foot"]);
    expect(findAll(shown, "bot-fold")).toHaveLength(1);
    expect(find(shown, "bot-fold").text()).toBe("Show more");
    await find(shown, "bot-fold").trigger("click");
    expect(names()).toEqual(["a", "b", "c", "foot"]);
    expect(find(shown, "bot-fold").attributes("aria-expanded")).toBe("true");
    expect(find(shown, "bot-fold").text()).toBe("Show less");
  });
});

describe("a carousel", () => {
  const cards = { bubbles: [{ type: "carousel", title: "Cats", data: { cards: ["a", "b", "c"].map((name) => words(name)) } }] };

  it("names its cards and its place", async () => {
    const shown = show(cards);
    expect(find(shown, "bot-carousel").attributes("aria-label")).toBe("Cats");
    expect(shown.findAll("li").map((one) => one.attributes("aria-label"))).toEqual(["Card 1 of 3", "Card 2 of 3", "Card 3 of 3"]);
    await find(shown, "bot-previous").trigger("click");
    expect(find(shown, "bot-place").text()).toBe("Card 1 of 3");
    await find(shown, "bot-next").trigger("click");
    expect(find(shown, "bot-place").text()).toBe("Card 2 of 3");
  });

  it.each([
    ["ltr", "ArrowRight", "ArrowLeft"],
    ["rtl", "ArrowLeft", "ArrowRight"],
  ])("in %s goes on by %s and back by %s", async (direction, on, back) => {
    const shown = show(cards);
    const row = find(shown, "bot-row");
    (row.element as HTMLElement).style.direction = direction;
    const places: string[] = [];
    for (const key of [on, "End", on, back, "Home", back]) {
      await row.trigger("keydown", { key });
      places.push(find(shown, "bot-place").text());
    }
    expect(places).toEqual([2, 3, 3, 2, 1, 1].map((number) => `Card ${number} of 3`));
  });
});

describe("pictures", () => {
  const revoke = vi.fn();
  beforeEach(() => {
    revoke.mockReset();
    vi.spyOn(URL, "revokeObjectURL").mockImplementation(revoke);
  });
  const mounted = (props: { url: string; alt?: string }, load?: PictureLoader) =>
    mount(BotPicture, { props, global: { plugins: [i18n], provide: load ? { [BOT_PICTURES as symbol]: load } : {} } });

  it("come from the loader alone, and are given back", async () => {
    const load = vi.fn(async () => "blob:one");
    const shown = mounted({ url: PICTURE, alt: "A cat" }, load);
    expect(shown.find("img").exists()).toBe(false);
    await flushPromises();
    expect(load.mock.calls).toEqual([[PICTURE]]);
    expect(shown.find("img").attributes()).toMatchObject({ src: "blob:one", alt: "A cat" });
    shown.unmount();
    expect(revoke.mock.calls).toEqual([["blob:one"]]);
  });

  it("that come too late are given back", async () => {
    let arrive: (made: string) => void = () => expect.fail("not asked for");
    const shown = mounted({ url: PICTURE }, () => new Promise((resolve) => (arrive = resolve)));
    shown.unmount();
    arrive("blob:late");
    await flushPromises();
    expect(revoke.mock.calls).toEqual([["blob:late"]]);
  });

  it.each<[string, PictureLoader | undefined, string]>([
    ["without a loader", undefined, PICTURE],
    ["that fail", () => Promise.reject(new Error("gone")), PICTURE],
    ["by another scheme", () => Promise.resolve("blob:never"), "http://a.example/"],
  ])("%s are told in words", async (_, load, url) => {
    const shown = mounted({ url }, load);
    await flushPromises();
    expect(shown.find("img").exists()).toBe(false);
    expect(shown.find("[role=img]").attributes("aria-label")).toBe("Picture");
    await shown.setProps({ alt: "A cat" });
    expect(shown.text()).toBe("A cat");
  });

  it("stand where the bot says, and are tapped", async () => {
    const shown = show({ bubbles: [picture({ imagePosition: "left", alt: "A cat", action: postback("cat") }), picture({ imagePosition: "inside" })] });
    expect(findAll(shown, "bot-image").map((one) => one.classes().find((name) => ["top", "left"].includes(name)))).toEqual(["left", "top"]);
    await shown.find("button").trigger("click");
    expect(taps(shown)).toMatchObject([{ postback: "cat" }]);
  });
});

it("what cannot be shown is noted, with what its bot says instead", () => {
  const shown = show({ bubbles: [{ type: "flex", data: { altText: "Boarding pass" } }, { type: "hologram" }, ...Array(60).fill(words("a"))] });
  expect(findAll(shown, "bot-note").map((note) => note.text())).toEqual([
    "Boarding passThis card cannot be shown here.",
    "This card cannot be shown here.",
    "The rest of this answer is too long to be shown.",
  ]);
});
