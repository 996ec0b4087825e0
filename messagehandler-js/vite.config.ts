import { defineConfig } from "vitest/config";

// Two builds, because they export differently: modules export names, the script and CommonJS build is the class itself.
const builds = {
  esm: {
    outDir: "dist/esm",
    lib: { entry: ["src/index.ts", "src/mock.ts"], formats: ["es" as const] },
    rolldownOptions: { output: { preserveModules: true, entryFileNames: "[name].js" } },
  },
  umd: {
    outDir: "dist/umd",
    lib: { entry: "src/umd.ts", name: "MessageHandler", formats: ["umd" as const], fileName: (): string => "messagehandler.js" },
  },
};

export default defineConfig(({ mode }) => ({
  // What a folder of CommonJS files needs beside it in a package of modules.
  publicDir: mode === "umd" ? "commonjs" : false,
  build: { target: "es2022", minify: false, ...(mode === "umd" ? builds.umd : builds.esm) },
  test: { environment: "happy-dom", restoreMocks: true },
}));
