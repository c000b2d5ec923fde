import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError, type RunLogLine } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import { type ActionAttempt, type ActionDetails, actionPhaseName, toActionIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { patiently } from "../../control-plane/held.ts";
import { lineTime, type TimedLine } from "../../logs/line.ts";
import { isFinal, readAction, readTime } from "../action.ts";
import { taskApi } from "../api.ts";
import { tailAttempt } from "../tail-attempt.ts";
import { watchAction } from "../watch.ts";

type Lines = readonly TimedLine<RunLogLine>[];

/** Options of reading the logs of attempts. */
export interface AttemptLogsOptions {
  /** Only this one. */
  readonly attempt?: number | undefined;
  /** Goes on until the action has ended. */
  readonly follow: boolean;
}

/** Pause before a log is asked for again whose pod has not begun, in milliseconds. */
const pauseMs = 500;

/**
 * The logs of an action's attempts on a Flyte cluster, one after the other: its backend has one for each pod, from 1, and
 * says NotFound before the pod has begun as well as after it was deleted. Each stream of lines begins anew.
 *
 * @throws AppEnvError NOT_FOUND, UNREACHABLE if a log breaks off.
 */
export async function* attemptLogs(
  controlPlane: ControlPlane,
  id: ActionId,
  { attempt: only, follow }: AttemptLogsOptions,
  signal: AbortSignal,
): AsyncGenerator<Lines | "caught-up"> {
  let next = only ?? 1;
  const details = follow ? watchAction(controlPlane, id, signal) : once(controlPlane, id);
  for await (const now of details) {
    for (const attempt of now.attempts.filter(
      (each) => each.attempt >= next && (only ?? each.attempt) === each.attempt,
    )) {
      if (!(yield* readAttempt(new Attempt(controlPlane, id, attempt, now), follow, signal))) break;
      next = attempt.attempt + 1;
    }
    if (only !== undefined && next > only) return;
    if (only !== undefined && hasEnded(now)) throw noAttempt(id, only, now.attempts.length);
  }
}

async function* once(controlPlane: ControlPlane, id: ActionId): AsyncGenerator<ActionDetails> {
  const details = await readDetails(controlPlane, id);
  if (details !== undefined) yield details;
}

async function readDetails(controlPlane: ControlPlane, id: ActionId): Promise<ActionDetails | undefined> {
  const request = { actionId: toActionIdentifier(id) };
  return (await patiently(controlPlane, () => taskApi(controlPlane).runs.getActionDetails(request))).details;
}

/** Reads one attempt's log to its end. Returns false if it has none yet. */
async function* readAttempt(attempt: Attempt, follow: boolean, signal: AbortSignal): AsyncGenerator<Lines, boolean> {
  for (;;) {
    try {
      yield* attempt.lines(signal);
      if (!follow || signal.aborted || (await attempt.isOver())) return true;
      throw new AppEnvError("UNREACHABLE", `The log of attempt ${attempt.number} broke off.`);
    } catch (error) {
      if (!isNotThere(error)) throw error;
    }
    if (await attempt.isOver()) {
      yield [attempt.goneLine()];
      return true;
    }
    if (!follow || signal.aborted) return false;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** One attempt of an action. */
class Attempt {
  readonly number: number;
  readonly #controlPlane: ControlPlane;
  readonly #id: ActionId;
  readonly #attempt: ActionAttempt;
  #details: ActionDetails;

  constructor(controlPlane: ControlPlane, id: ActionId, attempt: ActionAttempt, details: ActionDetails) {
    this.#controlPlane = controlPlane;
    this.#id = id;
    this.#attempt = attempt;
    this.#details = details;
    this.number = attempt.attempt;
  }

  async *lines(signal: AbortSignal): AsyncGenerator<Lines> {
    for await (const lines of tailAttempt(this.#controlPlane, this.#id, this.number, signal)) {
      if (lines !== "caught-up") yield lines.map((line) => ({ ...line, source: String(this.number) }));
    }
  }

  /** True if its pod has ended: Flyte's backend does not say so of one that was tried again. */
  async isOver(): Promise<boolean> {
    if (this.#hasEndedIn(this.#details)) return true;
    this.#details = (await readDetails(this.#controlPlane, this.#id)) ?? this.#details;
    return this.#hasEndedIn(this.#details);
  }

  /** Said in place of the lines. */
  goneLine(): TimedLine<RunLogLine> {
    const text = `The log of attempt ${this.number} is gone with its pod.`;
    const { time } = lineTime(this.#attempt.startTime);
    const at = readTime(this.#attempt.startTime) ?? new Date(0);
    return { time, source: String(this.number), text, entry: { at, stream: "platform", text } };
  }

  #hasEndedIn(details: ActionDetails): boolean {
    return (
      hasEnded(details) ||
      details.attempts.some(({ attempt, phase }) => {
        return attempt > this.number || (attempt === this.number && isFinal(actionPhaseName(phase)));
      })
    );
  }
}

function hasEnded(details: ActionDetails): boolean {
  return isFinal(readAction(details).phase);
}

/** There is no pod, none with lines yet, or none any more. */
function isNotThere(error: unknown): boolean {
  if (AppEnvError.is(error, "NOT_FOUND")) return true;
  return (
    AppEnvError.is(error, "CONTROL_PLANE") && /waiting to start|ContainerCreating|PodInitializing/.test(error.message)
  );
}

function noAttempt({ run, action }: ActionId, attempt: number, attempts: number): AppEnvError {
  return new AppEnvError("NOT_FOUND", `The action '${action}' of the run '${run}' has no attempt ${attempt}.`, {
    fix: attempts < 2 ? "Name none, for all there are." : `Name one of 1 to ${attempts}, or none for all of them.`,
  });
}
