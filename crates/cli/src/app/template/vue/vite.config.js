import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** The app's address; the build goes into a folder of this name, which is what gets signed. */
const address = "__ADDRESS__";

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

// What the package says of itself. Vite copies it into the build, and `coco app sign` completes it.
const { title, version } = JSON.parse(readFileSync(path("public/content.json"), "utf8"));

export default defineConfig({
  base: "./",
  plugins: [vue()],
  define: { APP: JSON.stringify({ title, version }) },
  resolve: {
    alias: [
      { find: "messagehandler-js/mock", replacement: path("messagehandler-js/mock.ts") },
      { find: "messagehandler-js", replacement: path("messagehandler-js/index.ts") },
    ],
  },
  build: {
    outDir: address,
    modulePreload: false,
    // Plain names: nothing is cached under an old one, and equal sources give equal packages.
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name].js",
        chunkFileNames: "assets/[name].js",
        assetFileNames: "assets/[name][extname]",
      },
    },
  },
  server: { host: "localhost", port: 5173, strictPort: true, watch: { ignored: [`**/${address}/**`] } },
});
