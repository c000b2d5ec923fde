import { EventEmitter, once } from "node:events";
import { serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { z } from "zod";

const Alert = z.object({ run: z.string(), phase: z.string(), error: z.string(), page: z.string() });

const app = new Hono();

export const env = new HonoAppEnvironment({
  name: "receiver",
  app,
  description: "Takes notifications of runs, and shows them",
  requiresAuth: false, // It checks a token of its own.
  scaling: { replicas: [1, 1] },
  secrets: { key: "alerts-token", asEnvVar: "ALERTS_TOKEN" },
});

/** Notifications by their ids: one may come twice. */
const alerts = new Map<string, z.infer<typeof Alert>>();
const came = new EventEmitter();

app.post("/alerts", bearerAuth({ token: process.env["ALERTS_TOKEN"] ?? [] }), async (c) => {
  alerts.set(c.req.header("webhook-id") ?? "", Alert.parse(await c.req.json()));
  came.emit("alert");
  return c.body(null, 204);
});

// Waits for it: the notification is sent a moment after the run has ended.
app.get("/alerts/:run", async (c) => {
  for (;;) {
    const found = [...alerts.values()].find(({ run }) => run === c.req.param("run"));
    if (found !== undefined) return c.json(found);
    await once(came, "alert", { signal: c.req.raw.signal });
  }
});

if (import.meta.main) console.log((await serve(env)).endpoint);
