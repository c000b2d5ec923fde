import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ReplicaLoad } from "@appenv/runtime/ipc";
import { expect, onTestFinished, test } from "vitest";
import { InnerProcesses } from "../../src/metrics/inner-processes.ts";

const load = { cpuMs: 70, rss: 1_024 } as ReplicaLoad;

/** Uses the processor for 150 ms and 60 MiB of memory, says so, and goes on. */
const program = `
  const block = Buffer.alloc(60 * 2 ** 20, 1);
  while (process.cpuUsage().user < 150_000);
  console.log("done");
  setInterval(() => block, 1_000);`;

test.runIf(process.platform === "linux")("processes below a replica count as the replica", async () => {
  const outer = spawn("/bin/sh", ["-c", `"${process.execPath}" -e '${program}'; true`], { detached: true });
  onTestFinished(() => void process.kill(-outer.pid!, "SIGKILL"));
  await once(outer.stdout, "data");
  const inner = new InnerProcesses();
  const whole = inner.addTo(load, outer.pid!, 1_000);
  expect(whole.cpuMs).toBeGreaterThan(70 + 100);
  expect(whole.rss).toBeGreaterThan(60 * 2 ** 20);
  // A process without others below it has what it reports; so has each where there is no `/proc`.
  expect(inner.addTo(load, 2 ** 22 + 1, 1_001)).toEqual(load);
  expect(new InnerProcesses(() => undefined).addTo(load, outer.pid!, 1_000)).toEqual(load);
});
