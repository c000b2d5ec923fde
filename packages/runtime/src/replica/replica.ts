import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { AppEnvError } from "@appenv/core";
import { endpointsVar, flushSpans, openNotes, setReplaySource, setTokenSource } from "@appenv/core/internal";
import { report } from "./app/report.ts";
import { PlatformBackplane } from "./platform-backplane.ts";
import { traceOutput } from "./app/trace-output.ts";
import { startApp, type RunningApp } from "./app/start-app.ts";
import { startGiven } from "./parameters/start-parameters.ts";
import { failureOf } from "../load/load-failure.ts";
import { loadEnvironment } from "../load/load-environment.ts";
import { connectPlatform, type Platform, type Told } from "../ipc/channel.ts";
import { reportLoad } from "./load-reports.ts";
import { TokenClient } from "./token-client.ts";
import type { Worker } from "../worker/worker.ts";
import type { ToWorker, WorkerStart } from "../ipc/worker-messages.ts";
import type { ReplicaStart, ToReplica } from "../ipc/replica-messages.ts";

/** Time that open requests have when the platform has died, in milliseconds: no other replica can answer them. */
const orphanLimitMs = 2_000;
/** Time limit for the platform to say what a replay is, in milliseconds. */
const replayLimitMs = 5_000;
/** Time that closing the app has after that, in milliseconds. */
const closeLimitMs = 2_000;

/** Makes this process a replica of the platform that started it. */
export function runReplica(): void {
  process.title = "appenv-spare";
  process.setSourceMapsEnabled(true);
  const platform = connectPlatform();
  const replica = new Replica(platform);
  platform.onMessage((message, handle) => replica.handle(message, handle));
  platform.onDisconnect(() => replica.orphaned());
  process.on("uncaughtException", (error) => replica.crash(error));
  // The platform decides when a replica ends; Ctrl-C reaches the whole process group.
  process.on("SIGTERM", ignoreSignal).on("SIGINT", ignoreSignal);
  void platform.send({ type: "booted" });
}

function ignoreSignal(): void {}

/** One replica from `start` to its end. */
class Replica {
  readonly #platform: Platform;
  readonly #backplane: PlatformBackplane;
  /** Messages that arrived before the app could take them. */
  readonly #early: (() => void)[] = [];
  #app: RunningApp | undefined;
  #worker: Worker | undefined;
  #ending = false;
  #reportLoad: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#backplane = new PlatformBackplane(platform);
    const { calls } = platform;
    openNotes();
    setReplaySource((text) => calls.ask("replay", { text }, replayLimitMs));
    const tokens = new TokenClient(calls);
    setTokenSource((app) => tokens.token(app));
    calls.answer("duplicate", (_, handle) => handle);
    calls.answer("failing", () => this.#whenStarted(({ ingress }) => ingress.failing()));
    calls.answer("traffic", async (traffic) => {
      await this.#whenStarted(({ ingress }) => ingress.setTraffic(traffic));
      return true;
    });
  }

  handle(message: Told, handle: unknown): void {
    switch (message.type) {
      case "warm":
        return void this.#warm(message);
      case "start":
        return void this.#start(message.start);
      case "work":
        return void this.#work(message.start);
      case "attempts":
      case "outcomes":
      case "cancel":
      case "finish":
        return this.#tellWorker(message);
      case "drain":
        return void this.#drain(message.reason, message.limitMs);
      case "endpoints":
        // Read anew by every `env.endpoint`.
        return void (process.env[endpointsVar] = message.endpoints);
      case "delivered":
        return this.#backplane.receive(message);
      default:
        return void this.#whenStarted((app) => this.#serve(app, message, handle));
    }
  }

  /** The platform is gone: no connection may be taken any more, and those open get a moment. */
  orphaned(): void {
    if (this.#worker !== undefined) return this.#worker.orphaned();
    // A hook that hangs must not keep the process: nobody is left to kill it.
    setTimeout(() => process.exit(1), orphanLimitMs + closeLimitMs).unref();
    void this.#drain("stop", orphanLimitMs);
  }

  /** An error nobody caught: the app's state is unknown, so the process ends and is replaced. */
  crash(error: unknown): void {
    if (this.#worker !== undefined) return this.#worker.crash(error);
    report("uncaught error", error);
    void this.#fail(failureOf(error, "START_FAILED", "An error was not caught"));
  }

  async #warm({ env, workdir, modules }: Extract<ToReplica, { type: "warm" }>): Promise<void> {
    Object.assign(process.env, env);
    try {
      process.chdir(workdir);
      for (const url of modules) await warmModule(url);
    } catch (error) {
      // The start runs into the same error and can say whose it is.
      report("a module could not be imported beforehand", error);
    }
    void this.#platform.send({ type: "warmed" });
  }

  async #start(start: ReplicaStart): Promise<void> {
    process.title = `appenv-replica ${start.replica}`;
    try {
      Object.assign(process.env, start.env);
      process.chdir(start.workdir);
      const given = await startGiven(start.app);
      const environment = await loadEnvironment(start.launch.file, start.launch.environment, codeOf(start));
      traceOutput();
      const app = await startApp(environment, {
        name: start.app,
        port: start.port,
        auth: start.auth,
        backplane: this.#backplane,
        unreachable: (apps, limitMs) => this.#platform.calls.ask("unreachable", { apps }, limitMs),
        given,
      });
      void app.ingress.setTraffic(start.traffic);
      await app.healthy(new AbortController().signal);
      this.#ready(app, start.loadIntervalMs);
    } catch (error) {
      const failure = failureOf(error, "START_FAILED", `'${start.app}' could not be started`);
      report(failure.message, failure.cause);
      await this.#fail(failure);
    }
  }

  /** Becomes a worker of tasks. What that needs is loaded only now: a replica of an app never does. */
  async #work(start: WorkerStart): Promise<void> {
    try {
      const { startWorker } = await import("../worker/worker.ts");
      // A worker ends on SIGTERM at once: its attempts were told before, by their signals.
      process.off("SIGTERM", ignoreSignal);
      this.#worker = await startWorker(this.#platform, start);
      for (const act of this.#early.splice(0)) act();
    } catch (error) {
      const name = start.launch.environment;
      const failure = AppEnvError.from(error, "START_FAILED", `A worker of '${name}' could not be started`);
      report(failure.message, failure.cause);
      await this.#fail(failure);
    }
  }

  #tellWorker(message: ToWorker): void {
    if (this.#worker === undefined) this.#early.push(() => this.#worker?.handle(message));
    else this.#worker.handle(message);
  }

  #ready(app: RunningApp, loadIntervalMs: number): void {
    this.#app = app;
    void this.#platform.send({ type: "ready", framework: app.framework });
    this.#reportLoad = reportLoad(app.ingress, loadIntervalMs, this.#platform);
    for (const act of this.#early.splice(0)) act();
    // A replica may be killed, and then writes nothing: the cache is for the next one.
    setTimeout(() => flushCompileCache(), 1_000).unref();
  }

  /** Acts once the app has started, in the order in which this was called. */
  async #whenStarted<T>(act: (app: RunningApp) => T | Promise<T>): Promise<T> {
    if (this.#app !== undefined) return act(this.#app);
    return new Promise((resolve) => this.#early.push(() => resolve(this.#whenStarted(act))));
  }

  #serve({ ingress }: RunningApp, message: Told, handle: unknown): void {
    switch (message.type) {
      case "accept":
        void ingress.accept({ handle }).catch((error: unknown) => this.crash(error));
        break;
      case "pause":
        ingress.pause();
        void this.#platform.send({ type: "paused" });
        break;
      case "connection":
        // The other end may have hung up on the way; then there is no handle any more.
        if (handle !== undefined && handle !== null) ingress.inject(toSocket(handle), message.waitingSince);
        break;
      case "auth":
        ingress.setAuth(message.auth);
        break;
      case "rebalance":
        ingress.rebalance(message.connections);
        break;
    }
  }

  async #drain(reason: Extract<ToReplica, { type: "drain" }>["reason"], limitMs: number): Promise<void> {
    const again = this.#ending;
    this.#ending = true;
    if (this.#app === undefined) return this.#exit(0);
    await this.#app.stop(reason, limitMs);
    if (!again) await this.#exit(0);
  }

  async #fail({ code, message, fix }: AppEnvError): Promise<void> {
    await this.#platform.send({ type: "failed", code, message, fix });
    process.exit(1);
  }

  async #exit(code: number): Promise<void> {
    // The last requests count too.
    this.#reportLoad?.();
    await flushSpans();
    await this.#platform.send({ type: "drained" });
    process.exit(code);
  }
}

/** Imports a module. An adapter's may export `warmUp`, which loads what its framework loads only when it is first used. */
async function warmModule(url: string): Promise<void> {
  const { warmUp } = (await import(url)) as { readonly warmUp?: unknown };
  if (typeof warmUp === "function") await warmUp();
}

function codeOf({ app }: ReplicaStart): string {
  return `The code of '${app}'`;
}

/** A socket arrives as one, or as its bare TCP handle. */
function toSocket(handle: unknown): Socket {
  return handle instanceof Socket ? handle : new Socket({ handle } as never);
}
