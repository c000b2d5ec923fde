import { AppEndpoint, serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { Hono } from "hono";

export const backend = new HonoAppEnvironment({
  name: "greetings-api",
  app: new Hono(),
  description: "Greets by name",
  port: 8081,
  requiresAuth: false,
});

backend.app.get("/greeting/:name", (c) => c.json({ message: `Hello, ${c.req.param("name")}!` }));

/** The variable is set before this file is imported. Where the file is only read, to be served, it is not. */
const greetings = process.env["GREETINGS_URL"] ?? "";

export const frontend = new HonoAppEnvironment({
  name: "endpoint-caller",
  app: new Hono(),
  description: "Asks whichever greetings it is given",
  requiresAuth: false,
  dependsOn: [backend],
  parameters: [{ name: "greetings", value: new AppEndpoint("greetings-api"), envVar: "GREETINGS_URL" }],
});

frontend.onStartup(({ parameters }) => console.log(`Greetings come from ${parameters.greetings}`));

frontend.app.get("/greet/:name", async (c) => {
  const response = await fetch(`${greetings}/greeting/${encodeURIComponent(c.req.param("name"))}`);
  const { message } = (await response.json()) as { readonly message: string };
  return c.json({ message, from: greetings });
});

if (import.meta.main) console.log((await serve(frontend)).endpoint);
