// @vitest-environment node
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { build } from "vite";

/** A module's text after bundling, minified. */
async function bundled(code: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "silent",
    plugins: [{ name: "entry", resolveId: (id) => (id === "entry" ? "\0entry" : null), load: (id) => (id === "\0entry" ? code : null) }],
    build: { write: false, minify: true, target: "es2022", rolldownOptions: { input: "entry", preserveEntrySignatures: "strict" } },
  });
  if (!("output" in output)) throw new Error("one build was expected");
  return output.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
}

const entry = new URL("../src/index.ts", import.meta.url).pathname;

it("is under 5 kB, minified and compressed", async () => {
  const size = gzipSync(await bundled(`export * from ${JSON.stringify(entry)};`)).length;
  console.info(`messagehandler-js: ${size} bytes`);
  expect(size).toBeGreaterThan(500);
  expect(size).toBeLessThan(5_000);
});

it("leaves out what is not used, and the mock host always", async () => {
  const whole = await bundled(`export * from ${JSON.stringify(entry)};`);
  const handler = await bundled(`export { MessageHandler } from ${JSON.stringify(entry)};`);
  expect(whole).toContain("not inside CocoCat");
  expect(handler).not.toContain("not inside CocoCat");
  expect(handler).not.toContain("archivePath");
  expect(whole).not.toContain("does not exist");
});
