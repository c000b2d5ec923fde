import { randomBytes } from "node:crypto";
import type { AppEnvironment, Duration, ParameterOverrides } from "@appenv/core";
import { durationMs, hasDependents, rememberServed, checkOptions, type OptionNames } from "@appenv/core/internal";
import { hashKey, startApp, type IngressLoad, type RunningApp } from "@appenv/runtime";
import { openDoorway, type Doorway } from "./doorway.ts";
import { setEnvVars } from "./env-vars.ts";
import { fetchThrough } from "./fetch-through.ts";

/** Settings of an environment that is served for a test. */
export interface ServeForTestOptions {
  /** API keys that are accepted where the environment requires auth. Default: none. */
  readonly apiKeys?: readonly string[];
  /** Env vars while it is served; undefined removes one. Afterwards all are as before. */
  readonly envVars?: Readonly<Record<string, string | undefined>>;
  /** Values of parameters, by name, that win over the declared ones. */
  readonly parameters?: ParameterOverrides;
  /** Time that `close` gives open requests to finish. Default 10 seconds. */
  readonly drainLimit?: Duration;
}

/** A served environment. */
export interface ServedForTest extends AsyncDisposable {
  /** The origin against which `fetch` resolves a path: `http://app.test`. For typed clients that need a URL. */
  readonly origin: string;
  /** `fetch` without a port. Takes a path, or a whole address of `origin`; needs no `this`. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Address for real clients: reading it for the first time binds a free port of 127.0.0.1. No slash at the end. */
  readonly endpoint: Promise<string>;
  /** The load: requests and sockets open now, and their number since the start. */
  load(): IngressLoad;
  /** Resolves when the health checks pass. */
  healthy(signal?: AbortSignal): Promise<void>;
  /** Drains and closes it, as a platform would. Called again it answers the same promise. */
  close(): Promise<void>;
}

const names: OptionNames<ServeForTestOptions> = {
  apiKeys: true,
  envVars: true,
  parameters: true,
  drainLimit: true,
};

const origin = "http://app.test";
const defaultDrainLimitMs = 10_000;

/**
 * Serves an environment in this process, as a replica serves it: hooks, ingress, auth, health and drain. No port is
 * bound unless `endpoint` is asked for.
 *
 * @example
 * await using app = await serveForTest(env);
 * expect(await (await app.fetch("/")).json()).toEqual({ message: "Hello, World!" });
 *
 * @throws AppEnvError MISSING_SECRET, PARAMETER_FAILED, NOT_LISTENING, START_FAILED.
 */
export async function serveForTest(
  environment: AppEnvironment,
  options: ServeForTestOptions = {},
): Promise<ServedForTest> {
  checkOptions(options, "serveForTest", names);
  const restore = setEnvVars(options.envVars ?? {});
  try {
    return await serve(environment, options, restore);
  } catch (error) {
    restore();
    throw error;
  }
}

async function serve(
  environment: AppEnvironment,
  options: ServeForTestOptions,
  restore: () => void,
): Promise<ServedForTest> {
  const { drainLimit } = options;
  const drainLimitMs = drainLimit === undefined ? defaultDrainLimitMs : durationMs(drainLimit, "drainLimit");
  // Authorizes `env.fetch` in the same test.
  const ownKey = randomBytes(16).toString("hex");
  const app = await startApp(environment, {
    port: environment.port.port,
    auth: { required: environment.requiresAuth, keyHashes: [...(options.apiKeys ?? []), ownKey].map(hashKey) },
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
  });
  const doorway = await openDoorway((socket) => app.ingress.inject(socket));
  let binding: Promise<string> | undefined;
  let bound: string | undefined;
  const bind = async (): Promise<string> => {
    const port = await app.ingress.accept({ port: 0, host: "127.0.0.1" });
    return (bound = `http://127.0.0.1:${port}`);
  };
  const fetchApp: ServedForTest["fetch"] = (input, init) => fetchThrough(doorway.path, origin, toRequest(input, init));
  const forget = rememberServed(environment, {
    get endpoint() {
      return bound;
    },
    fetch: fetchApp,
    token: () => ownKey,
  });
  const restoreAll = (): void => {
    forget();
    restore();
  };
  const close = closer(app, doorway, drainLimitMs, restoreAll);
  // Others reach it by its `endpoint`.
  if (hasDependents(environment)) await (binding = bind());
  return {
    origin,
    fetch: fetchApp,
    get endpoint() {
      return (binding ??= bind());
    },
    load: () => app.ingress.load(),
    healthy: (signal = new AbortController().signal) => app.healthy(signal),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toRequest(input: string | URL | Request, init?: RequestInit): Request {
  if (input instanceof Request) return new Request(input, init);
  // A body that streams needs to say so; fetch has no other mode.
  return new Request(new URL(input, origin), { duplex: "half", ...init } as RequestInit);
}

function closer(app: RunningApp, doorway: Doorway, limitMs: number, restore: () => void): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await doorway.close();
    await app.stop("stop", limitMs);
    restore();
  };
  return () => (closed ??= close());
}
