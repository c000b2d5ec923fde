import { setTimeout } from "node:timers/promises";
import {
  type AppEnvironment,
  type AppHost,
  type Backplane,
  type HookContext,
  type LifecycleHook,
  type ParameterOverrides,
} from "@appenv/core";
import { ProcessBackplane } from "@appenv/backplane";
import { hostOf } from "../host/host-of.ts";
import { Attached } from "../../http/attached.ts";
import { Ingress } from "../../http/ingress.ts";
import type { DrainReason, ReplicaAuth } from "../../ipc/replica-messages.ts";
import type { AskUnreachable } from "../../http/health/readiness.ts";
import { startDeclared, type StartedParameters } from "../parameters/start-parameters.ts";
import { failureOf } from "../../load/load-failure.ts";
import { setEnvVars } from "./env-vars.ts";
import { untilHealthy } from "./readiness.ts";
import { report } from "./report.ts";
import { checkSecrets } from "./secrets.ts";

/** Maximum time that clients wait for hosts to prepare their end, in milliseconds. */
const longestBeforeDrainMs = 5_000;

/** Settings of a start. */
export interface StartAppOptions {
  /** The app's name on the control plane; default: the environment's. */
  readonly name?: string;
  /** The port the app is reached at. */
  readonly port: number;
  /** The credentials that requests need. */
  readonly auth: ReplicaAuth;
  /** Broadcast to the app's other replicas. Default: this process is all there is. */
  readonly backplane?: Backplane;
  /** Finds out which apps cannot be reached. Default: that is not known. */
  readonly unreachable?: AskUnreachable;
  /** Values of parameters, by name, that win over the declared ones. */
  readonly parameters?: ParameterOverrides;
  /** Parameters that were made available before the environment was imported. */
  readonly given?: StartedParameters;
}

/** An app that has started; connections are given to its ingress. */
export interface RunningApp {
  /** The framework's name. */
  readonly framework: string;
  /** The ingress, which accepts connections for it. */
  readonly ingress: Ingress;
  /** Resolves when the health checks pass; rejects when the signal aborts, naming what fails. */
  healthy(signal: AbortSignal): Promise<void>;
  /** Drains, closes the framework and what is mounted, and runs `onShutdown`, each once. */
  stop(reason: DrainReason, limitMs: number): Promise<void>;
}

/**
 * Starts an environment behind an ingress, up to the point where it can take connections.
 * If it fails half way, what had started is closed again.
 *
 * @throws AppEnvError MISSING_SECRET, PARAMETER_FAILED, UNSUPPORTED, NOT_LISTENING, or START_FAILED with the app's own error as cause.
 */
export async function startApp(environment: AppEnvironment, options: StartAppOptions): Promise<RunningApp> {
  setEnvVars(environment);
  checkSecrets(environment);
  const parameters = await startDeclared(environment, options.parameters, options.given);
  try {
    return await startWith(parameters, environment, options);
  } catch (error) {
    parameters.release();
    throw error;
  }
}

async function startWith(
  parameters: StartedParameters,
  environment: AppEnvironment,
  options: StartAppOptions,
): Promise<RunningApp> {
  const stopping = new AbortController();
  const { port } = options;
  const context: HookContext = {
    name: environment.name,
    port,
    parameters: parameters.values,
    signal: stopping.signal,
  };
  const { onStartup } = environment.hooks;
  if (onStartup !== undefined) await runStartup(onStartup, context);
  const closing = new Closing(environment, context, stopping, parameters);
  try {
    const host = await started(environment, () => hostOf(environment, context));
    closing.host = host;
    const hostContext = { ...context, backplane: options.backplane ?? new ProcessBackplane() };
    const listeners = await started(environment, () => host.start(hostContext));
    for (const extension of environment.extensions) {
      await started(environment, async () => extension.start?.(hostContext));
    }
    const attached = new Attached();
    await started(environment, async () => environment.hooks.attach?.(attached.server));
    const ingress = new Ingress({
      name: options.name ?? environment.name,
      ...(options.name === undefined ? {} : { servedAs: options.name }),
      environment,
      host,
      listeners,
      attached,
      auth: options.auth,
      ...(options.unreachable === undefined ? {} : { unreachable: options.unreachable }),
    });
    return {
      framework: host.framework,
      ingress,
      healthy: (signal) => (ingress.healthIsApps ? Promise.resolve() : untilHealthy(environment, signal)),
      stop: (reason, limitMs) => closing.stop(ingress, reason, limitMs),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** Closes everything exactly once, whatever fails on the way. */
class Closing {
  host: AppHost | undefined;
  readonly #environment: AppEnvironment;
  readonly #context: HookContext;
  readonly #stopping: AbortController;
  readonly #parameters: StartedParameters;
  #prepared: Promise<unknown> | undefined;
  #closed: Promise<void> | undefined;

  constructor(
    environment: AppEnvironment,
    context: HookContext,
    stopping: AbortController,
    parameters: StartedParameters,
  ) {
    this.#environment = environment;
    this.#context = context;
    this.#stopping = stopping;
    this.#parameters = parameters;
  }

  async stop(ingress: Ingress, reason: DrainReason, limitMs: number): Promise<void> {
    this.#stopping.abort();
    ingress.pause();
    await this.#beforeDrain(Math.min(longestBeforeDrainMs, limitMs / 2));
    await ingress.drain(reason, limitMs);
    await this.close();
  }

  /** Lets the host and what is mounted prepare, for as long as clients can wait. */
  async #beforeDrain(limitMs: number): Promise<void> {
    const parts = [this.host, ...this.#environment.extensions];
    this.#prepared ??= Promise.all(
      parts.map((part) => attempt("a part could not prepare its end", async () => part?.beforeDrain?.())),
    );
    const limit = new AbortController();
    await Promise.race([this.#prepared, setTimeout(limitMs, undefined, { signal: limit.signal }).catch(() => {})]);
    limit.abort();
  }

  close(): Promise<void> {
    this.#stopping.abort();
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { extensions, hooks } = this.#environment;
    await attempt("the framework could not be closed", async () => this.host?.close());
    for (const extension of extensions)
      await attempt("what is mounted could not be closed", async () => extension.close?.());
    await attempt("onShutdown failed", async () => hooks.onShutdown?.(this.#context));
    this.#parameters.release();
  }
}

async function attempt(what: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    report(what, error);
  }
}

async function runStartup(hook: LifecycleHook, context: HookContext): Promise<void> {
  try {
    await hook(context);
  } catch (error) {
    throw failureOf(error, "START_FAILED", `onStartup of '${context.name}' failed`);
  }
}

async function started<T>({ name }: AppEnvironment, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw failureOf(error, "START_FAILED", `'${name}' could not be started`);
  }
}
