import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { compareLoad } from "./compare-load.ts";

/** What it costs that the platform holds the listening socket. */
export const newConnections: Row = {
  name: "new-connections",
  what: "throughput of Fastify, a new connection for each request",
  against: "the same app bare (`node bare.js`)",
  reach: { atLeast: 0.85 },
  how: "As the first row, but each request says `Connection: close`.",
  cause:
    "CPU profiles of both sides under this load differ by two to three percent of their time (the ingress counts requests and follows connections). What is missing beyond that is the noise of a machine that does other things as well: compare the share of other programs below.",
  needs: ["wrk"],
  async measure(bench) {
    await using ours = await serveWithAppEnv(bench);
    await using theirs = await startBare(bench);
    return await compareLoad(bench, { ours, theirs, path: "/plain", newConnections: true });
  },
};
