import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine } from "@appenv-internal/conformance";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { expect, test, vi } from "vitest";
import { secret, signers } from "./support/signed.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 300_000 });

interface Served {
  readonly endpoint: string;
}

interface Answer {
  readonly run: { readonly name: string };
}

const number = (index: number): string => `delivery-${index}`;

/** Sends a delivery as its sender does: with the same id, until it is answered. */
async function deliver(endpoint: string, journal: string, index: number): Promise<string> {
  const { headers, body } = signers.github(JSON.stringify({ journal, number: index }));
  for (;;) {
    try {
      const answer = await fetch(`${endpoint}/webhooks/github`, {
        method: "POST",
        headers: { ...headers, "x-github-delivery": number(index) },
        body,
      });
      if (answer.status === 202) return ((await answer.json()) as Answer).run.name;
      if (answer.status !== 503) throw new Error(`It was answered ${answer.status}: ${await answer.text()}`);
    } catch (error) {
      // `fetch` throws it if the connection was cut, or nobody listens.
      if (!(error instanceof TypeError)) throw error;
    }
    await sleep(50);
  }
}

test("each delivery has one run though the platform is killed while they come", async () => {
  vi.stubEnv("STORM_SECRET", secret);
  vi.stubEnv("STORM_PORT", String(await reservedPort()));
  const cli = commandLine();
  const first = await cli.up();
  const { endpoint } = await cli.json<Served>("serve", new URL("fixtures/storm.ts", import.meta.url), "env");
  const journal = join(cli.home, "journal.txt");
  const early = await Promise.all([0, 1, 2].map((index) => deliver(endpoint, journal, index)));
  let answered = 0;
  const half = Promise.withResolvers<void>();
  const late = Array.from({ length: 60 }, async (_, index) => {
    const run = await deliver(endpoint, journal, index + 3);
    if ((answered += 1) === 20) half.resolve();
    return run;
  });
  await half.promise;
  await first.kill();
  await cli.up();
  const runs = [...early, ...(await Promise.all(late))];
  expect(new Set(runs).size).toBe(63);
  // One of before is known after a restart too.
  expect(await deliver(endpoint, journal, 0)).toBe(early[0]);
  const notes = (): string[] => readFileSync(journal, "utf8").trimEnd().split("\n");
  const patience = { timeout: 120_000, interval: 200 };
  await expect.poll(() => new Set(notes()).size, patience).toBe(63);
  const runsOf = (): Promise<{ readonly phase: string }[]> => cli.json("get", "run", "--limit", "100");
  await expect
    .poll(async () => (await runsOf()).map(({ phase }) => phase), patience)
    .toEqual(Array.from({ length: 63 }, () => "SUCCEEDED"));
});
