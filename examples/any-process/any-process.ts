import { fileURLToPath } from "node:url";
import { AppEnvironment, serve } from "@appenv/core";

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Plain JavaScript that knows nothing of AppEnv: it listens on the port in its env var PORT. */
export const node = new AppEnvironment({
  name: "any-node",
  description: "A Node script as it is",
  command: ["node", beside("server.mjs")],
  include: ["server.mjs"],
  requiresAuth: false,
});

/** Another language works the same way. */
export const python = new AppEnvironment({
  name: "any-python",
  description: "A Python script as it is",
  command: ["python3", "-u", beside("server.py")],
  include: ["server.py"],
  requiresAuth: false,
});

if (import.meta.main) console.log((await serve(node)).endpoint);
