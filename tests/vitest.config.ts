import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["windows/**/*.test.ts", "isolation/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file has a screen and a program of its own; two at a time are what two cores carry.
    maxWorkers: 2,
    pool: "forks",
  },
});
