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
  "the ingress's own work (counting requests, following connections, asking whether a request is for health or docs) is about half a microsecond to one of 15 to 25.";

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
