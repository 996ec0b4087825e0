import { expect, it } from "vitest";
import { divideNames, typedName } from "../src/chats/mentions";

it("knows the name that is being typed before the caret", () => {
  expect(typedName("Hello @An", 9)).toEqual({ at: 6, query: "An" });
  expect(typedName("@", 1)).toEqual({ at: 0, query: "" });
  expect(typedName("@Anna and", 3)).toEqual({ at: 0, query: "An" });
  for (const [text, caret] of [["mail@An", 7], ["@An na", 6], ["An", 2], ["", 0]] as const) expect(typedName(text, caret)).toBeNull();
});

it("divides a text at the names of members, the longer ones first", () => {
  const names = ["Ann", "Ann Lee", "王小明", ""];
  const parts = (text: string) => divideNames(text, names).map(({ text: part, name }) => (name === null ? part : [name]));
  expect(parts("@Ann Lee and @Ann, look")).toEqual([["Ann Lee"], " and ", ["Ann"], ", look"]);
  expect(parts("好的@王小明，明天")).toEqual(["好的", ["王小明"], "，明天"]);
  expect(parts("@Anna @nobody")).toEqual(["@Anna @nobody"]);
  expect(parts("")).toEqual([]);
});
