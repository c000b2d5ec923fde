import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "./finding.ts";

/** Checks that the bundler, which is a native program, works on this machine. */
export async function checkBundler(): Promise<Finding> {
  try {
    const started = performance.now();
    await bundleSomething();
    const found = `the bundler works (${Math.round(performance.now() - started)} ms)`;
    return { check: "bundler", status: "ok", found };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const fix =
      "Install again without `--omit=optional`, on the machine that runs it: rolldown's program is per platform.";
    return { check: "bundler", status: "fail", found: `the bundler does not work: ${reason}`, fix };
  }
}

async function bundleSomething(): Promise<void> {
  const { bundle } = await import("@appenv/client/internal");
  const folder = await mkdtemp(join(tmpdir(), "appenv-doctor-"));
  try {
    const file = join(folder, "doctor.ts");
    await writeFile(file, "export const answer: number = 42;\n");
    await bundle(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
