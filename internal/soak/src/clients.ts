import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SoakedPlatform } from "./platform.ts";
import { nothingDone, type Done } from "./workload.ts";

/** Duration of the clients' work; both numbers are minimums. */
export interface Shift {
  readonly rounds: number;
  readonly seconds: number;
}

const main = fileURLToPath(new URL("apps/client-main.ts", import.meta.url));

/** Has clients work with a platform. Resolves with counts of their work when they have gone. */
export async function clientsWork(
  { endpoint, home }: Pick<SoakedPlatform, "endpoint" | "home">,
  { rounds, seconds }: Shift,
  onRound: (done: Done) => void = () => {},
): Promise<Done> {
  const child = fork(main, [endpoint, String(rounds), String(seconds)], { env: { ...process.env, APPENV_HOME: home } });
  let done = nothingDone();
  child.on("message", (told: Done) => {
    done = told;
    onRound(done);
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw new Error(`The clients ended with ${signal ?? `exit code ${code}`}.`);
  return done;
}
