import type { Run, ActionInfo } from "@appenv/client/tasks";
import type { RunAction } from "@appenv/core";
import { table } from "./table.ts";

/** A run as `--json` shows it. */
export interface RunJson {
  readonly name: string;
  readonly project: string;
  readonly domain: string;
  /** `environment.task`. */
  readonly task: string;
  readonly version: string;
  /** One of Flyte's phases, for example `SUCCEEDED`. */
  readonly phase: string;
  readonly url: string;
  /** Lists leave them out. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The planned start of a run that begins later, ISO 8601. */
  readonly scheduledAt?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** ISO 8601. */
  readonly endedAt?: string;
  /** The reason why it did not succeed; lists leave it out. */
  readonly error?: string;
}

/** A run as `--json` shows it. */
export function runJson(run: Run): RunJson {
  const { name, url, phase, task, id, labels, scheduledAt, startedAt, endedAt, failure } = run;
  return {
    name,
    project: id.project,
    domain: id.domain,
    task: task.name,
    version: task.version,
    phase,
    url,
    ...(labels === undefined ? {} : { labels }),
    ...(scheduledAt === undefined ? times({ startedAt, endedAt }) : { scheduledAt: scheduledAt.toISOString() }),
    ...(failure === undefined ? {} : { error: failureText(failure) }),
  };
}

/** The reason why an action or a run failed or waits, as `--json` shows it. */
export function reasonJson(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

/** Labels on a line. */
export function labelsText(labels: RunJson["labels"] = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

/** Runs in rows. @param reasons - Why they failed or wait, by their names. */
export function runTable(runs: readonly Run[], reasons: ReadonlyMap<string, string>): string {
  const rows = runs.map((run) => [
    run.name,
    run.task.name,
    run.phase,
    run.scheduledAt === undefined ? timeText(run.startedAt) : "",
    duration(run),
    shortened(reasons.get(run.name)),
  ]);
  return table(["NAME", "TASK", "PHASE", "STARTED", "TOOK", "WHY"], rows);
}

/** An action as `--json` shows it. */
export function actionJson(action: RunAction | ActionInfo): Readonly<Record<string, unknown>> {
  const { startedAt, endedAt, until, ...rest } = action;
  const failure = "failure" in action ? action.failure : undefined;
  const end = until === undefined ? {} : { until: until.toISOString() };
  return { ...rest, ...end, ...times({ startedAt, endedAt }), ...(failure === undefined ? {} : { failure }) };
}

/** An action and what people call it by. */
export interface NamedAction {
  readonly action: RunAction;
  readonly label: string;
  /** The reason why it failed or waits; undefined otherwise. */
  readonly reason: string | undefined;
}

/** Actions in rows. */
export function actionTable(actions: readonly NamedAction[]): string {
  const rows = actions.map(({ action, label, reason }) => [
    label,
    action.kind,
    action.group,
    action.phase,
    String(action.attempts),
    duration(action),
    action.until === undefined || action.endedAt !== undefined
      ? shortened(reason)
      : `sleeps until ${timeText(action.until)}`,
    action.name,
  ]);
  return table(["ACTION", "KIND", "GROUP", "PHASE", "ATTEMPTS", "TOOK", "WHY", "NAME"], rows);
}

/** Maximum length of a reason in a row. */
const shownLength = 120;

function shortened(reason = ""): string {
  // The names of actions are long, and stand in the last column.
  const line = reason
    .replaceAll(/ \(action [a-z0-9]+\)/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > shownLength ? `${line.slice(0, shownLength)}...` : line;
}

/** The reason of a failure, on a line. */
export function failureText({ code, message, at }: NonNullable<ActionInfo["failure"]>): string {
  return `${code === "" ? message : `${code}: ${message}`}${at === undefined ? "" : ` (${at})`}`;
}

/** A time for people: to the second. */
export function timeText(time: Date | undefined): string {
  return time === undefined ? "" : time.toISOString().replace(/\.\d+Z$/, "Z");
}

function times({ startedAt, endedAt }: { startedAt: Date | undefined; endedAt: Date | undefined }) {
  return {
    ...(startedAt === undefined ? {} : { startedAt: startedAt.toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
  };
}

function duration({ startedAt, endedAt }: Pick<RunAction, "startedAt" | "endedAt">): string {
  if (startedAt === undefined || endedAt === undefined) return "";
  const ms = endedAt.getTime() - startedAt.getTime();
  if (ms < 1_000) return `${ms} ms`;
  return ms < 60_000
    ? `${(ms / 1_000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
