import { setTimeout as sleep } from "node:timers/promises";
import { App } from "@appenv/client";
import { AppEnvError, run, serve, type RunHandle } from "@appenv/core";
import { app, crashing, endless, sum } from "./apps/work.ts";
import { vanish } from "./vanishing.ts";

/** The number of times each thing was done. */
export type Done = Record<
  "rounds" | "served" | "answered" | "broken off" | "to zero" | "runs" | "aborted" | "vanished",
  number
>;

/** Nothing was done yet. */
export function nothingDone(): Done {
  return { rounds: 0, served: 0, answered: 0, "broken off": 0, "to zero": 0, runs: 0, aborted: 0, vanished: 0 };
}

/**
 * One round of everything, and every so often a new revision, and a wait until the app is at zero.
 *
 * @param platform - The URL of its API; it is the one of `APPENV_HOME`.
 */
export async function work(platform: string, done: Done): Promise<void> {
  const round = (done.rounds += 1);
  if (round % 5 === 1) await serveAnew(round, done);
  const { endpoint } = await App.get(app.name);
  await Promise.all([
    ask(endpoint, done),
    breakOff(endpoint, done),
    runSome(done),
    goAway(Number(new URL(platform).port), done),
    goAway(Number(new URL(endpoint).port), done),
    look(platform),
  ]);
  if (round % 3 === 1) await untilAtZero(done);
}

async function serveAnew(round: number, done: Done): Promise<void> {
  await serve(app, { envVars: { ROUND: String(round) } });
  done.served += 1;
}

async function ask(endpoint: string, done: Done): Promise<void> {
  for (let index = 0; index < 5; index += 1) {
    const response = await fetch(endpoint);
    await response.text();
    done.answered += 1;
  }
}

async function breakOff(endpoint: string, done: Done): Promise<void> {
  const control = new AbortController();
  const response = await fetch(`${endpoint}/slow`, { signal: control.signal });
  control.abort();
  await response.text().catch(() => {});
  done["broken off"] += 1;
}

async function runSome(done: Done): Promise<void> {
  const [summed, aborted] = await Promise.all([run(sum, { upTo: 4 }), run(endless, {})]);
  if ((await summed.outputs()) !== 14) throw new Error("The sum of the squares below 4 is 14.");
  await aborted.abort("The soak goes on.");
  await mustFail(aborted, "ABORTED");
  done.runs += 2;
  done.aborted += 1;
  if (done.rounds % 5 !== 2) return;
  await mustFail(await run(crashing, {}), "TASK_FAILED");
  done.runs += 1;
}

async function mustFail(handle: Pick<RunHandle, "wait">, code: string): Promise<void> {
  const error = await handle.wait().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!AppEnvError.is(error) || error.code !== code) throw new Error(`It did not fail with ${code}.`, { cause: error });
}

async function goAway(port: number, done: Done): Promise<void> {
  await vanish(port);
  done.vanished += 16;
}

/** Watches, as a console does, and stops watching. */
async function look(endpoint: string): Promise<void> {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 200);
  try {
    for await (const seen of (await App.get(app.name)).watch({ signal: stop.signal })) void seen;
  } catch {
    // Not every end of a watch is silent.
  }
  await (await fetch(endpoint)).text();
}

async function untilAtZero(done: Done): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { status } = await App.get(app.name);
    if (/No replica runs/.test(status.message)) {
      done["to zero"] += 1;
      return;
    }
    await sleep(50);
  }
  throw new Error("The app did not scale to zero.");
}
