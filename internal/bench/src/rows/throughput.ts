import type { Row } from "../row.ts";
import { serveWithAppEnv } from "../sides/appenv.ts";
import { startBare } from "../sides/bare.ts";
import { compareLoad } from "./compare-load.ts";

/** What the ingress and the platform cost where it matters most. */
export const throughput: Row = {
  name: "throughput",
  what: "throughput of Fastify, connections kept",
  against: "the same app bare (`node bare.js`)",
  reach: { atLeast: 0.97 },
  how: "wrk with one thread and 64 connections asks a route without a schema, so that both sides run the same code of Fastify. The second line asks a route whose answer zod checks: by AppEnv's own compiler, and on the other side by fastify-type-provider-zod.",
  cause:
    "CPU profiles of both sides under this load differ by two to three percent of their time (the ingress counts requests and follows connections). The rest is not explained yet: the row compares one process of each side, and full runs of it on the same machine gave medians from 0.67 to 0.99.",
  needs: ["wrk"],
  async measure(bench) {
    await using ours = await serveWithAppEnv(bench);
    await using theirs = await startBare(bench);
    const plain = await compareLoad(bench, { ours, theirs, path: "/plain" });
    const checked = await compareLoad(bench, { ours, theirs, path: "/" });
    const extra = { what: "the same, zod checks the answer", against: "the same app bare, fastify-type-provider-zod" };
    return { ...plain, also: [{ ...extra, ...checked }] };
  },
};
