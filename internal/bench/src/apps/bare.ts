import { fastifyApp } from "./fastify-app.ts";

await fastifyApp().listen({ port: Number(process.env["PORT"]), host: "127.0.0.1" });
