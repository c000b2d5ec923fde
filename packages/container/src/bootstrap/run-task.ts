import { spawn, type ChildProcess } from "node:child_process";
import { StorageError, type Storage } from "../storage/storage.ts";
import { errorDocument, type ContainerFailure } from "./error-document.ts";
import { fetchCode } from "./fetch-code.ts";
import { LastLines } from "./last-lines.ts";

/** The code of a task, and the arguments that the backend gave to its container. */
export interface TaskContainer {
  readonly uri: string;
  /** SHA-256 of the code, hex. */
  readonly hash: string;
  /** As Flyte fills them in: `--inputs URI --outputs-path URI ...`. */
  readonly args: readonly string[];
}

/** Message of the child once its outputs or its error are in the storage. */
export const writtenMessage = "appenv:written";

/** Begins the child's message of its time limit; the milliseconds follow. */
export const limitMessage = "appenv:limit:";

/** Time that the child has to end by itself when its time is over, in milliseconds: one that computes does not. */
const overtimeMs = 25_000;

/** Number of characters of stderr that are kept for an error. */
const keptOutput = 8_000;

/**
 * Runs a task's attempt in a process of its own, and turns whatever ends that before its outcome is written into `error.pb`.
 * Resolves in every case: the backend starts a container that fails again, for ever and without counting it as an attempt.
 */
export async function runTask(storage: Storage, container: TaskContainer): Promise<void> {
  const failure = await attempt(storage, container);
  if (failure !== undefined) await writeFailure(storage, container.args, failure);
}

/** Fails a task that cannot be started, whatever the attempt. */
export async function failTask(
  storage: Storage,
  args: readonly string[],
  failure: Pick<ContainerFailure, "code" | "message">,
): Promise<void> {
  await writeFailure(storage, args, { ...failure, recoverable: false, origin: "SYSTEM" });
}

async function writeFailure(storage: Storage, args: readonly string[], failure: ContainerFailure): Promise<void> {
  process.stderr.write(`[${failure.code}] ${failure.message}\n`);
  const outputs = argument(args, "--outputs-path");
  if (outputs === undefined) return;
  const place = `${outputs.replace(/\/+$/, "")}/error.pb`;
  // Nothing more can be done about a storage that does not answer: without this file the backend counts a system error.
  await storage.put(place, errorDocument(failure)).catch((error: Error) => process.stderr.write(`${error.message}\n`));
}

async function attempt(storage: Storage, { uri, hash, args }: TaskContainer): Promise<ContainerFailure | undefined> {
  try {
    return await runChild(await fetchCode(storage, uri, hash), args);
  } catch (error) {
    const code = error instanceof StorageError ? "CODE_UNREADABLE" : "START_FAILED";
    return { code, message: `The task could not be started: ${reason(error)}`, recoverable: true, origin: "SYSTEM" };
  }
}

async function runChild(file: string, args: readonly string[]): Promise<ContainerFailure | undefined> {
  const child = spawn(process.execPath, ["--enable-source-maps", file, "task", ...args], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  const last = new LastLines(keptOutput);
  let isWritten = false;
  let limitMs: number | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    child.kill("SIGKILL");
  };
  child.on("message", (message) => {
    isWritten ||= message === writtenMessage;
    if (limitMs !== undefined || !String(message).startsWith(limitMessage)) return;
    limitMs = Number(String(message).slice(limitMessage.length));
    setTimeout(end, limitMs + overtimeMs).unref();
  });
  child.stderr?.on("data", (piece: Buffer) => {
    last.add(piece);
    process.stderr.write(piece);
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGTERM", pass).on("SIGINT", pass);
  const exit = await ended(child);
  if (isWritten) return undefined;
  return isOver ? timedOut(limitMs ?? 0) : describe(exit, last);
}

function timedOut(limitMs: number): ContainerFailure {
  const message = `The attempt ran longer than ${limitMs / 1_000} s, and did not end by itself.`;
  return { code: "TIMED_OUT", message, recoverable: true, origin: "USER" };
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Another attempt may help: it is not known whose fault the end of a process is. */
function describe({ code, signal }: Exit, last: LastLines): ContainerFailure {
  const output = last.toString();
  const said = output === "" ? "" : ` Its last output:\n${output}`;
  if (last.heapIsFull || signal === "SIGKILL") {
    const how = last.heapIsFull
      ? "its JavaScript heap was full"
      : "it was ended by SIGKILL, as Kubernetes does above the memory limit";
    return {
      code: "OOM_KILLED",
      message: `The task's process ran out of memory: ${how}.${said}`,
      recoverable: true,
      origin: "USER",
    };
  }
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return {
    code: "PROCESS_ENDED",
    message: `The task's process ${how} before its outcome was written.${said}`,
    recoverable: true,
    origin: "USER",
  };
}

/** The value of an argument such as `--outputs-path`. */
export function argument(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index === -1 ? undefined : args[index + 1];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
