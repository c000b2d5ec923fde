import { fastifyApp } from "./fastify-app.ts";

/** Watt's entry point of an app. */
export const create = fastifyApp;
