// Prints the time in which a batch of runs is accepted, in milliseconds: the median of three. None of them begins meanwhile.
import { runAll } from "@appenv/core";
import { median } from "./median.ts";
import { later } from "./tasks.ts";

const count = Number(process.argv[2]);
const times: number[] = [];
for (let batch = 0; batch < 4; batch += 1) {
  const inputs = Array.from({ length: count }, (_, index) => ({ x: batch * count + index }));
  const started = performance.now();
  await runAll(later, inputs, { local: true, delay: "1h" });
  times.push(performance.now() - started);
}
console.log(median(times.slice(1)));
