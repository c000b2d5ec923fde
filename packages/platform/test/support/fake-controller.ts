import { AppEnvError } from "@appenv/core";
import type { AppDefinition, AppId } from "@appenv/protocol";
import type { AppController, AppEvent, AppSnapshot, RevisionSnapshot } from "../../src/apps/contract.ts";
import type { AppReport } from "../../src/apps/report/app-report.ts";

/** Holds apps without running anything; a test moves them through their phases. */
export class FakeController implements AppController {
  readonly apps = new Map<string, AppSnapshot>();
  readonly listeners = new Set<(event: AppEvent) => void>();
  keyHashes: readonly string[] = [];

  apply(id: AppId, definition: AppDefinition): Promise<AppSnapshot> {
    const old = this.get(id);
    const now = new Date();
    const app: AppSnapshot = {
      id,
      definition,
      revision: (old?.revision ?? 0) + 1,
      createdAt: old?.createdAt ?? now,
      updatedAt: now,
      phase: "PENDING",
      message: "Waiting for its first revision.",
      since: now,
      endpoint: `http://localhost:${9000 + this.apps.size}`,
      isListening: true,
      readyReplicas: 0,
      replicas: [],
    };
    this.#put(app, old === undefined ? "created" : "updated");
    return Promise.resolve(app);
  }

  async stop(id: AppId): Promise<AppSnapshot> {
    if (this.get(id) === undefined) throw new AppEnvError("NOT_FOUND", "There is no such app.");
    return this.change(id, { phase: "STOPPED", message: "Stopped." });
  }

  revisions(id: AppId): readonly RevisionSnapshot[] {
    const { revision, createdAt, definition } = this.change(id, {});
    const kept = { definition, number: revision, createdAt, weight: 100, endpoint: "", readyReplicas: 0 };
    return [{ ...kept, requests: 0, failures: 0, message: "" }];
  }

  setTraffic(id: AppId): Promise<AppSnapshot> {
    return Promise.resolve(this.change(id, { phase: "DEPLOYING" }));
  }

  remove(id: AppId): Promise<void> {
    const app = this.get(id);
    this.apps.delete(keyOf(id));
    if (app !== undefined) this.#emit({ type: "deleted", app });
    return Promise.resolve();
  }

  /** Changes an app, as the real controller does by itself. */
  change(id: AppId, changes: Partial<AppSnapshot>): AppSnapshot {
    const old = this.get(id);
    if (old === undefined) throw new Error(`no app ${id.name}`);
    const app = { ...old, since: new Date(), ...changes };
    this.#put(app, "updated");
    return app;
  }

  get(id: AppId): AppSnapshot | undefined {
    return this.apps.get(keyOf(id));
  }

  look(id: AppId): Promise<AppSnapshot | undefined> {
    return Promise.resolve(this.get(id));
  }

  async report(id: AppId): Promise<AppReport> {
    const app = this.get(id);
    if (app === undefined) throw new AppEnvError("NOT_FOUND", "There is no such app.");
    return { replicas: app.replicas, ended: [], restarts: 0, reasons: [] };
  }

  list(): readonly AppSnapshot[] {
    return [...this.apps.values()];
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  setKeyHashes(hashes: readonly string[]): void {
    this.keyHashes = hashes;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #put(app: AppSnapshot, type: "created" | "updated"): void {
    this.apps.set(keyOf(app.id), app);
    this.#emit({ type, app });
  }

  #emit(event: AppEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function keyOf({ project, domain, name }: AppId): string {
  return `${project}/${domain}/${name}`;
}
