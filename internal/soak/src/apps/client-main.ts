// The clients of a soak, in a process of their own, so that all of their connections end with it:
// `node client-main.ts ENDPOINT ROUNDS SECONDS`. Works for at least that number of rounds and that time.
import { nothingDone, work } from "../workload.ts";

const [endpoint = "", rounds, seconds] = process.argv.slice(2);
const done = nothingDone();
const until = performance.now() + Number(seconds) * 1_000;
while (done.rounds < Number(rounds) || performance.now() < until) {
  await work(endpoint, done);
  process.send?.(done);
}
process.disconnect?.();
process.exit();
