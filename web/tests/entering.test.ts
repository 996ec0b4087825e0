import { createPinia, setActivePinia } from "pinia";
import { expect, it } from "vitest";
import type { EngineTransport } from "../src/im/client";
import { useIm } from "../src/stores/im";

/** Where somebody with an account is logged in already. */
const engine: EngineTransport = {
  send: async ({ __SERVER_ROUTE_METHOD: method }) => ({ code: 200, message: "", data: method === "init" ? { account: "somebody", anonymous: false } : {} }),
  listen: async () => () => undefined,
};

/** A store that says when it is filled. */
const store = (fill: () => void) => ({ fill: async () => fill(), take: () => undefined, empty: () => undefined });

it("fills each store once before somebody is in, those as well that are made meanwhile", async () => {
  setActivePinia(createPinia());
  const im = useIm();
  const filled: string[] = [];
  im.follow(
    store(() => {
      filled.push("first");
      im.follow(store(() => filled.push(`second, ${im.phase}`)));
    }),
  );
  await im.connect(engine);
  expect([im.phase, filled]).toEqual(["in", ["first", "second, starting"]]);
  im.follow(store(() => filled.push(`third, ${im.phase}`)));
  expect(filled).toEqual(["first", "second, starting", "third, in"]);
});
