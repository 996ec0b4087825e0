import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file has a browser, a node and engines of its own; two at a time are what two cores carry.
    maxWorkers: 2,
    pool: "forks",
  },
});
