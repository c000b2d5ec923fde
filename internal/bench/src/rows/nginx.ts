import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { startNginx } from "../sides/nginx.ts";
import { compareLoad } from "./compare-load.ts";

/** What it is worth that the platform is no proxy. */
export const nginx: Row = {
  name: "nginx",
  what: "throughput of Fastify, connections kept",
  against: "nginx as a proxy to the same app bare",
  reach: { moreThan: 1.1 },
  how: "As above. nginx has a worker for each core, keeps its connections to the app, and writes no log.",
  needs: ["wrk", "nginx"],
  async measure(bench) {
    await using ours = await serveWithAppEnv(bench);
    await using app = await startBare(bench);
    await app.answered();
    await using theirs = await startNginx(bench, app.port);
    return await compareLoad(bench, { ours, theirs, path: "/plain" });
  },
};
