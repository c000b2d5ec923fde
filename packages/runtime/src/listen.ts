import { AppEnvError, type AppEnvironment, type Listening, type ListenOptions } from "@appenv/core";
import { rememberServed, unusableSecret } from "@appenv/core/internal";
import { keepTicksFast } from "./fast-ticks.ts";
import { report } from "./replica/app/report.ts";
import { startApp, type RunningApp } from "./replica/app/start-app.ts";
import type { StartedParameters } from "./replica/parameters/start-parameters.ts";
import { hashKey } from "./http/auth/credential.ts";
import type { DrainReason, ReplicaAuth } from "./ipc/replica-messages.ts";

/** Time that open requests have to finish, in milliseconds. Container hosts commonly kill a process 30 seconds after SIGTERM. */
const drainLimitMs = 25_000;

/**
 * Serves an environment in this process, without a platform. Resolves when it accepts connections; whether its checks
 * pass is what its health path tells.
 *
 * @param given - Parameters that were made available before the environment was imported.
 * @throws AppEnvError PORT_IN_USE, INVALID_OPTION of a key, MISSING_SECRET, PARAMETER_FAILED, NOT_LISTENING, START_FAILED.
 */
export async function listen(
  environment: AppEnvironment,
  options: ListenOptions = {},
  given?: StartedParameters,
): Promise<Listening> {
  keepTicksFast();
  const wanted = options.port ?? environment.port.port;
  const auth = authOf(environment, options);
  const app = await startApp(environment, {
    port: wanted,
    auth,
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
    ...(given === undefined ? {} : { given }),
  });
  const host = options.host ?? process.env["APPENV_HOST"] ?? "0.0.0.0";
  const port = await bind(app, { port: wanted, host });
  const endpoint = `http://localhost:${port}`;
  const [key] = keysOf(options);
  const forget = rememberServed(environment, { endpoint, token: () => key });
  const close = closer(app, forget);
  const stopSignals = (options.handleSignals ?? true) ? onSignals(close) : undefined;
  const closeByHand = async (): Promise<void> => {
    stopSignals?.();
    await close("stop");
  };
  return {
    endpoint,
    port,
    close: closeByHand,
    [Symbol.asyncDispose]: closeByHand,
  };
}

async function bind(app: RunningApp, address: { port: number; host: string }): Promise<number> {
  try {
    return await app.ingress.accept(address);
  } catch (error) {
    await app.stop("stop", 0);
    throw error;
  }
}

function keysOf({ apiKeys }: ListenOptions): readonly string[] {
  const keys = apiKeys ?? (process.env["APPENV_API_KEYS"] ?? "").split(",").map((key) => key.trim());
  const given = keys.filter((key) => key !== "");
  if (given.every((key) => unusableSecret(key) === undefined)) return given;
  const where = apiKeys === undefined ? "APPENV_API_KEYS" : "apiKeys";
  throw new AppEnvError("INVALID_OPTION", `${where} holds a blank key or a placeholder, which anybody could send.`, {
    fix: "Make a key with `openssl rand -base64 32`.",
  });
}

function authOf({ name, requiresAuth, auth }: AppEnvironment, options: ListenOptions): ReplicaAuth {
  const keyHashes = keysOf(options).map(hashKey);
  if (requiresAuth && auth.jwt === undefined && keyHashes.length === 0) {
    report(
      `'${name}' requires auth, but there is no API key: every request is answered 401. ` +
        "Set APPENV_API_KEYS to the accepted keys, separated by commas.",
    );
  }
  return { required: requiresAuth, keyHashes };
}

/** Stops the app once; called again it answers the same promise. */
function closer(app: RunningApp, forget: () => void): (reason: DrainReason) => Promise<void> {
  let closed: Promise<void> | undefined;
  return (reason) => {
    forget();
    return (closed ??= app.stop(reason, drainLimitMs));
  };
}

/**
 * SIGTERM comes from a container host whose load balancer may still hold idle connections to us, so those get a
 * moment; SIGINT comes from a person. The second signal ends the process at once.
 */
function onSignals(close: (reason: DrainReason) => Promise<void>): () => void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(signal === "SIGINT" ? 130 : 143);
    asked = true;
    void close(signal === "SIGTERM" ? "rollout" : "stop").then(
      () => process.exit(0),
      (error: unknown) => {
        report("the app could not be closed", error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return () => void process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
}
