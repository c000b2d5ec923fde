import { randomBytes } from "node:crypto";
import type { WorkerStart } from "@appenv/runtime";
import { launchEnv, localLaunch, memoryLimit, type LaunchContext } from "../../replicas/launch.ts";
import type { ProcessPool } from "../../replicas/process-pool.ts";
import { tellOfApps } from "../../replicas/tell-of-apps.ts";
import { giveSecrets, type GivenSecrets } from "../../secrets/give-secrets.ts";
import { answerTokens } from "../../tokens/answer-tokens.ts";
import type { WorkerSpec } from "../contracts.ts";
import type { WorkerTiming } from "./timing.ts";
import { noteDrift } from "./note-drift.ts";
import { Worker } from "./worker.ts";

/** What workers need of the platform. */
export interface WorkerContext {
  readonly pool: ProcessPool;
  readonly launch: LaunchContext;
  /** Where files that tasks give back are kept: a directory. */
  readonly objects: string;
  readonly timing: WorkerTiming;
  /** How many may compute at once where nothing else limits them. */
  readonly processors: number;
}

/** Env vars of a run, as far as processes differ by them. */
export type RunEnv = Readonly<Record<string, string>>;

/** The same text for the same env vars, in any order. */
export function envKey(env: RunEnv): string {
  const entries = Object.entries(env);
  return entries.length === 0 ? "" : JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * A worker with a process of the pool. The env vars of a run are above those of the environment, and below what the
 * platform itself sets.
 *
 * @throws AppEnvError MISSING_SECRET, SECRET_UNREADABLE, UNSUPPORTED, LOAD_FAILED.
 */
export function makeWorker(
  spec: WorkerSpec,
  env: RunEnv,
  context: WorkerContext,
  onChange: (worker: Worker) => void,
): Worker {
  const { definition, project, domain } = spec;
  const secrets = giveSecrets({ project, domain, secrets: definition.secrets }, context.launch.secrets);
  const start = prepared(secrets, () => workerStart(spec, env, secrets, context));
  const { pool, timing } = context;
  const process = pool.takeForTasks(start);
  secrets.attach(process);
  tellOfApps(process, { project, domain, envVars: definition.envVars }, context.launch);
  answerTokens(process, { project, domain, subject: subjectOf(definition) }, context.launch.tokens);
  const worker = new Worker({
    process,
    start,
    memoryLimit: memoryLimit(definition),
    watchMemory: (watched, limit, onOver) => pool.watchMemory(watched, limit, onOver),
    idleTtlMs: definition.workers.idleTtlMs,
    timing,
    onChange: (changed) => {
      // The next spare boots when this process does not need the processor any more.
      if (changed.state !== "starting") pool.refill();
      onChange(changed);
    },
  });
  noteDrift(worker, start.launch.file);
  return worker;
}

/** The identity of an environment's workers towards apps and the API. */
function subjectOf({ environment }: WorkerSpec["definition"]): string {
  return `task-environment:${environment}`;
}

function prepared<T>(secrets: GivenSecrets, prepare: () => T): T {
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
  context: WorkerContext,
): WorkerStart {
  const launch = localLaunch({ what: "task", launch: definition.launch });
  const envVars = { ...definition.envVars, ...env };
  return {
    worker: `${definition.environment}-${randomBytes(3).toString("hex")}`,
    launch: { file: context.launch.bundleFile(launch.uri), environment: launch.environment },
    workdir: launch.workdir,
    env: launchEnv(
      { what: "task", project, domain, envVars, secretEnv: secrets.env, subject: subjectOf(definition) },
      context.launch,
    ),
    objects: context.objects,
    project,
    domain,
  };
}
