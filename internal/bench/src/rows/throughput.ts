import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { compareLoad, howLoaded } from "./compare-load.ts";

/** An app on both sides. */
interface Contestant {
  readonly name: string;
  readonly framework: string;
  /** Files of the benchmark's apps: served by AppEnv, and listening for itself. */
  readonly app: string;
  readonly bare: string;
}

const cause =
  "the ingress counts each request in flight (a listener for its end, two readings of the clock) and compares its path with those of health and docs: about a microsecond of JavaScript in a CPU profile. Two processes of the very same bare app differ by more than that: once a garbage collection came at a moment without a pending tick, V8 takes `process.nextTick` on a slow path for good. AppEnv's processes keep it off that path (`packages/runtime/src/fast-ticks.ts`), the bare ones are left as they are.";

/** The cost of the ingress and the platform under load. */
export const throughput: Row = {
  ...throughputOf({ name: "throughput", framework: "Fastify", app: "hello", bare: "bare" }),
  how: `The route has no schema, so that both sides run the same code of Fastify. ${howLoaded}`,
};

export const throughputExpress: Row = throughputOf({
  name: "throughput-express",
  framework: "Express",
  app: "express",
  bare: "bare-express",
});

export const throughputHono: Row = throughputOf({
  name: "throughput-hono",
  framework: "Hono",
  app: "hono",
  bare: "bare-hono",
});

function throughputOf({ name, framework, app, bare }: Contestant): Row {
  const against = `the same app bare (\`node ${bare}.js\`)`;
  return {
    name,
    what: `throughput of ${framework}, connections kept`,
    against,
    reach: { atLeast: 1 },
    how: "As throughput.",
    cause,
    needs: ["wrk"],
    measure: (bench) =>
      compareLoad(bench, {
        ours: () => serveWithAppEnv(bench, { app }),
        theirs: () => startBare(bench, bare),
        ask: { path: "/plain" },
        against,
        // Two processes of the same app differ by more than the sides do.
        rounds: 10,
        limitMs: 300_000,
      }),
  };
}
