import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppDefinition, AppId } from "@appenv/protocol";
import { createAppController, createProcessPool } from "../../src/apps/app-controller.ts";
import type { AppTiming } from "../../src/apps/timing.ts";
import type { AppController, AppSnapshot } from "../../src/apps/contract.ts";
import type { AppStore, StoredApp, StoredRevision } from "../../src/state/app-store.ts";
import type { LogSink } from "../../src/logs/log-sink.ts";

/** Test files run side by side: one must not get the port that another has just given up and will want again. */
const declaredPort = 19_000 + 21 * ((process.pid + 7 * Number(process.env["VITEST_POOL_ID"])) % 500);

/** A controller with everything it needs in one temporary directory, and its state in memory. */
export interface AppsFixture extends AsyncDisposable {
  controller: AppController;
  readonly stored: Map<string, StoredApp>;
  readonly lines: string[];
  /** Writes a module and returns the definition of an app that runs it. */
  define(source: string, changes?: Partial<AppDefinition>): AppDefinition;
  /** Resolves with the app once the condition holds; every change is looked at, no time is waited. */
  until(id: AppId, condition: (app: AppSnapshot) => boolean): Promise<AppSnapshot>;
  /** Another platform on the same state, after this one was closed. */
  restart(): Promise<void>;
}

export const id: AppId = { project: "flytesnacks", domain: "development", name: "app" };

/** The start of every module: an environment whose requests `handler` answers. */
export function server(handler: string, options: string = ""): string {
  return `
    import { AppEnvironment } from ${JSON.stringify(import.meta.resolve("@appenv/core"))};
    export const env = new AppEnvironment({ name: "app", requiresAuth: false, ${options} });
    env.server(() => ${handler});
  `;
}

export async function startApps(timing: Partial<AppTiming> = {}): Promise<AppsFixture> {
  const folder = mkdtempSync(join(tmpdir(), "appenv-apps-"));
  const stored = new Map<string, StoredApp>();
  const kept = new Map<string, Map<number, StoredRevision>>();
  const lines: string[] = [];
  const store: AppStore = {
    load: () => [...stored.values()],
    revisions: ({ name }) => [...(kept.get(name)?.values() ?? [])].toSorted((a, b) => b.number - a.number),
    launches: () => [],
    usesBundle: () => false,
    save: (app) => {
      const { id: appId, revision: number, definition, updatedAt: createdAt, lastRevision } = app;
      const revisions = kept.get(appId.name) ?? new Map<number, StoredRevision>();
      kept.set(appId.name, revisions.set(number, { number, definition, createdAt }));
      stored.set(appId.name, { ...app, lastRevision: Math.max(lastRevision, ...revisions.keys()) });
    },
    remove: ({ name }) => void (stored.delete(name), kept.delete(name)),
  };
  const logs: LogSink = {
    write: (_id, replica, stream, written) => void lines.push(...written.map((line) => `${replica} ${stream} ${line}`)),
    remove: () => undefined,
  };
  const start = (): Promise<AppController> =>
    createAppController({
      store,
      logs,
      host: "127.0.0.1",
      keyHashes: [],
      timing: { stopMs: 2_000, ...timing },
      pool: createProcessPool(join(folder, "cache")),
      launch: {
        apiEndpoint: "http://localhost:0",
        bundleFile: (uri) => uri,
        compileCache: join(folder, "cache"),
        apiToken: () => "apt_of-this-app",
      },
    });
  let modules = 0;
  const fixture: AppsFixture = {
    controller: await start(),
    stored,
    lines,
    define(source, changes = {}) {
      const uri = join(folder, `bundle-${(modules += 1)}.mjs`);
      writeFileSync(uri, source);
      return {
        launch: { kind: "bundle", uri, environment: "app", workdir: folder, preload: [] },
        port: declaredPort,
        envVars: {},
        secrets: [],
        resources: [],
        replicas: { min: 0, max: 1 },
        requiresAuth: false,
        links: [],
        clusterPool: "default",
        desiredState: "active",
        ...changes,
      };
    },
    until(appId, condition) {
      return new Promise((resolve) => {
        const look = (): void => {
          const app = fixture.controller.get(appId);
          if (app === undefined || !condition(app)) return;
          unsubscribe();
          resolve(app);
        };
        const unsubscribe = fixture.controller.subscribe(look);
        look();
      });
    },
    async restart() {
      await fixture.controller.close();
      fixture.controller = await start();
    },
    async [Symbol.asyncDispose]() {
      await fixture.controller.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fixture;
}

/** True if a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/status`;
    // One that has ended may wait for its parent for long.
    return !existsSync(status) || !/^State:\tZ/m.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}
