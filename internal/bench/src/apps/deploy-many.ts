import { deploy } from "@appenv/core";
import { env } from "./hello.ts";

const count = Number(process.argv[2]);

// One after another would take longer than the benchmark itself, all at once more ports than can be opened in time.
for (let first = 0; first < count; first += 50) {
  const batch = Array.from({ length: Math.min(50, count - first) }, (_, index) =>
    env.cloneWith({ name: `app-${first + index}` }),
  );
  await deploy(batch, { local: true });
}
