// @vitest-environment node
import { gzipSync } from "node:zlib";
import { expect, it, vi } from "vitest";
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

it("leaves the mock host out of what is built for people, where an app starts it in development only", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const mock = new URL("../src/mock.ts", import.meta.url).pathname;
  const app = (condition: string) => `import { coco } from ${JSON.stringify(entry)};
    if (${condition}) (await import(${JSON.stringify(mock)})).startMockHost();
    console.log(await coco.getLanguage());`;
  expect(await bundled(app("true"))).toContain("mock signature that proves nothing");
  const built = await bundled(app("import.meta.env.DEV"));
  expect(built).toContain("getLanguage");
  expect(built).not.toMatch(/mock signature|startMockHost|the disk is full/);
  vi.unstubAllEnvs();
});
