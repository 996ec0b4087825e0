// @vitest-environment node
import { expect, it, vi } from "vitest";
import { MessageHandler } from "../src/index.js";

it("does nothing on a server, where there is no window", () => {
  const callback = vi.fn();
  const handler = new MessageHandler();
  handler.sendMessageToParent("getLanguage", {}, callback);
  handler.dispose();
  expect(callback).not.toHaveBeenCalled();
});
