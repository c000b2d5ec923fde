import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TriggerDefinition } from "@appenv/protocol";
import { expect, onTestFinished, test } from "vitest";
import { openStateDatabase } from "@appenv-internal/state/database";
import type { TaskRegistry, TaskToDeploy } from "../../src/contracts/tasks.ts";
import { openTaskRegistry } from "../../src/registry/registry.ts";
import { openTaskStore, type TaskStore } from "../../src/store/task-store.ts";
import { triggerTable } from "../../src/triggers/trigger-table.ts";
import { TriggerScheduler } from "../../src/triggers/triggers.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const scope = { project: "flytesnacks", domain: "development" };

function trigger(name: string, expression = "0 1 * * *"): TriggerDefinition {
  return {
    name,
    automation: { kind: "cron", expression, timeZone: "UTC" },
    active: true,
    description: "",
    inputs: new Uint8Array(),
    kickoffTimeInput: undefined,
    run: { labels: {}, annotations: {}, envVars: {}, overwriteCache: false },
  };
}

function task(name: string, triggers: readonly TriggerDefinition[] = [], bytes = 1): TaskToDeploy {
  const id = { ...scope, name, version: "v1" };
  return { id, definition: undefined, spec: new Uint8Array(bytes), triggers };
}

interface Opened {
  readonly store: TaskStore;
  readonly registry: TaskRegistry;
  readonly triggers: TriggerScheduler;
  /** All tasks, and all triggers with their revisions. */
  readonly known: () => readonly string[];
  readonly close: () => void;
}

function open(directory: string): Opened {
  const file = join(directory, "state.db");
  openStateDatabase(file).close();
  const store = openTaskStore({ file, objects: join(directory, "objects") });
  const table = triggerTable(store.database, file);
  const triggers = new TriggerScheduler({ table, fire: async () => {}, onProblem: () => {} });
  const registry = openTaskRegistry({ store, triggers });
  const close = (): void => {
    triggers.close();
    store.close();
  };
  onTestFinished(close);
  const known = (): readonly string[] =>
    [
      ...registry.list(scope, { limit: 100, token: "" }).items.map(({ id }) => id.name),
      ...triggers.list(scope).map(({ taskName, definition, revision }) => `${taskName}/${definition.name} ${revision}`),
    ].toSorted();
  return { store, registry, triggers, known, close };
}

test("tasks are deployed with their triggers, and are there after a restart", async () => {
  const directory = tempDirectory();
  const { registry, known, close } = open(directory);
  await registry.deploy([task("env.one", [trigger("a"), trigger("b")]), task("env.two", [trigger("c")])]);
  await registry.deploy([task("env.one", [trigger("a", "0 2 * * *")])]);
  const all = ["env.one", "env.one/a 2", "env.two", "env.two/c 1"];
  expect(known()).toEqual(all);
  close();
  expect(open(directory).known()).toEqual(all);
});

test("deployments at once are one after the other", async () => {
  const { registry, triggers, known } = open(tempDirectory());
  const versions = Array.from({ length: 5 }, (_, hour) =>
    registry.deploy([task("env.one", [trigger("a", `0 ${hour} * * *`)])]),
  );
  await Promise.all(versions);
  expect(known()).toEqual(["env.one", "env.one/a 5"]);
  const history = triggers.history({ ...scope, taskName: "env.one", name: "a" });
  expect(history.map(({ revision }) => revision)).toEqual([5, 4, 3, 2, 1]);
});

test("a trigger that is refused leaves all tasks of the deployment out, and those before as they were", async () => {
  const { registry, known } = open(tempDirectory());
  await registry.deploy([task("env.one", [trigger("a")])]);
  const refused = registry.deploy([task("env.one"), task("env.two", [trigger("ok"), trigger("never", "61 * * * *")])]);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_OPTION" });
  expect(known()).toEqual(["env.one", "env.one/a 1"]);
});

test("a disk that is full in the middle takes nothing of a deployment; with room again it takes all", async () => {
  const directory = tempDirectory();
  const { store, registry, known, close } = open(directory);
  await registry.deploy([task("env.one", [trigger("a")])]);
  const pages = Number(store.database.prepare("PRAGMA page_count").get()?.["page_count"]);
  store.database.exec(`PRAGMA max_page_count=${pages + 20}`);
  const deployed = [task("env.one"), task("env.two", [trigger("b")]), task("env.large", [trigger("c")], 1_000_000)];
  await expect(registry.deploy(deployed)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(known()).toEqual(["env.one", "env.one/a 1"]);
  store.database.exec("PRAGMA max_page_count=1000000");
  await registry.deploy(deployed);
  const all = ["env.large", "env.large/c 1", "env.one", "env.two", "env.two/b 1"];
  expect(known()).toEqual(all);
  close();
  expect(open(directory).known()).toEqual(all);
});

test("a platform that is killed in the middle has taken nothing of a deployment", async () => {
  const directory = tempDirectory();
  open(directory).close();
  const file = fileURLToPath(new URL("fixtures/killed-deploy.ts", import.meta.url));
  const child = fork(file, [directory], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  expect(open(directory).known()).toEqual([]);
});
