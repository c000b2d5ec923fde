import { fastifyApp } from "./fastify-app.ts";

/** What Watt asks for an app. */
export const create = fastifyApp;
