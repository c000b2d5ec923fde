import { appContext } from "../control/app-context.ts";
import { logText, type LogLevel } from "./log-text.ts";
import { JsonMetadata } from "./json-metadata.ts";
import { localStream } from "./local-stream.ts";
import type { TaskContext, TaskLog } from "./task-context.ts";

/** The context of a task that is called as a plain function, outside a run. */
export function localContext(task: string): TaskContext {
  const { project = "local", domain = "local" } = appContext();
  return {
    project,
    domain,
    run: "local",
    action: "a0",
    task,
    attempt: 1,
    signal: new AbortController().signal,
    labels: {},
    envVars: {},
    log: localLog,
    progress: () => {},
    metadata: new JsonMetadata(),
    stream: localStream,
    report: { append: () => {}, replace: () => {}, flush: () => Promise.resolve() },
  };
}

const localLog: TaskLog = {
  debug: (...values) => write("debug", values),
  info: (...values) => write("info", values),
  warn: (...values) => write("warn", values),
  error: (...values) => write("error", values),
};

function write(level: LogLevel, values: readonly unknown[]): void {
  const stream = level === "warn" || level === "error" ? process.stderr : process.stdout;
  stream.write(`${logText(level, values)}\n`);
}
