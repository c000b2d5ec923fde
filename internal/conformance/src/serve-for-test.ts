import type { AppEnvironment } from "@appenv/core";
import { serveForTest as serve } from "@appenv/testing";
import { onTestFinished } from "vitest";

/** An environment that answers until the test ends. */
export interface Served {
  readonly port: number;
  /** Its endpoint, without a slash at the end. */
  readonly url: string;
  /** Sends a request to the port. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Drains and closes it. */
  close(): Promise<void>;
}

/** Serves an environment on a free port of the loopback interface, for tests of what real clients see. */
export async function serveForTest(environment: AppEnvironment, apiKeys: readonly string[] = []): Promise<Served> {
  const app = await serve(environment, { apiKeys });
  onTestFinished(() => app.close());
  const url = await app.endpoint;
  return {
    port: Number(new URL(url).port),
    url,
    fetch: (path, init) => fetch(`${url}${path}`, init),
    close: () => app.close(),
  };
}
