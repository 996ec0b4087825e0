// @vitest-environment node
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FAKE_WORDS } from "../src/transport/fake";

describe("what is shipped", () => {
  const files = new Map<string, string>();

  beforeAll(async () => {
    vi.stubEnv("NODE_ENV", "production");
    const built = (await build({ root: fileURLToPath(new URL("..", import.meta.url)), mode: "production", logLevel: "silent", build: { write: false } })) as Rolldown.RolldownOutput;
    for (const file of built.output) files.set(file.fileName, file.type === "chunk" ? file.code : file.source.toString());
  }, 60_000);

  afterAll(() => void vi.unstubAllEnvs());

  it("has nothing of the fake shell", () => {
    for (const [name, text] of files) {
      expect(text.includes(FAKE_WORDS), name).toBe(false);
      expect(name).not.toContain("fake");
    }
  });

  it("makes no code from text, as a strict content security policy demands", () => {
    for (const [name, text] of files) if (name.endsWith(".js")) expect(text, name).not.toMatch(/\bnew Function\b|\bFunction\(|\beval\(/u);
  });

  it.each(["index.html", "sheet.html", "inspector.html"])("%s loads everything from its own folder", (name) => {
    const page = files.get(name) ?? "";
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/gu)].map((match) => match[1]);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/^\.\/assets\//u);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=/u);
  });

  it("has one file for each language but English, for each of its three pages", () => {
    expect([...files.keys()].filter((name) => /\/(?:ar|es|ja|ko|th|zh-cn|zh-tw)-[^/]+\.js$/u.test(name))).toHaveLength(3 * 7);
  });
});
