import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { AppEnvError } from "@appenv/core";
import { openTaskRegistry, openTaskStore, type TaskRegistry } from "@appenv/engine";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openBundles, type Bundles } from "../../src/api/uploads/bundles.ts";
import { tidyUp, type House } from "../../src/housekeeping/housekeeping.ts";
import { openStore, type Store } from "../../src/state/store.ts";
import type { TaskRuntime } from "../../src/tasks/task-runtime.ts";
import { appId, definition, storedApp } from "../support/app.ts";

const place = { project: "flytesnacks", domain: "development" } as const;
const hourMs = 3_600_000;
/** Numbers of versions of tasks, and of revisions of an app, that are kept. */
const kept = 10;
const names = ["tasks.one", "tasks.two"];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Version {
  readonly name: string;
  readonly version: string;
  deployedAt: number;
}

/** A platform's state on disk, beside a list of what has to be there. */
class Keeper {
  readonly #directory = tempDirectory();
  readonly #code = join(this.#directory, "bundles");
  readonly #runs = new Map<number, { readonly name: string; readonly version: string }>();
  readonly #triggers = new Map<string, string>();
  readonly #revisions: string[] = [];
  /** In the order in which they were deployed. */
  #versions: Version[] = [];
  readonly #askedAt = new Map<string, number>();
  #next = 0;
  #store!: Store;
  #tasks!: ReturnType<typeof openTaskStore>;
  #registry!: TaskRegistry;
  #bundles!: Bundles;

  constructor() {
    mkdirSync(this.#code);
    this.open();
  }

  open(): void {
    const file = join(this.#directory, "state.db");
    this.#store = openStore(file);
    this.#tasks = openTaskStore({ file, objects: join(this.#directory, "objects") });
    this.#registry = openTaskRegistry({ store: this.#tasks });
    this.#bundles = openBundles(this.#code);
    this.#tasks.database.exec("PRAGMA synchronous=OFF");
  }

  close(): void {
    this.#tasks.close();
    this.#store.close();
  }

  /** As after `kill -9`: nothing is finished. */
  restart(): void {
    this.close();
    this.open();
  }

  upload(version: string): void {
    const file = join(this.#code, nameOf(version));
    writeFileSync(file, version);
    utimesSync(file, Date.now() / 1_000, Date.now() / 1_000);
    this.#askedAt.set(version, Date.now());
  }

  /** Deploys both tasks. Answers false if the code is not there. */
  async deploy(version: string): Promise<boolean> {
    try {
      this.#bundles.file(this.#uri(version));
    } catch (error) {
      if (AppEnvError.is(error, "LOAD_FAILED")) return false;
      throw error;
    }
    this.#askedAt.set(version, Date.now());
    await turn();
    const launch = {
      kind: "bundle",
      uri: this.#uri(version),
      environment: "tasks",
      workdir: "/",
      preload: [],
    } as const;
    await this.#registry.deploy(
      names.map((name) => ({
        id: { ...place, name, version },
        definition: taskDefinition({ taskName: name, launch }),
        spec: new Uint8Array([1]),
        triggers: [],
      })),
    );
    this.#versions = this.#versions.filter((other) => other.version !== version);
    for (const name of names) this.#versions.push({ name, version, deployedAt: Date.now() });
    return true;
  }

  serve(version: string): void {
    const revision = this.#revisions.push(version);
    const launch = { kind: "bundle", uri: this.#uri(version), environment: "shop", workdir: "/", preload: [] } as const;
    this.#bundles.file(this.#uri(version));
    this.#askedAt.set(version, Date.now());
    this.#store.apps.save(storedApp({ id: appId("shop"), definition: definition({ launch }), revision }));
  }

  run(name: string, pick: number): void {
    const versions = this.#versions.filter((each) => each.name === name);
    const version = versions[pick % versions.length];
    if (version === undefined) return;
    this.#next += 1;
    const task = this.#tasks.tasks.find({ ...place, name }, version.version);
    this.#tasks.database
      .prepare("INSERT INTO runs (id, scope, name, task_name, task, outcome, source) VALUES (?, ?, ?, ?, ?, 1, 1)")
      .run(this.#next, task?.scope ?? 0, `r${this.#next}`, task?.name ?? 0, task?.id ?? 0);
    this.#runs.set(this.#next, version);
  }

  deleteRun(pick: number): void {
    const run = [...this.#runs.keys()][pick % Math.max(this.#runs.size, 1)];
    if (run === undefined) return;
    this.#runs.delete(run);
    this.#tasks.database.prepare("DELETE FROM runs WHERE id = ?").run(run);
  }

  trigger(name: string, pick: number): void {
    const versions = this.#versions.filter((each) => each.name === name);
    const version = versions[pick % versions.length]?.version;
    if (version === undefined) return;
    this.#tasks.database
      .prepare("INSERT OR REPLACE INTO triggers VALUES (?, ?, ?, 'often', ?, 'api', '{}', 1, 1, 0, 0, NULL, NULL)")
      .run(place.project, place.domain, name, version);
    this.#triggers.set(name, version);
  }

  /** @param killAfter - Number of questions after which the platform is gone. */
  tidyUp(killAfter = Number.POSITIVE_INFINITY): Promise<void> {
    let asked = 0;
    const runtime = Promise.resolve({ registry: this.#registry } as TaskRuntime);
    const house: House = {
      hasTasks: true,
      tasks: { made: runtime, get: () => runtime },
      apps: this.#store.apps,
      bundles: this.#bundles,
      logs: { removeOthers: async () => {} },
      compileCache: join(this.#directory, "none"),
    };
    return tidyUp(house, () => (asked += 1) > killAfter);
  }

  /** Versions and code that are missing, or are there and should not be. */
  differences(): readonly string[] {
    const [wanted, found] = [this.#wanted(), this.#found()];
    const missing = wanted.filter((each) => !found.includes(each)).map((each) => `missing ${each}`);
    return [...missing, ...found.filter((each) => !wanted.includes(each)).map((each) => `left ${each}`)];
  }

  /** After a round: nobody finds the versions any more that nothing needed. */
  forget(): void {
    this.#versions = this.#versions.filter(({ version }) => this.#isNeeded(version));
  }

  #wanted(): readonly string[] {
    this.forget();
    const ofApps = this.#revisions.slice(-kept);
    const young = [...this.#askedAt].flatMap(([version, at]) => (Date.now() - at <= hourMs ? version : []));
    const code = new Set([...ofApps, ...young, ...this.#versions.map(({ version }) => version)]);
    return [...this.#versions.map(({ name, version }) => `${name} ${version}`), ...[...code].map(nameOf)];
  }

  #found(): readonly string[] {
    const page = { limit: 1_000, token: "" };
    const versions = names.flatMap((name) =>
      this.#registry.versions({ ...place, name }, page).items.map(({ id }) => `${name} ${id.version}`),
    );
    return [...versions, ...readdirSync(this.#code)];
  }

  #isNeeded(version: string): boolean {
    const asked = this.#askedAt.get(version) ?? 0;
    if (Date.now() - asked <= hourMs) return true;
    if ([...this.#runs.values()].some((run) => run.version === version)) return true;
    if ([...this.#triggers.values()].includes(version)) return true;
    return names.some((name) => {
      const newest = this.#versions.filter((each) => each.name === name).slice(-kept);
      return newest.some((each) => each.version === version);
    });
  }

  #uri(version: string): string {
    return this.#bundles.uri(nameOf(version));
  }
}

function nameOf(version: string): string {
  return `${createHash("md5").update(version).digest("hex")}.mjs`;
}

const version = fc.integer({ min: 0, max: 30 }).map((number) => `v${number}`);
const versions = fc.array(version, { minLength: 1, maxLength: 8 });
const pick = fc.nat({ max: 50 });
const name = fc.constantFrom(...names);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("deploy" as const), versions }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("upload" as const), version }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("serve" as const), version }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("run" as const), name, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("trigger" as const), name, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.constantFrom(20, 61) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("tidy" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kill" as const), after: fc.nat({ max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("race" as const), version, turns: fc.nat({ max: 12 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

async function take(keeper: Keeper, asked: Step, differences: string[]): Promise<unknown> {
  switch (asked.kind) {
    case "deploy":
      for (const each of asked.versions) {
        keeper.upload(each);
        await keeper.deploy(each);
      }
      return;
    case "upload":
    case "serve":
      keeper.upload(asked.version);
      if (asked.kind === "serve") keeper.serve(asked.version);
      return;
    case "run":
      return keeper.run(asked.name, asked.pick);
    case "delete":
      return keeper.deleteRun(asked.pick);
    case "trigger":
      return keeper.trigger(asked.name, asked.pick);
    case "wait":
      return void vi.setSystemTime(Date.now() + asked.minutes * 60_000);
    case "kill":
      await keeper.tidyUp(asked.after);
      // Versions go between the first question and the second.
      if (asked.after > 0) keeper.forget();
      return keeper.restart();
    case "race": {
      // The code of an earlier upload: its deploy is refused, or everything of it is there.
      const tidied = keeper.tidyUp();
      for (let left = asked.turns; left > 0; left -= 1) await turn();
      await keeper.deploy(asked.version);
      await tidied;
      return keeper.forget();
    }
    case "tidy":
      await keeper.tidyUp();
      return differences.push(...keeper.differences());
  }
}

test("after any deploys, runs, kills and rounds, the code and the versions that something needs are there, and no others", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: "max" }), async (steps) => {
      const keeper = new Keeper();
      const differences: string[] = [];
      try {
        for (const asked of steps) await take(keeper, asked, differences);
        vi.setSystemTime(Date.now() + 2 * hourMs);
        await take(keeper, { kind: "tidy" }, differences);
      } finally {
        keeper.close();
      }
      expect(differences).toEqual([]);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
