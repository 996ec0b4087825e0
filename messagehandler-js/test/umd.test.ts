import { expect, it } from "vitest";
import * as names from "../src/index.js";
import MessageHandler from "../src/umd.js";

it("gives scripts and require() the class itself, with every exported name on it", () => {
  new MessageHandler().dispose();
  expect(MessageHandler).toBe(names.MessageHandler);
  expect({ ...MessageHandler }).toEqual({ ...names });
});
