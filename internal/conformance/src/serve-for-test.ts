import type { AppEnvironment } from "@appenv/core";
import { onTestFinished } from "vitest";

/** An environment that answers until the test ends. */
export interface Served {
  readonly port: number;
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  /** Sends a request. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Drains and closes it. */
  close(): Promise<void>;
}

/** Serves an environment on a free port of the loopback interface, as `env.listen()` does it anywhere. */
export async function serveForTest(environment: AppEnvironment, apiKeys: readonly string[] = []): Promise<Served> {
  const listening = await environment.listen({ port: 0, host: "127.0.0.1", handleSignals: false, apiKeys });
  onTestFinished(() => listening.close());
  const url = `http://127.0.0.1:${listening.port}`;
  return {
    port: listening.port,
    url,
    fetch: (path, init) => fetch(`${url}${path}`, init),
    close: () => listening.close(),
  };
}
