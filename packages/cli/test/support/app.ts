import { reservedPort } from "@appenv-internal/test-support/reserved-port";

/** The source of an app that answers with a text, which may use `process.env`. */
export function appSource(port: number, answer: string, options = "requiresAuth: false"): string {
  return `
import { AppEnvironment } from "@appenv/core";
import { greeting } from "./greeting.ts";
export const env = new AppEnvironment({ name: "hello", port: ${port}, ${options} });
env.onStartup(() => console.log("hello is starting"));
env.server(() => (request, response) => response.end(greeting + ${answer}));
`;
}

/** The files of a small project with one app. */
export async function appFiles(answer = '"world"', options?: string): Promise<Record<string, string>> {
  return {
    "app.ts": appSource(await reservedPort(), answer, options),
    "greeting.ts": 'export const greeting = "hello ";\n',
  };
}
