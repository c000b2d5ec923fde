import { ExpressAppEnvironment } from "@appenv/express";
import express from "express";
const env = new ExpressAppEnvironment({ name: "express", app: express(), requiresAuth: false });
env.app.get("/plain", (_, response) => void response.json({ message: "Hello, World!" }));
await env.listen({ port: Number(process.env.PORT) });
process.on("SIGUSR2", () => process.exit(0));
