import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { compareLoad } from "./compare-load.ts";

const against = "the same app bare (`node bare.js`)";

/** The cost of a listening socket that the platform holds. */
export const newConnections: Row = {
  name: "new-connections",
  what: "throughput of Fastify, a new connection for each request",
  against,
  reach: { atLeast: 0.85 },
  how: "As throughput, but each request says `Connection: close`.",
  cause: "the ingress follows each connection and each request from its beginning to its end.",
  needs: ["wrk"],
  measure: (bench) =>
    compareLoad(bench, {
      ours: () => serveWithAppEnv(bench),
      theirs: () => startBare(bench),
      ask: { path: "/plain", newConnections: true },
      against,
    }),
};
