import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { secret } from "./support/signed.ts";
import { sendStorm, type Answered } from "./support/storm.ts";

// `STORM_RATE=1000 STORM_DELIVERIES=10000 npm run unit -- packages/webhooks/test/storm.test.ts` is a storm of ten seconds, and
// prints how it was answered. Without a rate each of 64 senders waits for an answer before it sends again.
const { STORM_DELIVERIES, STORM_RATE } = process.env;
const rate = STORM_RATE === undefined ? {} : { rate: Number(STORM_RATE) };

vi.setConfig({ testTimeout: 600_000 });

const howMany = [
  { what: "all at once", concurrency: 1_000, deliveries: Number(STORM_DELIVERIES ?? 500) },
  { what: "few at once, so that senders have to come again", concurrency: 8, deliveries: 100 },
];

test.each(howMany)("in a storm every delivery runs once: $what", async ({ concurrency, deliveries }) => {
  vi.stubEnv("STORM_SECRET", secret);
  vi.stubEnv("STORM_CONCURRENCY", String(concurrency));
  const { endpoint, home } = await serveExample(new URL("fixtures/storm.ts", import.meta.url), "env");
  const journal = join(home, "journal.txt");
  const answered = await sendStorm({
    endpoint,
    journal,
    deliveries,
    senders: STORM_RATE === undefined ? 64 : 256,
    ...rate,
  });
  expect(answered.putOff > 0).toBe(concurrency < 64);
  const runs = [...answered.answers.values()].map((all) => {
    expect(new Set(all).size).toBe(1);
    expect(all[0]).toMatch(/^202 /);
    return (JSON.parse(all[0]?.slice(4) ?? "") as { run: { name: string } }).run.name;
  });
  expect(new Set(runs).size).toBe(deliveries);
  const written = (): string[] => readFileSync(journal, "utf8").trimEnd().split("\n");
  await expect.poll(() => written().length, { timeout: 240_000, interval: 200 }).toBe(deliveries);
  expect(new Set(written()).size).toBe(deliveries);
  if (STORM_DELIVERIES !== undefined) console.log(describeStorm(answered));
});

function describeStorm({ answers, tookMs, latenciesMs, putOff }: Answered): string {
  const at = (part: number): number => Math.round(latenciesMs[Math.ceil(latenciesMs.length * part) - 1] ?? 0);
  const perSecond = Math.round((answers.size / tookMs) * 1_000);
  return `${answers.size} deliveries, ${perSecond} accepted a second; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ${putOff} put off`;
}
