import { join } from "node:path";
import {
  BackfillRunner,
  BackfillTable,
  createWorkers,
  fireTrigger,
  openTaskEngine,
  openTaskRegistry,
  openTaskStore,
  triggerTable,
  TriggerScheduler,
  type RunFilesOwner,
  type TaskRegistry,
} from "@appenv/engine";
import type { Home } from "../state/home.ts";
import type { LaunchContext } from "../replicas/launch.ts";
import type { ProcessPool } from "../replicas/pool/process-pool.ts";
import { openActionLogs, type ActionLogs } from "../logs/actions/action-logs.ts";
import { ConditionLinks } from "../api/answer/condition-links.ts";
import { ReadTokens } from "../api/stream/read-tokens.ts";
import { createNotificationSender } from "../notifications/sender.ts";
import { cleanRunFiles } from "./containers/clean-run-files.ts";
import { createContainerProcesses } from "./containers/container-processes.ts";
import type { PythonEnvironments } from "./containers/python/python-environments.ts";
import { createPythonPrograms } from "./containers/python/python-programs.ts";
import { RunFiles } from "./containers/run-files.ts";
import type { ImageStore } from "./images/image-store.ts";
import { createTaskProcesses } from "./task-processes.ts";
import type { TaskRuntime } from "./task-runtime.ts";

/** Needs of the tasks. */
export interface TaskRuntimeOptions {
  readonly home: Pick<Home, "path" | "stateFile" | "logs">;
  readonly pool: ProcessPool;
  readonly launch: LaunchContext;
  readonly images: ImageStore;
  readonly environments: PythonEnvironments;
  /** Time for which runs are kept, in milliseconds. Default: for ever. */
  readonly keepRunsMs?: number | undefined;
}

/**
 * Opens the runtime of tasks; runs that an earlier platform left go on, and triggers fire from now on.
 *
 * @throws AppEnvError STATE_CORRUPTED, DISK_FULL, STATE_UNWRITABLE. Nothing is left open then.
 */
export function openTaskRuntime({
  home,
  pool,
  launch,
  images,
  environments,
  keepRunsMs,
}: TaskRuntimeOptions): TaskRuntime {
  const objects = join(home.path, "objects");
  const store = openTaskStore({ file: home.stateFile, objects });
  try {
    const logs = openActionLogs(join(home.path, "run-logs"));
    const files = new RunFiles(home.path);
    const python = createPythonPrograms(environments, images);
    const workers = createWorkers({
      processes: createTaskProcesses({ pool, launch, objects }),
      containers: createContainerProcesses({ pool, launch, files, python, images, environments }),
    });
    const links = new ConditionLinks(home.path, launch.apiEndpoint);
    const readTokens = new ReadTokens(home.path, launch.apiEndpoint);
    const engine = openTaskEngine({
      store,
      workers,
      logs,
      files: filesOfRuns(logs, files),
      keepRunsMs,
      linkTo: links.to,
      notifications: createNotificationSender({ secrets: launch.secrets?.store, endpoint: launch.apiEndpoint }),
    });
    const triggers = new TriggerScheduler({
      table: triggerTable(store.database, store.file),
      fire: (trigger, at) => fireTrigger(trigger, at, engine, registry),
      onProblem: (message) => process.emitWarning(message, { code: "APPENV_TRIGGER" }),
    });
    const registry: TaskRegistry = openTaskRegistry({ store, triggers });
    const backfills = new BackfillRunner({
      table: new BackfillTable(store.database, store.file),
      find: (id) => triggers.get(id),
      start: async (trigger, at, backfill, ended) => {
        const labels = { "appenv.dev/backfill": String(backfill) };
        const run = await fireTrigger(trigger, at, engine, registry, labels);
        return engine.follow(run.id, ({ root }) => ended(root.phase));
      },
      onProblem: (message) => process.emitWarning(message, { code: "APPENV_BACKFILL" }),
    });
    cleanRunFiles(engine, files);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      triggers.close();
      backfills.close();
      await engine.close();
      await logs.close();
      store.close();
    };
    return {
      engine,
      registry,
      triggers,
      backfills,
      logs,
      files,
      images,
      links,
      readTokens,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The files of a run that go with it when it is deleted. */
function filesOfRuns(logs: ActionLogs, files: RunFiles): RunFilesOwner {
  return {
    remove: async (run, given) => {
      await logs.remove(run);
      await files.removeAll(run, given);
    },
  };
}
