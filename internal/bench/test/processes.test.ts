import { expect, test } from "vitest";
import { bornAt, cpuTime, processTree } from "../src/processes/proc.ts";
import { runToEnd } from "../src/processes/run.ts";
import { Started } from "../src/processes/started.ts";

const child = `const { spawn } = require("node:child_process");
const inner = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
inner.once("spawn", () => console.log(inner.pid));
setInterval(() => {}, 1000);`;

async function untilOutput(started: Started): Promise<number> {
  while (!started.stdout.includes("\n")) await new Promise((resolve) => setImmediate(resolve));
  return Number(started.stdout);
}

test("a stopped process leaves nothing behind", async () => {
  const started = new Started([process.execPath, "-e", child]);
  const inner = await untilOutput(started);
  expect(processTree(started.pid)[0]).toBe(started.pid);
  await started.stop();
  expect(started.ended).toBe(true);
  await expect.poll(() => bornAt(inner) ?? "gone").toBe("gone");
});

test("a program that fails shows what it wrote", async () => {
  const failing = runToEnd([process.execPath, "-e", "console.error('no luck'); process.exit(3)"]);
  await expect(failing).rejects.toThrow("no luck");
});

test("a program that is not there is an error", async () => {
  await expect(runToEnd(["appenv-no-such-program"])).rejects.toThrow("ENOENT");
});

test("processor time grows with work", () => {
  const before = cpuTime(process.pid);
  const until = performance.now() + 50;
  while (performance.now() < until);
  expect(cpuTime(process.pid)).toBeGreaterThanOrEqual(before);
});
