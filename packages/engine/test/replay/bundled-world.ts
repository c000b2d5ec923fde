import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { TaskEnvironment } from "@appenv/core";
import { toBinary } from "@bufbuild/protobuf";
import { decodeOutput, encodeInputs, encodeValue, LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import { onTestFinished } from "vitest";
import { bundle } from "../../../client/src/bundle/bundle.ts";
import { openStateDatabase } from "@appenv-internal/state/database";
import type { ActionRecord } from "../../src/contracts/actions.ts";
import type { TaskEngine } from "../../src/contracts/engine.ts";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { openTaskEngine } from "../../src/engine.ts";
import { openTaskRegistry } from "../../src/registry/registry.ts";
import { openTaskStore, type TaskStore } from "../../src/store/task-store.ts";
import { copyState, plain } from "../support/engine-world.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { WorkersHere } from "./workers-here.ts";

const place = { project: "flytesnacks", domain: "development" } as const;
const core = join(import.meta.dirname, "../../../core");

/** The environment that a source exports as `env`, bundled as `appenv run` does it. Its name must be `env`. */
export async function bundled(source: string): Promise<TaskEnvironment> {
  const folder = tempDirectory();
  mkdirSync(join(folder, "node_modules/@appenv"), { recursive: true });
  symlinkSync(core, join(folder, "node_modules/@appenv/core"));
  symlinkSync(join(core, "node_modules/zod"), join(folder, "node_modules/zod"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "app.ts"), source);
  const { code } = await bundle(join(folder, "app.ts"));
  writeFileSync(join(folder, "bundle.mjs"), code);
  // As Node imports it, past the test runner.
  const { env } = createRequire(import.meta.url)(join(folder, "bundle.mjs")) as { env: TaskEnvironment };
  return env;
}

/** True for a condition, or a wait for an event, that goes on. */
export function isWaiting({ kind, phase }: ActionRecord): boolean {
  return (kind === "condition" || kind === "event") && phase === "PAUSED";
}

/** An engine over a directory whose workers run a bundle in this process. */
export class BundledWorld {
  readonly workers: WorkersHere;
  readonly engine: TaskEngine;
  readonly #environment: TaskEnvironment;
  readonly #directory: string;
  readonly #store: TaskStore;

  private constructor(environment: TaskEnvironment, directory: string, store: TaskStore) {
    this.#environment = environment;
    this.#directory = directory;
    this.#store = store;
    this.workers = new WorkersHere(environment, join(directory, "files"));
    this.engine = openTaskEngine({ store, workers: this.workers, replayPatienceMs: 50 });
  }

  static async open(environment: TaskEnvironment, directory: string = tempDirectory()): Promise<BundledWorld> {
    const file = join(directory, "state.db");
    openStateDatabase(file).close();
    const store = openTaskStore({ file, objects: join(directory, "objects") });
    const registry = openTaskRegistry({ store });
    for (const task of environment.tasks.values()) {
      const definition = taskDefinition({
        environment: "env",
        taskName: task.taskName,
        launch: { kind: "bundle", uri: "bundle://x", environment: "env", workdir: "/", preload: [] },
        interface: task.interface,
        settings: task.settings,
      });
      const id = { ...place, name: task.fullName, version: "v1" };
      await registry.deploy([{ id, definition, spec: new Uint8Array([1]), triggers: [] }]);
    }
    const world = new BundledWorld(environment, directory, store);
    onTestFinished(() => world.close());
    return world;
  }

  async run(name: string, inputs: Record<string, unknown> = {}): Promise<RunRecord> {
    const task = openTaskRegistry({ store: this.#store }).get({ ...place, name: `env.${name}` }, "v1");
    if (task === undefined) throw new Error(`no task ${name}`);
    const bytes = encodeInputs(task.definition?.interface ?? { inputs: [], output: undefined }, inputs);
    return this.engine.createRun({ ...place, task, inputs: bytes, settings: plain, source: "cli" });
  }

  /** Resolves with the first action of a run when that has ended. */
  end(run: RunRecord): Promise<ActionRecord> {
    return new Promise((resolve) => {
      this.engine.follow(run.id, () => {
        const { root } = this.engine.getRun(run.id) as RunRecord;
        // A callback's error would be the engine's.
        setImmediate(() => resolve(root));
      });
    });
  }

  /** The output of a run. */
  output(run: RunRecord): unknown {
    const bytes = this.engine.outputs({ ...run.id, action: "a0" }) ?? new Uint8Array();
    return decodeOutput(this.#environment.tasks.get(run.root.name.slice("env.".length))?.interface.output, bytes);
  }

  /** Everything below the first action. */
  actions(run: RunRecord): readonly ActionRecord[] {
    return this.engine.listActions(run.id, { limit: 1_000, token: "" }).items.slice(1);
  }

  /** Tells of each condition, and each wait for an event, that begins. */
  onWait(answer: (waiting: ActionRecord) => void): void {
    this.engine.subscribe(({ action }) => {
      if (isWaiting(action)) answer(action);
    });
  }

  /** Answers a condition, or sends the event that is waited for. */
  async answer(waiting: ActionRecord, value: number | string): Promise<void> {
    const { event } = waiting;
    if (event === undefined) return this.signal(waiting, value);
    const { name, key } = event;
    await this.engine.sendEvent({ ...place, name, key, value: encodeValue(value), keepMs: 60_000, sender: "test" });
  }

  async signal(condition: ActionRecord, value: number | string): Promise<void> {
    const kind = typeof value === "number" ? "integer" : "string";
    await this.engine.signal(condition.id, toBinary(LiteralSchema, toLiteral({ kind }, value)));
  }

  /** As after `kill -9`: another platform over a copy of the disk at this moment. */
  async crash(): Promise<BundledWorld> {
    this.workers.kill();
    const copy = tempDirectory();
    copyState(this.#directory, copy);
    await this.close();
    return BundledWorld.open(this.#environment, copy);
  }

  async close(): Promise<void> {
    await this.engine.close();
    this.#store.close();
  }
}
