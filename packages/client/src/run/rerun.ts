import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type RunOptions } from "@appenv/core";
import { checkOptions, isTraceVar, type OptionNames, runOptionNames, type TaskInterface } from "@appenv/core/internal";
import {
  fillRunTime,
  fromNotificationSettings,
  fromTaskIdentifier,
  InputsSchema,
  interfaceOfSpec,
  type RunDetails,
  type RunSpec,
  toActionIdentifier,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import type { RunId, TaskId } from "@appenv/protocol";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { readTime } from "./action.ts";
import { taskApi } from "./api.ts";
import { changedInputs, readRerunStart } from "./rerun-from.ts";
import { Run } from "./run.ts";
import { onceInRun, startRun } from "./start-run.ts";

/** Options of `rerun`. Inputs, labels and env vars that are not given are those of the run. */
export interface RerunOptions extends RunOptions {
  /** Inputs that are different this time: of the run, or of the action in `from`. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Keep what succeeded, where the new run asks for the same: only the rest runs again. Default false. */
  readonly recover?: boolean;
  /**
   * Run again from an action of the run: what was asked for before that had ended is kept, and the action and what was asked
   * for afterwards runs again. Its name, or its label as `appenv get action RUN` shows it: `shop.weigh#2`.
   */
  readonly from?: string;
  /** The version of the task. Default: that of the run. */
  readonly version?: string;
}

const names: OptionNames<RerunOptions> = { ...runOptionNames, inputs: true, recover: true, from: true, version: true };

/** Begins the annotations that say something of one run alone. */
const ownPrefix = "appenv.dev/";
/** The annotation by which the embedded platform keeps what succeeded in another run: its name. */
const recoverAnnotation = `${ownPrefix}recover`;

/**
 * Starts a run with the task and the inputs of another one.
 *
 * @throws AppEnvError NOT_FOUND, INVALID_INPUT, RUN_EXISTS, UNREACHABLE.
 */
export async function rerun(run: Run | string, given: RerunOptions = {}): Promise<Run> {
  checkOptions(given, "rerun", names);
  const options = onceInRun(given, `rerun ${typeof run === "string" ? run : run.name}`, new Uint8Array());
  const controlPlane = await connect({ start: "while-held", ...options });
  if (!controlPlane.embedded && (given.recover === true || given.from !== undefined)) {
    const option = given.from === undefined ? "recover" : "from";
    throw new AppEnvError("UNSUPPORTED", `A Flyte cluster cannot keep what succeeded in another run: \`${option}\`.`, {
      fix: `Run all of it again, without \`${option}\` (\`--${option}\`).`,
    });
  }
  const name = typeof run === "string" ? run : run.name;
  const place = { project: controlPlane.project, domain: controlPlane.domain };
  const id: RunId = typeof run === "string" ? { ...place, run: name } : run.id;
  return held(controlPlane, async () => {
    const [{ details }, { inputs }, from] = await Promise.all([
      taskApi(controlPlane).runs.getRunDetails({ runId: toRunIdentifier(id) }),
      taskApi(controlPlane).data.getActionData({ actionId: toActionIdentifier({ ...id, action: "a0" }) }),
      options.from === undefined ? undefined : readRerunStart(controlPlane, id, options.from, options.inputs),
    ]);
    // From its first action on is all of it.
    const start = from?.action === "a0" ? undefined : from;
    const isOfRun = options.inputs !== undefined && start === undefined;
    const { task, type } = taskOf(controlPlane, name, details);
    const stored = inputs === undefined ? new Uint8Array() : toBinary(InputsSchema, inputs);
    const before = fillRunTime(stored, readTime(details?.runSpec?.runStartTime));
    return startRun(controlPlane, {
      task: { ...task, version: options.version ?? task.version },
      interface: type,
      inputs: isOfRun ? changedInputs(type, before, options.inputs) : before,
      from: start,
      options: optionsOf(name, details?.runSpec, {
        ...options,
        recover: options.recover === true || start !== undefined,
      }),
    });
  });
}

function taskOf(
  controlPlane: ControlPlane,
  run: string,
  details: RunDetails | undefined,
): { task: TaskId; type: TaskInterface } {
  const { metadata, spec } = details?.action ?? {};
  const id = metadata?.spec.case === "task" ? metadata.spec.value.id : undefined;
  if (id === undefined || spec?.case !== "task") {
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} does not say which task the run '${run}' ran.`);
  }
  return { task: fromTaskIdentifier(id), type: interfaceOfSpec(spec.value) };
}

function optionsOf(name: string, spec: RunSpec | undefined, options: RerunOptions): RunOptions {
  const vars = (spec?.envs?.values ?? []).filter(({ key }) => !isTraceVar(key));
  const envVars = Object.fromEntries(vars.map(({ key, value }) => [key, value]));
  const notify = fromNotificationSettings(spec?.notificationSettings);
  const before = Object.entries(spec?.annotations?.values ?? {}).filter(([key]) => !key.startsWith(ownPrefix));
  const { [recoverAnnotation]: _, ...annotations } = { ...Object.fromEntries(before), ...options.annotations };
  return {
    labels: spec?.labels?.values ?? {},
    envVars,
    ...(notify && { notify }),
    ...options,
    annotations: options.recover === true ? { ...annotations, [recoverAnnotation]: name } : annotations,
  };
}
