import { App } from "@appenv/client";
import { run, serve } from "@appenv/core";
import { expect, test, vi } from "vitest";
import { app, sum } from "../src/apps/work.ts";
import { descriptors } from "../src/census.ts";
import { Held } from "../src/held.ts";
import { startPlatform } from "../src/platform.ts";

vi.setConfig({ testTimeout: 120_000 });

const limit = 128;

function used(pid: number): number {
  return Object.values(descriptors(pid)).reduce((sum_, count) => sum_ + count, 0);
}

test.runIf(process.platform === "linux")(
  "out of descriptors, what needs one fails and says why; with descriptors again, everything goes on",
  async () => {
    await using platform = await startPlatform({ descriptors: limit });
    process.env["APPENV_HOME"] = platform.home;
    const { endpoint } = await serve(app);
    expect(await (await run(sum, { upTo: 3 })).outputs()).toBe(5);
    await expect.poll(async () => (await App.get(app.name)).status.message).toMatch(/No replica runs/);

    using held = new Held(Number(new URL(platform.endpoint).port));
    const fill = (): Promise<void> =>
      expect
        .poll(async () => {
          await held.open(20);
          return used(platform.pid);
        })
        .toBe(limit);
    await fill();
    // Not even a connection can be accepted, and nobody is kept waiting.
    const elsewhere = platform.endpoint.replace("localhost", "127.0.0.1");
    await expect(fetch(elsewhere)).rejects.toThrow("fetch failed");

    // Enough for connections, not for a process: ready processes are used, then a start fails, and the app answers all the same.
    // Four descriptors may be taken by something else first: then the call itself has none, and is made again.
    const serveSome = async (): Promise<void> => {
      for (let round = 1; round <= 8; round += 1) {
        await fill();
        held.close(4);
        await serve(app, { envVars: { ROUND: String(round) } }).catch((error: unknown) => {
          if (!String(error).includes("The control plane at ")) throw error;
        });
      }
    };
    await expect(serveSome()).rejects.toThrow(/could not be started: spawn .* EMFILE/);
    // By a replica that is still there, or else with the reason why there is none.
    expect([200, 503]).toContain((await fetch(endpoint)).status);

    held.close(held.size);
    await expect.poll(() => used(platform.pid)).toBeLessThan(limit / 2);
    await serve(app, { envVars: { ROUND: "last" } });
    await expect.poll(async () => (await fetch(endpoint)).text()).toBe("last");
    expect(await (await run(sum, { upTo: 4 })).outputs()).toBe(14);
  },
);
