import { AppEnvError } from "@appenv/core";
import { notWaiting, readSignal, signalCondition } from "./signals.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import type { KeptSignal } from "../store/signal-table.ts";
import type { ActionState, RunState } from "../live/state.ts";

/** Maximum number of conditions of a run that may have a value before they are asked for. */
const mostKept = 100;
/** The largest value that is kept, in bytes. */
const mostBytes = 2 ** 20;

type Values = readonly Uint8Array[];

/**
 * Gives the condition of a name its value, or keeps that for the first one of the name, if none was asked for before. It is
 * on disk when this resolves, with whether it was kept.
 *
 * @throws AppEnvError CONDITION_NOT_WAITING, INVALID_INPUT, INVALID_OPTION, PAYLOAD_TOO_LARGE.
 */
export async function signalByName(
  context: EngineContext,
  run: RunState,
  name: string,
  kept: KeptSignal,
): Promise<boolean> {
  const { values, by } = kept;
  const [first, ...others] = waitingFor(run, name);
  if (others.length > 0) throw several(run, name, [first, ...others] as readonly ActionState[]);
  if (first !== undefined) {
    await signalCondition(context, first, fitting(first, values), by);
    return false;
  }
  if (wasAskedFor(context, run, name)) throw notWaiting(name);
  checkKept(run, name, values);
  const { committer, signals } = context.store;
  await committer.commit(
    () => signals.put(run.row, name, kept),
    () => {
      run.signals.set(name, kept);
      // It may have been asked for meanwhile.
      const [late] = waitingFor(run, name);
      if (late !== undefined) takeKept(context, late);
    },
  );
  return true;
}

/** The error of a signal to a run that has ended. @param row - The run's. */
export function endedBefore({ store }: EngineContext, row: number, run: string, name: string): AppEnvError {
  if (store.actions.hasCondition(row, name)) return notWaiting(name);
  return new AppEnvError("NOT_FOUND", `The run '${run}' has ended, and has no condition '${name}'.`, {
    fix: `Look at its actions: \`appenv get action ${run}\`.`,
  });
}

/** Gives a condition the value that was signalled before it was asked for. Returns whether there was one that fits. */
export function takeKept(context: EngineContext, action: ActionState): boolean {
  const { run, row, parent } = action;
  const kept = run.signals.get(row.label);
  if (kept === undefined) return false;
  run.signals.delete(row.label);
  const { committer, signals } = context.store;
  committer.save({}, () => signals.remove(run.row, row.label));
  try {
    const bytes = readSignal(action, fitting(action, kept.values));
    committer.save({}, () => signals.putAnswer(row.id, kept.by));
    finish(context, action, { phase: "SUCCEEDED", outputs: { bytes } });
    return true;
  } catch (error) {
    const why = AppEnvError.is(error) ? error.message : String(error);
    context.log(parent ?? action, `The value signalled before the condition '${row.label}' waited is left out: ${why}`);
    return false;
  }
}

function isWaiting({ row, signalled, stopping }: ActionState): boolean {
  return row.kind === "condition" && row.phase === "PAUSED" && !signalled && stopping === undefined;
}

/** By the name of the condition, or of its action. */
function waitingFor({ live }: RunState, name: string): readonly ActionState[] {
  const action = live.get(name);
  if (action !== undefined && isWaiting(action)) return [action];
  return [...live.values()].filter((each) => each.row.label === name && isWaiting(each));
}

function wasAskedFor({ store }: EngineContext, { row, live }: RunState, name: string): boolean {
  const isIt = ({ row: each }: ActionState): boolean =>
    each.kind === "condition" && (each.label === name || each.name === name);
  return [...live.values()].some(isIt) || store.actions.hasCondition(row, name);
}

function checkKept({ run, signals }: RunState, name: string, values: Values): void {
  if (name === "" || name.length > 63) {
    throw new AppEnvError(
      "INVALID_OPTION",
      `A condition's name has 1 to 63 characters; '${name.slice(0, 80)}' has not.`,
      {
        fix: "Signal a condition by its name.",
      },
    );
  }
  if (signals.has(name)) {
    throw new AppEnvError("CONDITION_NOT_WAITING", `A value for the condition '${name}' is kept already.`, {
      fix: "Signal it again when the run asks for the next one of that name.",
    });
  }
  if (signals.size >= mostKept) {
    throw new AppEnvError(
      "INVALID_INPUT",
      `${mostKept} values wait for conditions of the run '${run}', the most there may be.`,
      {
        fix: "Signal the others when the run asks for them.",
      },
    );
  }
  const bytes = values.reduce((sum, value) => sum + value.byteLength, 0);
  if (bytes <= mostBytes) return;
  throw new AppEnvError(
    "PAYLOAD_TOO_LARGE",
    `The value for the condition '${name}' has ${bytes} bytes; ${mostBytes} are kept.`,
  );
}

/** The first value that the condition takes. If none fits, the error about the first one is the most useful. */
function fitting(action: ActionState, values: Values): Uint8Array {
  const fits = values.find((value) => {
    try {
      return readSignal(action, value) !== undefined;
    } catch {
      return false;
    }
  });
  return fits ?? values[0] ?? new Uint8Array();
}

function several(run: RunState, name: string, waiting: readonly ActionState[]): AppEnvError {
  const names = waiting.map(({ row }) => row.name).join(", ");
  return new AppEnvError("INVALID_OPTION", `Several conditions '${name}' of the run '${run.run}' wait: ${names}.`, {
    fix: "Signal one of these actions.",
  });
}
