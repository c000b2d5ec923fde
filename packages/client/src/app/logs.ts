import { AppEnvError } from "@appenv/core";
import type { OptionNames } from "@appenv/core/internal";
import { type AppId, type LogLine, LogLineOriginator, type TailLogsRequest, toIdentifier } from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { lineTime, type TimedLine } from "../logs/line.ts";
import { pausesMs, type ReadingOptions, readLines } from "../logs/read-lines.ts";
import { readApp } from "./read-app.ts";
import { type AppStatus, isStopped, readStatus } from "./status.ts";

/** Options of reading an app's log. With `follow`, it goes on across rollouts and restarts. */
export interface LogsOptions extends ReadingOptions {
  /** Only this replica's. */
  readonly replica?: string;
  /** Called with the reason why there is nothing to read, as for an app that is stopped, for people. */
  readonly onNote?: (text: string) => void;
}

/** The names of the options of an app's log. */
export const logsOptionNames: OptionNames<LogsOptions> = {
  follow: true,
  limit: true,
  signal: true,
  replica: true,
  onNote: true,
};

/** One line a replica wrote. */
export interface LogEntry {
  /** Undefined if the control plane does not say. */
  readonly timestamp: Date | undefined;
  /** The name of the replica that wrote it. */
  readonly replica: string;
  /** Without the line break. */
  readonly message: string;
  /** `app` for the app's own output, `platform` for what the platform says of the replica. */
  readonly stream: "app" | "platform";
}

/** An app's log. See `App.logs`. */
export function readLogs(controlPlane: ControlPlane, id: AppId, options: LogsOptions): AsyncGenerator<LogEntry> {
  const noted = new Set<string>();
  const note = (text: string): void => {
    if (!noted.has(text)) options.onNote?.(text);
    noted.add(text);
  };
  const source = {
    open: (signal: AbortSignal) => tail(controlPlane, id, options.replica, signal),
    checkFailure: (error: unknown, failures: number) => checkFailure(error, { controlPlane, id, note }, failures),
    // A stream ends with the replicas it began with; others may come.
    isOver: () => Promise.resolve(false),
  };
  return readLines(source, options);
}

interface Reading {
  readonly controlPlane: ControlPlane;
  readonly id: AppId;
  readonly note: (text: string) => void;
}

/** The open-source backend says NOT_FOUND while an app has no replica: only a missing app ends the reading. */
async function checkFailure(error: unknown, { controlPlane, id, note }: Reading, failures: number): Promise<void> {
  if (AppEnvError.is(error, "NOT_FOUND")) {
    note(reasonOfNone(id, readStatus(await readApp(controlPlane, id))));
  } else if (!AppEnvError.is(error, "UNREACHABLE") || failures >= pausesMs.length) throw error;
  else await controlPlane.relocate();
}

function reasonOfNone({ name }: AppId, status: AppStatus): string {
  if (!isStopped(status)) return `'${name}' has no replica now, and so no log: it is ${status.phase}.`;
  return `'${name}' is stopped, and a cluster keeps no log of replicas that ended. \`appenv activate ${name}\` starts it.`;
}

async function* tail(
  controlPlane: ControlPlane,
  id: AppId,
  replica: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly TimedLine<LogEntry>[] | "caught-up"> {
  const appId = toIdentifier(id);
  const selector: TailLogsRequest["target"] =
    replica === undefined
      ? { case: "appId", value: appId }
      : { case: "replicaId", value: { $typeName: "flyteidl2.app.ReplicaIdentifier", appId, name: replica } };
  for await (const { resp } of controlPlane.logs.tailLogs({ target: selector }, { signal })) {
    if (resp.case !== "batches") continue;
    // The embedded platform sends an empty batch after the lines that were there already.
    if (resp.value.logs.length === 0) yield "caught-up";
    for (const { structuredLines, lines, replicaId } of resp.value.logs) {
      const name = replicaId?.name ?? "";
      yield structuredLines.length > 0
        ? structuredLines.map((line) => toLine(line, name))
        : lines.map((message) => plainLine(message, name));
    }
  }
}

function toLine({ timestamp, message, originator }: LogLine, replica: string): TimedLine<LogEntry> {
  const { time, date } = lineTime(timestamp);
  const stream = originator === LogLineOriginator.SYSTEM ? "platform" : "app";
  return { time, source: replica, text: message, entry: { timestamp: date, replica, message, stream } };
}

function plainLine(message: string, replica: string): TimedLine<LogEntry> {
  const entry: LogEntry = { timestamp: undefined, replica, message, stream: "app" };
  return { time: 0n, source: replica, text: message, entry };
}
