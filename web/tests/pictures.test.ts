import { expect, it, vi } from "vitest";
import { pictureLoader } from "../src/bots/load";

it("pictures of bots are asked for a few at a time, and once", async () => {
  const answers: (() => void)[] = [];
  const ask = vi.fn((_: string) => new Promise<{ type: string; data: string }>((done) => answers.push(() => done({ type: "image/png", data: btoa("png") }))));
  const load = pictureLoader(ask);
  const all = Promise.all(["a", "b", "c", "d", "e", "a"].map(load));
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(4));
  answers.splice(0).forEach((answer) => answer());
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(5));
  answers.splice(0).forEach((answer) => answer());
  const urls = await all;
  expect(new Set(urls).size, "each has a URL of its own, to be revoked").toBe(6);
  expect(ask.mock.calls.map(([url]) => url)).toEqual(["a", "b", "c", "d", "e"]);
});

it("a picture that could not be had is asked for again", async () => {
  const ask = vi.fn().mockRejectedValueOnce(new Error("away")).mockResolvedValue({ type: "image/png", data: btoa("png") });
  const load = pictureLoader(ask);
  await expect(load("a")).rejects.toThrow("away");
  await expect(load("a")).resolves.toMatch(/^blob:/u);
});
