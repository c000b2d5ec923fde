import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { secret, signers } from "./support/signed.ts";

// STORM_DELIVERIES=10000 is what a sender makes in ten seconds at 1,000 a second. One in ten is sent twice, at
// once and through two doors.
const deliveries = Number(process.env["STORM_DELIVERIES"] ?? 1_000);
const senders = 64;

vi.setConfig({ testTimeout: 600_000 });

test("in a storm every delivery is answered, none is lost and none runs twice", async () => {
  vi.stubEnv("STORM_SECRET", secret);
  const { endpoint, home } = await serveExample(new URL("fixtures/storm.ts", import.meta.url), "env");
  const journal = join(home, "journal.txt");
  const agent = new Agent({ keepAlive: true, maxSockets: senders });
  const send = (number: number, door = "github"): Promise<string> => {
    const { headers, body } = signers.github(JSON.stringify({ journal, number }));
    const sent = { method: "POST", agent, headers: { ...headers, "x-github-delivery": `storm-${number}` } };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const outgoing = request(`${endpoint}/webhooks/${door}`, sent, (response) => {
      text(response).then((answer) => resolve(`${response.statusCode} ${answer}`), reject);
    });
    outgoing.once("error", reject);
    outgoing.end(body);
    return promise;
  };

  const answers = new Map<number, string[]>();
  const numbers = Array.from({ length: deliveries }, (_, number) => number).values();
  const sendAll = async (): Promise<void> => {
    for (const number of numbers) {
      answers.set(
        number,
        await Promise.all(number % 10 === 0 ? [send(number), send(number, "again")] : [send(number)]),
      );
    }
  };
  await Promise.all(Array.from({ length: senders }, sendAll));
  agent.destroy();
  const runs = [...answers.values()].map((all) => {
    expect(new Set(all).size).toBe(1);
    expect(all[0]).toMatch(/^202 /);
    return (JSON.parse(all[0]?.slice(4) ?? "") as { run: { name: string } }).run.name;
  });
  expect(new Set(runs).size).toBe(deliveries);
  const written = (): string[] => readFileSync(journal, "utf8").trimEnd().split("\n");
  await expect.poll(() => written().length, { timeout: 240_000, interval: 200 }).toBe(deliveries);
  expect(new Set(written()).size).toBe(deliveries);
});
