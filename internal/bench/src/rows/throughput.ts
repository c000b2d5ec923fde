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
  "two processes of the very same app differ by up to a fifth under this load, and by more while the machine is busy, so a single pair says little; see the line on CPU. Loaded at the same time as the bare app on an overloaded machine, served Fastify took 10 to 25 percent more CPU per request, and 5 to 10 of these without the platform (`env.listen`): the ingress counts each request in flight (a listener for its end, two readings of the clock), and compares its path with those of health and docs. The rest grows as the rate falls, as the load reports to the platform do. Variants that made no difference that could be measured: source maps, the compile cache, the warm-up of spares, the IPC channel, and accepting connections apart from the http server.";

/** What the ingress and the platform cost where it matters most. */
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
    reach: { atLeast: 0.97 },
    how: "As throughput.",
    cause,
    needs: ["wrk"],
    measure: (bench) =>
      compareLoad(bench, {
        ours: () => serveWithAppEnv(bench, { app }),
        theirs: () => startBare(bench, bare),
        ask: { path: "/plain" },
        against,
      }),
  };
}
