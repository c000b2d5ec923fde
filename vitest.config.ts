import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/lib/longest-first.ts";

export default defineConfig({
  test: {
    include: ["{packages,internal}/*/test/**/*.test.ts", "examples/*/*.test.ts", "scripts/**/*.test.ts"],
    setupFiles: ["scripts/lib/fail-on-warnings.ts"],
    // Tests start real processes and real servers, which need the cores too.
    pool: "forks",
    maxWorkers: Math.min(Math.max(availableParallelism(), 2), 8),
    sequence: { sequencer: LongestFirst },
    // Compiled code is shared by the processes that tests start: a third of their work is compiling the same files.
    env: { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "node-compile-cache") },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is polled for happens when it happens; a second is too short on a busy machine.
    expect: { poll: { timeout: 30_000 } },
  },
});
