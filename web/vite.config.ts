import { fileURLToPath, URL } from "node:url";
import vueI18n from "@intlify/unplugin-vue-i18n/vite";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { emoji } from "./emoji.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./",
  plugins: [
    vue(),
    emoji(),
    // Messages become syntax trees at build time: the page needs no compiler, hence no eval.
    vueI18n({
      include: here("./src/locales/**/*.json"),
      runtimeOnly: true,
      compositionOnly: true,
      fullInstall: false,
      dropMessageCompiler: true,
    }),
  ],
  build: {
    target: ["safari18", "chrome124"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One page for each kind of window: the launcher, questions about an app, what an app says.
    rolldownOptions: { input: ["index.html", "sheet.html", "inspector.html"].map(here) },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
  },
});
