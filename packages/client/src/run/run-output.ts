import { AppEnvError, FlyteDir, FlyteFile, type ResolvedValue, type RunOutput } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import { type ActionDetails, fromRunIdentifier, type NamedLiteral, toRunIdentifier } from "@appenv/protocol/tasks";
import { fromLiteral, fromLiteralType } from "@appenv/protocol/values";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { hasSucceeded, readAction } from "./action.ts";
import { readOutputData } from "./action-data.ts";
import { taskApi } from "./api.ts";
import { listRuns } from "./list-runs.ts";

/** The value of a `RunOutput` now. See `ClientInternals` of `@appenv/core`. */
export async function readRunOutput(output: RunOutput): Promise<ResolvedValue> {
  const controlPlane = await connect();
  return held(controlPlane, () => findRunOutput(controlPlane, output));
}

/**
 * The value of a `RunOutput` now, on a control plane.
 *
 * @throws AppEnvError PARAMETER_FAILED if there is no such run or output, or it is of another type.
 */
export async function findRunOutput(controlPlane: ControlPlane, { options }: RunOutput): Promise<ResolvedValue> {
  const run = options.runName === undefined ? await newestRun(controlPlane, options) : options.runName;
  const id = { project: controlPlane.project, domain: controlPlane.domain, run };
  const outputs = await readOutputs(controlPlane, id);
  return checkType(run, options, pick(run, outputs, options.getter));
}

type Options = RunOutput["options"];

/** One output of a task. */
interface Output {
  readonly name: string;
  readonly value: unknown;
}

async function newestRun(controlPlane: ControlPlane, { taskName = "", taskVersion }: Options): Promise<string> {
  const wanted = { task: taskName, phase: "SUCCEEDED", limit: 1 } as const;
  const [newest] = await listRuns(controlPlane, taskVersion === undefined ? wanted : { ...wanted, taskVersion });
  if (newest?.id?.run !== undefined) return fromRunIdentifier(newest.id.run).run;
  const version = taskVersion === undefined ? "" : ` in its version '${taskVersion}'`;
  const place = `${controlPlane.project}/${controlPlane.domain}`;
  throw failed(`No run of '${taskName}'${version} has succeeded in ${place}.`, {
    fix: "Run the task first with `appenv run`; `appenv get run` lists the runs there are.",
  });
}

async function readOutputs(controlPlane: ControlPlane, id: RunId): Promise<readonly Output[]> {
  const api = taskApi(controlPlane);
  const { details } = await api.runs.getRunDetails({ runId: toRunIdentifier(id) }).catch((error: unknown) => {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    throw failed(`There is no run '${id.run}' in ${id.project}/${id.domain}.`, {
      fix: "`appenv get run` lists the runs there are.",
      cause: error,
    });
  });
  const action = details?.action;
  const phase = action === undefined ? undefined : readAction(action).phase;
  if (action === undefined || phase === undefined || !hasSucceeded(phase)) {
    throw failed(`The run '${id.run}' is ${phase ?? "UNKNOWN"}, and only one that has succeeded has outputs.`, {
      fix: `Wait until it has: \`appenv get run ${id.run}\` shows how it stands.`,
    });
  }
  const { outputs } = await readOutputData(controlPlane, { ...id, action: "a0" });
  const types = outputTypes(action);
  return (outputs?.literals ?? []).map((literal) => ({ name: literal.name, value: readOutput(literal, types) }));
}

type Types = ReturnType<typeof outputTypes>;

function outputTypes({ spec }: ActionDetails) {
  const outputs = spec.case === "task" ? spec.value.taskTemplate?.interface?.outputs : undefined;
  return new Map((outputs?.variables ?? []).map(({ key, value }) => [key, value?.type]));
}

function readOutput({ name, value }: NamedLiteral, types: Types): unknown {
  const type = types.get(name);
  if (value === undefined) return undefined;
  return fromLiteral(type === undefined ? { kind: "struct", jsonSchema: {} } : fromLiteralType(type), value);
}

/** The first step is one of the outputs, by position or name; a name of none of them is looked for in the only one. */
function pick(run: string, outputs: readonly Output[], getter: readonly (string | number)[]): unknown {
  const [first = 0, ...rest] = getter;
  const found = typeof first === "number" ? outputs[first] : outputs.find(({ name }) => name === first);
  const [only] = outputs;
  if (found !== undefined) return walk(run, found.value, rest, getter);
  if (typeof first === "string" && outputs.length === 1) return walk(run, only?.value, getter, getter);
  throw nothingThere(run, getter);
}

function walk(
  run: string,
  value: unknown,
  steps: readonly (string | number)[],
  getter: readonly (string | number)[],
): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) throw nothingThere(run, getter);
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

function checkType(run: string, { type, getter }: Options, value: unknown): ResolvedValue {
  if (type === "string" && typeof value === "string") return value;
  if (type === "file" && value instanceof FlyteFile) return value;
  if (type === "directory" && value instanceof FlyteDir) return value;
  throw failed(`The output ${JSON.stringify(getter)} of the run '${run}' is ${describe(value)}, not a ${type}.`, {
    fix: "Correct `type` of the RunOutput, or its `getter`; `appenv get io` shows the outputs.",
  });
}

function describe(value: unknown): string {
  if (value instanceof FlyteFile) return "a file";
  if (value instanceof FlyteDir) return "a directory";
  if (value === undefined || value === null) return "nothing";
  return typeof value === "object" ? `${Array.isArray(value) ? "a list" : "an object"}` : `a ${typeof value}`;
}

function nothingThere(run: string, getter: readonly (string | number)[]): AppEnvError {
  return failed(`The outputs of the run '${run}' have nothing at ${JSON.stringify(getter)}.`, {
    fix: "Correct `getter` of the RunOutput; `appenv get io` shows the outputs.",
  });
}

function failed(message: string, options: { readonly fix: string; readonly cause?: unknown }): AppEnvError {
  return new AppEnvError("PARAMETER_FAILED", message, options);
}
