import { Server } from "node:http";
import { type AppHost, type HookContext, type HostListeners, type ServerHook, AppEnvError } from "@appenv/core";

/** The host of an environment with a `server` hook. */
export function createHookHost(hook: ServerHook, context: HookContext): AppHost {
  return {
    framework: "node:http",
    start: async () => toListeners(await hook(context), context.name),
    close: () => Promise.resolve(),
  };
}

function toListeners(result: unknown, name: string): HostListeners {
  if (typeof result === "function") return { request: result as HostListeners["request"] };
  if (result instanceof Server) return ofServer(result, name);
  if (typeof result === "object" && result !== null && "request" in result && typeof result.request === "function") {
    return result as HostListeners;
  }
  const what = "a request listener, an http.Server that does not listen, or { request, upgrade }";
  throw new AppEnvError("NOT_LISTENING", `The server hook of '${name}' returned ${describe(result)}, not ${what}.`);
}

function ofServer(server: Server, name: string): HostListeners {
  if (server.listening) {
    throw new AppEnvError(
      "NOT_LISTENING",
      `The server hook of '${name}' returned an http.Server that listens itself.`,
      {
        fix: "Return the server without calling `listen()`; the runtime listens for it.",
      },
    );
  }
  const request: HostListeners["request"] = (...args) => void server.emit("request", ...args);
  if (server.listenerCount("upgrade") === 0) return { request };
  return { request, upgrade: (...args) => void server.emit("upgrade", ...args) };
}

function describe(value: unknown): string {
  if (value === null || typeof value !== "object") return value === undefined ? "nothing" : `a ${typeof value}`;
  const type = value.constructor?.name;
  return type === undefined || type === "Object" ? "an object without `request`" : `a ${type}`;
}
