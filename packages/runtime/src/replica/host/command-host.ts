import type { AppHost } from "@appenv/core";
import { connectInner, type Inner } from "./inner-process.ts";
import { createProxy } from "../../http/traffic/proxy.ts";

/**
 * The host of an environment that runs a process of any kind. The process listens on the port in its env var `PORT`, on
 * loopback; requests and upgrades are passed on to it.
 *
 * @param words - Program and arguments; no shell reads them.
 * @param healthPath - Asked once at the start: a process with its own health route is left to answer it.
 */
export function createCommandHost(words: readonly string[], healthPath: string): AppHost {
  let inner: Inner | undefined;
  let hasHealth = false;
  return {
    framework: "command",
    async start({ signal }) {
      inner = await connectInner(words, signal);
      hasHealth = await answers(inner.port, healthPath);
      return createProxy(inner.port);
    },
    close: async () => inner?.close(),
    // The other routes of the process cannot be known, so everything is left to it.
    handles: (_method, path) => path !== healthPath || hasHealth,
  };
}

async function answers(port: number, path: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status !== 404;
  } catch {
    return false;
  }
}
