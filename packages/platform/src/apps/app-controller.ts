import { fileURLToPath } from "node:url";
import { AppEnvError } from "@appenv/core";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { AppController, AppEvent, AppSnapshot, RevisionSnapshot, RevisionWeight } from "./contract.ts";
import type { AppReport } from "./report/app-report.ts";
import type { AppStore } from "../state/app-store.ts";
import type { LogSink } from "../logs/log-sink.ts";
import type { LoadSink } from "../metrics/app-metrics.ts";
import { Listeners } from "@appenv/core/internal";
import type { LaunchContext } from "../replicas/launch.ts";
import { processEnv } from "../replicas/pool/process-env.ts";
import { ProcessPool } from "../replicas/pool/process-pool.ts";
import { Turns } from "./turns.ts";
import { AppRunner, type RunnerContext } from "./app-runner.ts";
import { movesOf } from "../replicas/moves.ts";
import { unreachableDependencies, withDependencies, withFailingChecks } from "./app-snapshot.ts";
import { checkLaunch } from "../replicas/replica-start.ts";
import { defaultTiming, type AppTiming } from "./timing.ts";

/** Parts of a controller. */
export interface AppControllerOptions {
  readonly store: AppStore;
  readonly logs: LogSink;
  /** Takes the load of replicas. Default: it is not recorded. */
  readonly metrics?: LoadSink;
  /** The address apps listen on. */
  readonly host: string;
  readonly launch: LaunchContext;
  /** Times other than the defaults. */
  readonly timing?: Partial<AppTiming>;
  /** The keys that are accepted at first. */
  readonly keyHashes: readonly string[];
  /** Processes that are booted already. */
  readonly pool?: ProcessPool;
}

/** The processes an app controller takes its replicas from; made early, they boot while the rest starts. */
export function createProcessPool(compileCache: string): ProcessPool {
  const entry = fileURLToPath(import.meta.resolve("@appenv/runtime/replica"));
  return new ProcessPool({ entry, env: processEnv({ APPENV_COMPILE_CACHE: compileCache }) });
}

/** Runs the stored apps, and from then on whatever it is told to. */
export async function createAppController(options: AppControllerOptions): Promise<AppController> {
  const controller = new Controller(options);
  await controller.restore();
  return controller;
}

class Controller implements AppController {
  readonly #runners = new Map<string, AppRunner>();
  readonly #listeners = new Listeners<AppEvent>("the changes of apps");
  readonly #turns: Turns = new Turns();
  readonly #context: RunnerContext;
  #keyHashes: readonly string[];
  #closing: Promise<void> | undefined;

  constructor(options: AppControllerOptions) {
    this.#keyHashes = options.keyHashes;
    this.#context = {
      store: options.store,
      logs: options.logs,
      metrics: options.metrics,
      launch: {
        ...options.launch,
        endpointOf: (app) => this.#runners.get(keyOf(app))?.snapshot.endpoint,
        unreachable: (app) => this.#unreachable(app),
        onMove: movesOf(this),
      },
      host: options.host,
      timing: { ...defaultTiming, ...options.timing },
      pool: options.pool ?? createProcessPool(options.launch.compileCache),
      keyHashes: () => this.#keyHashes,
      isReserved: (port, but) => this.#isReserved(port, but),
      onChange: (runner) => this.#onChange(runner),
      inTurn: (runner, work) => this.#inTurn(runner.record.id, work),
    };
  }

  async restore(): Promise<void> {
    for (const record of this.#context.store.load()) {
      this.#runners.set(keyOf(record.id), new AppRunner(record, this.#context));
    }
    await Promise.all([...this.#runners.values()].map((runner) => runner.restore()));
  }

  apply(id: AppId, definition: AppDefinition): Promise<AppSnapshot> {
    return this.#inTurn(id, () => this.#apply(id, definition));
  }

  async #apply(id: AppId, definition: AppDefinition): Promise<AppSnapshot> {
    checkLaunch(id, definition, this.#context.launch);
    const existing = this.#runners.get(keyOf(id));
    if (existing !== undefined) {
      await existing.apply(definition);
      return existing.snapshot;
    }
    const now = new Date();
    const runner = new AppRunner(
      { id, definition, revision: 1, lastRevision: 1, createdAt: now, updatedAt: now, port: 0, traffic: [] },
      this.#context,
    );
    this.#runners.set(keyOf(id), runner);
    try {
      await runner.apply(definition);
    } catch (error) {
      this.#runners.delete(keyOf(id));
      throw error;
    }
    return runner.snapshot;
  }

  stop(id: AppId): Promise<AppSnapshot> {
    return this.#inTurn(id, async () => {
      const runner = this.#runner(id);
      runner.stop();
      return runner.snapshot;
    });
  }

  revisions(id: AppId): readonly RevisionSnapshot[] {
    return this.#runner(id).revisions();
  }

  setTraffic(id: AppId, weights: readonly RevisionWeight[]): Promise<AppSnapshot> {
    return this.#inTurn(id, async () => {
      const runner = this.#runner(id);
      await runner.setTraffic(weights);
      return runner.snapshot;
    });
  }

  remove(id: AppId): Promise<void> {
    return this.#inTurn(id, () => this.#remove(id));
  }

  async #remove(id: AppId): Promise<void> {
    const runner = this.#runners.get(keyOf(id));
    if (runner === undefined) return;
    this.#context.store.remove(id);
    this.#runners.delete(keyOf(id));
    await runner.shutDown(this.#context.timing.stopMs);
    this.#context.logs.remove(id);
    this.#context.metrics?.remove(id);
    this.#listeners.tell({ type: "deleted", app: runner.snapshot });
  }

  get(id: AppId): AppSnapshot | undefined {
    const runner = this.#runners.get(keyOf(id));
    return runner === undefined ? undefined : this.#snapshotOf(runner);
  }

  async look(id: AppId): Promise<AppSnapshot | undefined> {
    const checks = (await this.#runners.get(keyOf(id))?.failingChecks()) ?? {};
    const app = this.get(id);
    return app === undefined ? undefined : withFailingChecks(app, checks);
  }

  async report(id: AppId): Promise<AppReport> {
    const runner = this.#runner(id);
    const { snapshot } = runner;
    return runner.report(unreachableDependencies(snapshot, (app) => this.#unreachableOf(app)));
  }

  list(): readonly AppSnapshot[] {
    return [...this.#runners.values()].map((runner) => this.#snapshotOf(runner));
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    return this.#listeners.add(listener);
  }

  setKeyHashes(hashes: readonly string[]): void {
    this.#keyHashes = hashes;
    for (const runner of this.#runners.values()) runner.refreshAuth();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { pool, timing } = this.#context;
    // Rollouts that have begun are waited for: they may be about to listen.
    const stopped = [...this.#runners].map(([key, runner]) =>
      this.#turns.take(key, () => runner.shutDown(timing.stopMs)),
    );
    await Promise.all([pool.close(), ...stopped]);
  }

  /** @throws AppEnvError UNREACHABLE once the platform is closing. */
  #inTurn<T>(id: AppId, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(keyOf(id), async () => {
      if (this.#closing !== undefined) throw new AppEnvError("UNREACHABLE", "The platform is closing.");
      return work();
    });
  }

  #isReserved(port: number, but: AppId | undefined): boolean {
    const own = but === undefined ? undefined : keyOf(but);
    return [...this.#runners].some(([key, { record }]) => key !== own && record.port === port);
  }

  #runner(id: AppId): AppRunner {
    const runner = this.#runners.get(keyOf(id));
    if (runner !== undefined) return runner;
    throw new AppEnvError("NOT_FOUND", `There is no app '${id.name}' in ${id.project}/${id.domain}.`);
  }

  #unreachable(app: AppId): string | undefined {
    const runner = this.#runners.get(keyOf(app));
    return runner === undefined ? "there is no such app" : runner.tryAgain();
  }

  #snapshotOf({ snapshot }: AppRunner): AppSnapshot {
    return withDependencies(snapshot, (app) => this.#unreachableOf(app));
  }

  #unreachableOf(app: AppId): string | undefined {
    const other = this.#runners.get(keyOf(app));
    return other === undefined ? "there is no such app" : other.unreachable;
  }

  /** The first change of an app is its creation. */
  #onChange(runner: AppRunner): void {
    const key = keyOf(runner.record.id);
    if (this.#runners.get(key) !== runner || this.#listeners.size === 0) return;
    this.#listeners.tell({ type: "updated", app: this.#snapshotOf(runner) });
  }
}

function keyOf({ project, domain, name }: AppId): string {
  return `${project}/${domain}/${name}`;
}
