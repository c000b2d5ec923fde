import { AppEnvError } from "@appenv/core";
import type { Env } from "../storage/storage.ts";

/** Arguments and env vars of a task's container. */
export interface TaskArguments {
  /** URI of `task.Inputs`. */
  readonly inputs: string;
  /** Directory of `outputs.pb`, `error.pb` and `report.html`. */
  readonly outputs: string;
  /** Directory of this attempt's checkpoints. */
  readonly checkpoints: string;
  /** Directory of the checkpoints of the attempt before; undefined for the first one. */
  readonly previousCheckpoints: string | undefined;
  readonly project: string;
  readonly domain: string;
  readonly run: string;
  readonly action: string;
  /** From 1. */
  readonly attempt: number;
  /** Directory below which the inputs of children are written. */
  readonly runBase: string;
  /** The time that the run is meant for, or else its start; undefined if the backend does not say. */
  readonly runStartTime: Date | undefined;
  /** Task environment and task to run. */
  readonly environment: string;
  readonly task: string;
  /** Version of the task, which its children have too. */
  readonly version: string;
}

/**
 * Reads the arguments and env vars of a task's container.
 *
 * @throws AppEnvError START_FAILED that names the one that is missing.
 */
export function readTaskArguments(words: readonly string[], env: Env): TaskArguments {
  const argument = (name: string): string => {
    const value = optional(words, name);
    if (value === undefined) throw missing(`the argument ${name}`);
    return value;
  };
  const variable = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") throw missing(`the env var ${name}`);
    return value;
  };
  const outputs = withoutSlash(argument("--outputs-path"));
  const previous = optional(words, "--prev-checkpoint");
  return {
    inputs: argument("--inputs"),
    outputs,
    checkpoints: withoutSlash(optional(words, "--checkpoint-path") ?? `${outputs}/_flytecheckpoints`),
    // The first attempt gets two quotation marks.
    previousCheckpoints:
      previous === undefined || previous === '""' || previous === "" ? undefined : withoutSlash(previous),
    project: variable("FLYTE_INTERNAL_EXECUTION_PROJECT"),
    domain: variable("FLYTE_INTERNAL_EXECUTION_DOMAIN"),
    run: variable("RUN_NAME"),
    action: variable("ACTION_NAME"),
    attempt: Number(env["FLYTE_ATTEMPT_NUMBER"] ?? "0") + 1,
    runBase: withoutSlash(variable("_U_RUN_BASE")),
    runStartTime: readTime(optional(words, "--run-start-time")),
    environment: argument("--environment"),
    task: argument("--task"),
    version: env["FLYTE_INTERNAL_TASK_VERSION"] ?? "",
  };
}

function optional(words: readonly string[], name: string): string | undefined {
  const index = words.indexOf(name);
  return index === -1 ? undefined : words[index + 1];
}

/** A backend that does not know the template leaves it as it is. */
function readTime(text = ""): Date | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, "");
}

function missing(what: string): AppEnvError {
  return new AppEnvError("START_FAILED", `A task's container was started without ${what}.`, {
    fix: "Deploy the task again with this version of AppEnv; a container of a task is started by Flyte's backend.",
  });
}
