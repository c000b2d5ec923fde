import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBehindNginx } from "../sides/nginx.ts";
import { compareLoad } from "./compare-load.ts";

const against = "nginx as a proxy to the same app bare";

/** The gain of a platform that is no proxy. */
export const nginx: Row = {
  name: "nginx",
  what: "throughput of Fastify, connections kept",
  against,
  reach: { moreThan: 1.1 },
  how: "As throughput. nginx has a worker for each core, keeps its connections to the app, and writes no log; its processes count to its side.",
  needs: ["wrk", "nginx"],
  measure: (bench) =>
    compareLoad(bench, {
      ours: () => serveWithAppEnv(bench),
      theirs: () => startBehindNginx(bench),
      ask: { path: "/plain" },
      against,
    }),
};
