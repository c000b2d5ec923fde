import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@appenv/core";
import { WebSocketAppEnvironment, webSockets } from "@appenv/ws";
import { z } from "zod";

export const sockets = webSockets().route(
  "/measurements/:sensor",
  {
    summary: "Measurements as they are made",
    params: z.object({ sensor: z.enum(["temperature", "pressure"]) }),
    query: z.object({
      everyMs: z.coerce.number().min(10).max(60_000).default(1_000),
      count: z.coerce.number().int().min(1).default(1_000_000),
    }),
    outgoing: z.object({ sensor: z.string(), n: z.int(), value: z.number() }),
  },
  async (connection) => {
    const { signal, params, query } = connection;
    const { sensor } = params;
    for (let n = 0; n < query.count && !signal.aborted; n += 1) {
      // Resolves when it is written: a slow client gets its measurements later, and none waits in memory.
      await connection.send({ sensor, n, value: Math.round(200 + 10 * Math.sin(n / 10)) / 10 });
      await sleep(query.everyMs, undefined, { signal });
    }
  },
);

export const env = new WebSocketAppEnvironment({ name: "streaming-data", sockets, requiresAuth: false });

if (import.meta.main) console.log((await serve(env)).endpoint);
