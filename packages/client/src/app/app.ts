import { create } from "@bufbuild/protobuf";
import type { AppHandle, ControlPlaneOptions } from "@appenv/core";
import { checkOptions, type OptionNames, controlPlaneOptionNames } from "@appenv/core/internal";
import { type AppId, type AppMessage, fromIdentifier, type Spec, StatusSchema } from "@appenv/protocol";
import { connect, connectOptionNames } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { AppWatch, watchApp } from "./app-watch.ts";
import { type ChangedApp, deleteApp, startApp, stopApp } from "./change-app.ts";
import { type LogEntry, logsOptionNames, type LogsOptions, readLogs } from "./logs.ts";
import {
  type AppMetrics,
  listMetrics,
  type MetricsOptions,
  metricsOptionNames,
  type MetricsPoint,
  readMetrics,
} from "./metrics.ts";
import { listReplicas, watchReplicas, type ReplicaReport } from "./replicas.ts";
import { listRevisions, type Revision, type RevisionWeights, setTraffic, weightsBefore } from "./revisions.ts";
import { type AppStatus, readStatus } from "./status.ts";
import { readApp } from "./read-app.ts";
import { waitFor, waitOptionNames, type WaitOptions } from "./wait-for.ts";

/** Options of `App.list`. */
export interface ListOptions extends ControlPlaneOptions {
  /** Maximum number of items. Default 100. */
  readonly limit?: number;
}

/** Options of `App.watch`. */
export interface WatchOptions {
  /** The phase at which the watch ends. Default: it does not end by itself. */
  readonly until?: "active" | "stopped";
  /** Stops watching. */
  readonly signal?: AbortSignal;
}

const listNames: OptionNames<ListOptions> = { ...controlPlaneOptionNames, limit: true };
const watchReplicasNames: OptionNames<{ readonly signal?: AbortSignal }> = { signal: true };
const watchNames: OptionNames<WatchOptions> = { until: true, signal: true };

/** An app on a control plane, as it was when it was last read. Source: Flyte's `remote.App`. */
export class App implements AppHandle {
  readonly #controlPlane: ControlPlane;
  #app: AppMessage;
  /** A change of it that was not waited for yet. */
  #changed: Omit<ChangedApp, "app">;

  /** @internal Apps come from `App.get`, `App.list` and `serve`. */
  constructor(controlPlane: ControlPlane, app: AppMessage, changed: Omit<ChangedApp, "app"> = {}) {
    this.#controlPlane = controlPlane;
    this.#app = app;
    this.#changed = changed;
  }

  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  static async get(name: string, options: ControlPlaneOptions = {}): Promise<App> {
    checkOptions(options, "App.get", connectOptionNames);
    const controlPlane = await connect(options);
    const { project, domain } = controlPlane;
    return new App(controlPlane, await readApp(controlPlane, { project, domain, name }));
  }

  /** The apps of a project and domain. @throws AppEnvError UNREACHABLE. */
  static async list(options: ListOptions = {}): Promise<readonly App[]> {
    checkOptions(options, "App.list", listNames);
    const controlPlane = await connect(options);
    const { limit = 100 } = options;
    const apps: App[] = [];
    for (let token = ""; ;) {
      const page = await controlPlane.apps.list({
        request: { limit: Math.min(limit, 100), token },
        filterBy: { case: "project", value: { name: controlPlane.project, domain: controlPlane.domain } },
      });
      // The open-source backend filters by project only.
      const own = page.apps.filter((app) => app.metadata?.id?.domain === controlPlane.domain);
      apps.push(...own.map((app) => new App(controlPlane, app)));
      token = page.token;
      if (token === "" || apps.length >= limit) return apps.slice(0, limit);
    }
  }

  /**
   * The load in the last minute of each app of a project and domain that has replicas, by its name.
   *
   * @throws AppEnvError UNREACHABLE; UNSUPPORTED on other control planes.
   */
  static async listMetrics(options: ControlPlaneOptions = {}): Promise<ReadonlyMap<string, MetricsPoint>> {
    checkOptions(options, "App.listMetrics", connectOptionNames);
    return listMetrics(await connect(options));
  }

  /** Its identity. */
  get id(): AppId {
    return fromIdentifier(this.#app.metadata?.id);
  }

  /** The app's name. */
  get name(): string {
    return this.id.name;
  }

  /** Number of the revision that was made last; 0 on a control plane without revisions. */
  get revision(): number {
    return Number(this.#app.metadata?.revision ?? 0);
  }

  /** As it was last read. */
  get status(): AppStatus {
    return readStatus(this.#app);
  }

  /** The URL at which it answers; empty while the control plane does not say. */
  get endpoint(): string {
    return this.#app.status?.ingress?.publicUrl ?? "";
  }

  /** Its page in the console. */
  get url(): string {
    return this.#controlPlane.consolePage(this.id);
  }

  /** Replicas that can answer. */
  get replicas(): number {
    return this.#app.status?.currentReplicas ?? 0;
  }

  /** Undefined if the control plane does not say. */
  get createdAt(): Date | undefined {
    const time = this.#app.status?.createdAt;
    return time === undefined ? undefined : new Date(Number(time.seconds) * 1000);
  }

  /** Its definition, as Flyte's message; `fromSpec` of `@appenv/protocol` reads it. */
  get spec(): Spec | undefined {
    return this.#app.spec;
  }

  /** Its status now, then after every change. @throws AppEnvError as `serve` if it fails. */
  async *watch(options: WatchOptions = {}): AsyncGenerator<AppStatus> {
    checkOptions(options, "App.watch", watchNames);
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    try {
      for await (const change of watchApp(this.#controlPlane, this.id, signal)) {
        if (change.type === "deleted") return;
        this.#app = change.app;
        yield this.status;
        const { phase } = this.status;
        if (options.until !== undefined && phase === options.until.toUpperCase()) return;
      }
    } finally {
      stop.abort();
    }
  }

  /** Waits until it serves or is stopped. @throws AppEnvError START_TIMEOUT, or the reason why it failed. */
  async wait(options: WaitOptions): Promise<void> {
    checkOptions(options, "App.wait", waitOptionNames);
    const { rollout, watch = new AppWatch(this.#controlPlane, this.id) } = this.#changed;
    this.#changed = rollout === undefined ? {} : { rollout };
    this.#app = keepIngress(await waitFor(watch, this.id, options, rollout), this.#app);
    this.#changed = {};
  }

  /** Starts it again after `deactivate`, and waits until it can answer. @throws AppEnvError as `serve`. */
  async activate(options: Partial<WaitOptions> = {}): Promise<void> {
    checkOptions(options, "App.activate", waitOptionNames);
    const { app, ...changed } = await startApp(this.#controlPlane, this.id);
    this.#app = keepIngress(app, this.#app);
    this.#changed = changed;
    await this.wait({ ...options, until: "active" });
  }

  /** Stops it, and waits until it is stopped; it stays on the control plane. @throws AppEnvError NOT_FOUND. */
  async deactivate(options: Partial<WaitOptions> = {}): Promise<void> {
    checkOptions(options, "App.deactivate", waitOptionNames);
    this.#app = keepIngress(await stopApp(this.#controlPlane, this.id), this.#app);
    this.#changed = {};
    await this.wait({ ...options, until: "stopped" });
  }

  /** Removes it. Without effect if it is gone already. */
  async delete(): Promise<void> {
    await deleteApp(this.#controlPlane, this.id);
  }

  /**
   * The revisions that are kept, the newest first. @throws AppEnvError NOT_FOUND; UNSUPPORTED on other control planes.
   */
  async revisions(): Promise<readonly Revision[]> {
    return listRevisions(this.#controlPlane, this.id);
  }

  /**
   * Its replicas one by one, those that ended lately, and why it is not ready, restarts or does not scale.
   *
   * @throws AppEnvError NOT_FOUND; UNSUPPORTED on other control planes.
   */
  async listReplicas(): Promise<ReplicaReport> {
    return listReplicas(this.#controlPlane, this.id);
  }

  /** As `listReplicas` now, then after every change. @throws AppEnvError NOT_FOUND, also when it is deleted; UNSUPPORTED. */
  watchReplicas(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<ReplicaReport> {
    checkOptions(options, "App.watchReplicas", watchReplicasNames);
    return watchReplicas(this.#controlPlane, this.id, options.signal);
  }

  /**
   * Sets the weights of its revisions, and waits until they apply: `{ 4: 10 }` gives revision 4 ten requests of 100, and
   * the rest to the revision that serves beside those named.
   *
   * @throws AppEnvError INVALID_OPTION, NOT_FOUND, UNSUPPORTED; the reason if a revision cannot start, and then nothing has changed.
   */
  async setTraffic(weights: RevisionWeights): Promise<void> {
    await setTraffic(this.#controlPlane, this.id, weights);
    await this.wait({ until: "active" });
  }

  /**
   * Takes the newest running revision out of traffic: the ones beside it, else the one before it, get all requests.
   *
   * @param to - The revision that gets all requests instead.
   * @throws AppEnvError as `setTraffic`.
   */
  async rollback(to?: number): Promise<void> {
    await this.setTraffic(weightsBefore(await this.revisions(), to));
  }

  /**
   * Its load: requests, latency, responses by class, processor time and memory, in steps. The last hour is kept by the
   * second, a week by the minute.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION, INVALID_DURATION; UNSUPPORTED on other control planes.
   */
  async metrics(options: MetricsOptions = {}): Promise<AppMetrics> {
    checkOptions(options, "App.metrics", metricsOptionNames);
    return readMetrics(this.#controlPlane, this.id, options);
  }

  /** The lines its replicas wrote, oldest first. @throws AppEnvError NOT_FOUND. */
  logs(options: LogsOptions = {}): AsyncGenerator<LogEntry> {
    checkOptions(options, "App.logs", logsOptionNames);
    return readLogs(this.#controlPlane, this.id, options);
  }
}

/** Keeps the endpoint of an app that is stopped: the open-source backend drops it, and gives the same one again. */
function keepIngress(app: AppMessage, before: AppMessage): AppMessage {
  const ingress = app.status?.ingress ?? before.status?.ingress;
  if (ingress === undefined) return app;
  const status = app.status ?? create(StatusSchema);
  return { ...app, status: { ...status, ingress } };
}
