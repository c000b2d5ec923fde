import { randomBytes } from "node:crypto";
import type { RunEnv, TaskProcesses, WorkerSpec } from "@appenv/engine";
import type { WorkerStart } from "@appenv/runtime";
import { launchEnv, localLaunch, memoryLimit, type LaunchContext } from "../replicas/launch.ts";
import type { ProcessPool } from "../replicas/pool/process-pool.ts";
import { tellOfApps } from "../replicas/tell-of-apps.ts";
import { giveSecrets, type GivenSecrets } from "../secrets/give-secrets.ts";
import { answerTokens } from "../secrets/tokens/answer-tokens.ts";

/** Needs of the processes of tasks. */
export interface TaskProcessesOptions {
  readonly pool: ProcessPool;
  readonly launch: LaunchContext;
  /** Directory of the files that tasks give back. */
  readonly objects: string;
}

/** Processes of the pool, with the secrets, tokens and endpoints of an environment. */
export function createTaskProcesses(options: TaskProcessesOptions): TaskProcesses {
  const { pool, launch } = options;
  return {
    prepare: (spec, env) => {
      const { definition, project, domain } = spec;
      const secrets = giveSecrets({ project, domain, secrets: definition.secrets }, launch.secrets);
      const start = orRemove(secrets, () => workerStart(spec, env, secrets, options));
      const process = pool.takeForTasks(start);
      secrets.attach(process);
      tellOfApps(process, { project, domain, envVars: definition.envVars }, launch);
      const identity = { project, domain, subject: subjectOf(definition) };
      answerTokens(process, identity, launch.tokens);
      launch.notes?.follow(process, identity);
      const limit = memoryLimit(definition);
      return {
        process,
        start,
        memoryLimit: limit,
        watchMemory: (onOver) => pool.watchMemory(process, limit, onOver),
      };
    },
    // The next spare boots when the new process does not need the processor any more.
    started: () => pool.refill(),
  };
}

/** The identity of an environment's workers towards apps and the API. */
function subjectOf({ environment }: WorkerSpec["definition"]): string {
  return `task-environment:${environment}`;
}

function orRemove<T>(secrets: GivenSecrets, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    secrets.remove();
    throw error;
  }
}

function workerStart(
  { definition, project, domain }: WorkerSpec,
  env: RunEnv,
  secrets: GivenSecrets,
  { launch: context, objects }: TaskProcessesOptions,
): WorkerStart {
  const launch = localLaunch({ what: "task", launch: definition.launch });
  const envVars = { ...definition.envVars, ...env };
  return {
    worker: `${definition.environment}-${randomBytes(3).toString("hex")}`,
    launch: { file: context.bundleFile(launch.uri), environment: launch.environment },
    workdir: launch.workdir,
    env: launchEnv(
      { what: "task", project, domain, envVars, secretEnv: secrets.env, subject: subjectOf(definition) },
      context,
    ),
    objects,
    project,
    domain,
    askedAt: Date.now(),
  };
}
