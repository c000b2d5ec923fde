import { spawn, type ChildProcess } from "node:child_process";
import { create } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ActionPhaseNumber, ErrorInfoSchema, ErrorInfo_Kind, type TaskSpec } from "@appenv/protocol/tasks";
import { readError } from "./error-document.ts";
import { PodLogs } from "./pod-logs.ts";
import type { FakeS3 } from "./s3.ts";
import type { SecretStore } from "./secrets/secret-store.ts";
import { isFinal, type ActionState, type AttemptState, type State } from "./state.ts";

/** Largest object that the backend reads, in bytes. */
const largestOutputs = 2 * 2 ** 20;
/** Number of starts after which the endless restarts of a pod that exits non-zero are given up, so that a test ends. */
const mostRestarts = 40;
/** Grace of a pod after SIGTERM, in milliseconds: shorter than Kubernetes' 30 s, so that tests are quick. */
const graceMs = 3_000;

/** Options of the pods. */
export interface PodOptions {
  readonly state: State;
  readonly s3: FakeS3;
  /** Env vars of every pod, as the backend's configuration has them. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: SecretStore;
}

/** A Kubernetes that runs each pod as a process of this machine, whatever its image says. */
export class Pods {
  readonly #options: PodOptions;
  readonly #processes = new Map<ActionState, ChildProcess>();
  /** Output of each pod, by `RUN-ACTION-(attempt-1)`. */
  readonly logs = new PodLogs();
  /** Number of processes that were started for each pod. */
  readonly starts = new Map<string, number>();
  #isClosed = false;

  constructor(options: PodOptions) {
    this.#options = options;
  }

  /** Starts the next attempt of a task. */
  start(action: ActionState): void {
    if (this.#isClosed || isFinal(action.phase)) return;
    const attempt: AttemptState = {
      attempt: action.attempts.length + 1,
      phase: ActionPhaseNumber.INITIALIZING,
      startedAt: Date.now(),
      endedAt: undefined,
      outputs: outputsOf(action, action.attempts.length + 1),
      error: undefined,
    };
    this.#options.state.change(action, (changed) => {
      changed.attempts.push(attempt);
      changed.phase = ActionPhaseNumber.INITIALIZING;
    });
    this.#run(action, attempt);
  }

  /** Deletes the pod of an action: SIGTERM, then SIGKILL. */
  delete(action: ActionState): void {
    const child = this.#processes.get(action);
    child?.kill("SIGTERM");
    const timer = setTimeout(() => child && killAll(child), graceMs);
    child?.once("close", () => clearTimeout(timer));
  }

  /** Kills the pod's process as a node that fails does; what it ran is started again. */
  kill(action: ActionState): void {
    const child = this.#processes.get(action);
    if (child !== undefined) killAll(child);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#processes.values()];
    await Promise.all(
      all.map(
        (child) =>
          new Promise<void>((resolve) => {
            child.once("close", () => resolve());
            killAll(child);
          }),
      ),
    );
  }

  #run(action: ActionState, attempt: AttemptState): void {
    const { state, env, secrets } = this.#options;
    const { spec } = action;
    if (spec.case !== "task" || spec.value.spec === undefined) return;
    const pod = podName(action, attempt);
    this.starts.set(pod, (this.starts.get(pod) ?? 0) + 1);
    const [command, ...words] = wordsOf(spec.value.spec, action, attempt);
    // The program of the image is not on this machine: the pod never leaves this phase.
    if (command === undefined) return;
    this.logs.start(pod);
    const child = spawn(command === "node" ? process.execPath : command, words, {
      env: {
        PATH: process.env["PATH"],
        ...env,
        ...envOf(action, attempt, spec.value.spec),
        ...secrets.envOf(action.run, spec.value.spec.taskTemplate?.securityContext?.secrets ?? []).env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#processes.set(action, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => this.logs.write(pod, piece));
    }
    child.on("error", () => {});
    child.on("spawn", () =>
      state.change(action, (changed) => {
        attempt.phase = changed.phase = ActionPhaseNumber.RUNNING;
      }),
    );
    child.on("close", (code) => {
      this.#processes.delete(action);
      this.logs.end(pod);
      this.#ended(action, attempt, code);
    });
  }

  #ended(action: ActionState, attempt: AttemptState, code: number | null): void {
    if (this.#isClosed || isFinal(action.phase)) return;
    // The worst trap: a pod that fails without a reason is started again under the same name, and no retry is counted.
    if (code !== 0) {
      if ((this.starts.get(podName(action, attempt)) ?? 0) < mostRestarts) this.#run(action, attempt);
      return;
    }
    const { s3, state } = this.#options;
    const error = s3.objects.get(keyOf(`${attempt.outputs}/error.pb`));
    const outputs = s3.objects.get(keyOf(`${attempt.outputs}/outputs.pb`));
    if (error !== undefined) return this.#failed(action, attempt, error);
    attempt.endedAt = Date.now();
    state.change(action, (changed) => {
      const isWhole = outputs !== undefined && outputs.length <= largestOutputs;
      attempt.phase = changed.phase = isWhole ? ActionPhaseNumber.SUCCEEDED : ActionPhaseNumber.FAILED;
      if (isWhole) return;
      const parts =
        outputs === undefined
          ? { code: "OutputsNotFound", message: "outputs.pb was not found" }
          : { code: "LIMIT_EXCEEDED", message: "outputs.pb is larger than 2 MB" };
      attempt.error = changed.error = create(ErrorInfoSchema, { ...parts, kind: ErrorInfo_Kind.SYSTEM });
    });
  }

  #failed(action: ActionState, attempt: AttemptState, document: Uint8Array): void {
    const { state } = this.#options;
    const { recoverable, ...parts } = readError(document);
    // The attempt that is tried again is not told to have failed, and its pod is deleted with its log.
    if (recoverable && attempt.attempt <= retriesOf(action)) {
      this.logs.delete(podName(action, attempt));
      state.change(action, (changed) => (changed.phase = ActionPhaseNumber.QUEUED));
      setImmediate(() => this.start(action));
      return;
    }
    attempt.endedAt = Date.now();
    attempt.phase = ActionPhaseNumber.FAILED;
    attempt.error = create(ErrorInfoSchema, parts);
    state.change(action, (changed) => {
      changed.phase = ActionPhaseNumber.FAILED;
      changed.error = attempt.error;
    });
  }
}

/** Kills all processes of a container, as the end of its first one does. */
function killAll({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // They have ended already.
  }
}

function retriesOf({ spec }: ActionState): number {
  return spec.case === "task" ? (spec.value.spec?.taskTemplate?.metadata?.retries?.retries ?? 0) : 0;
}

/** Name of a pod, and of its one container. */
export function podName({ run, name }: ActionState, { attempt }: AttemptState): string {
  return `${run.name}-${name}-${attempt - 1}`;
}

/** The key of an object of the fake, from its URI. */
export function keyOf(uri: string): string {
  return uri.replace(/^s3:\/\//, "");
}

/** The attempt is the last part of the path; the first is a shard. */
function outputsOf({ run, name }: ActionState, attempt: number): string {
  return `s3://flyte-data/ys/${run.project}/${run.domain}/${run.name}/${name}/${attempt}`;
}

/** Command and arguments, with the templates that the backend knows filled in, and the others left as they are. */
function wordsOf(spec: TaskSpec, action: ActionState, attempt: AttemptState): readonly string[] {
  const target = spec.taskTemplate?.target;
  if (target?.case !== "container") return [];
  const previous = attempt.attempt === 1 ? '""' : `${outputsOf(action, attempt.attempt - 1)}/_flytecheckpoints`;
  const version = spec.taskTemplate?.metadata?.runtime?.version ?? "";
  const filled: Record<string, string> = {
    input: action.inputUri,
    outputprefix: attempt.outputs,
    rawoutputdataprefix: attempt.outputs,
    checkpointoutputprefix: `${attempt.outputs}/_flytecheckpoints`,
    prevcheckpointprefix: previous,
    ...(isNewEnough(version) ? { runstarttime: startOf(action) } : {}),
  };
  return [...target.value.command, ...target.value.args].map((word) =>
    word.replaceAll(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => filled[name.toLowerCase()] ?? whole),
  );
}

function startOf({ runSpec, createdAt }: ActionState): string {
  const start = runSpec?.runStartTime === undefined ? new Date(createdAt) : timestampDate(runSpec.runStartTime);
  return start.toISOString().replace(/\.\d+Z$/, "Z");
}

/** `{{.runStartTime}}` is replaced for runtimes of version 2.3.6 and above. */
function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && (minor > 3 || (minor === 3 && patch >= 6)));
}

function envOf(action: ActionState, { attempt }: AttemptState, spec: TaskSpec): Record<string, string> {
  const { run, name } = action;
  const target = spec.taskTemplate?.target;
  const own = target?.case === "container" ? target.value.env.map(({ key, value }) => [key, value] as const) : [];
  const ofRun = (action.runSpec?.envs?.values ?? []).map(({ key, value }) => [key, value] as const);
  const id = spec.taskTemplate?.id;
  return {
    ...Object.fromEntries([...own, ...ofRun]),
    RUN_NAME: run.name,
    ACTION_NAME: name,
    _U_RUN_BASE: action.runBase,
    _U_ORG_NAME: "local",
    _F_PN: `${run.name}-${name}-${attempt - 1}`,
    FLYTE_ATTEMPT_NUMBER: String(attempt - 1),
    FLYTE_INTERNAL_EXECUTION_ID: run.name,
    FLYTE_INTERNAL_EXECUTION_PROJECT: run.project,
    FLYTE_INTERNAL_EXECUTION_DOMAIN: run.domain,
    FLYTE_INTERNAL_TASK_PROJECT: id?.project ?? run.project,
    FLYTE_INTERNAL_TASK_DOMAIN: id?.domain ?? run.domain,
    FLYTE_INTERNAL_TASK_NAME: id?.name ?? "",
    FLYTE_INTERNAL_TASK_VERSION: id?.version ?? "",
  };
}
