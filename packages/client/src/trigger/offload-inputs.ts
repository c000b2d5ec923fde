import { clone } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import {
  type DeployTaskRequest,
  DeployTaskRequestSchema,
  fromNotificationSettings,
  type Inputs,
  leaveOutRunTime,
  type TaskSpec,
  TaskSpecSchema,
  type TaskTrigger,
  type TriggerAutomationSpec,
} from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { taskApi } from "../run/api.ts";
import { checkClusterRules } from "../run/notify.ts";
import { checkSettings } from "../run/cluster/check-asked.ts";

type InputWrapper = NonNullable<TaskTrigger["spec"]>["inputWrapper"];

/** The parts of a trigger that say how its runs begin. */
interface TriggerStart {
  readonly spec?: TaskTrigger["spec"];
  readonly automationSpec?: TriggerAutomationSpec | undefined;
}

/**
 * A task with its triggers: for a Flyte cluster with their inputs uploaded, since its backend gives the runs of a trigger no
 * others.
 *
 * @throws AppEnvError INVALID_INPUT, UNSUPPORTED, UNREACHABLE.
 */
export async function withOffloadedInputs(
  controlPlane: ControlPlane,
  given: DeployTaskRequest,
): Promise<DeployTaskRequest> {
  if (controlPlane.embedded || given.triggers.length === 0 || given.spec === undefined) return given;
  const request = clone(DeployTaskRequestSchema, given);
  for (const trigger of request.triggers) {
    if (trigger.spec !== undefined) {
      trigger.spec.inputWrapper = await offloadInputs(controlPlane, trigger, given.spec);
    }
  }
  return request;
}

/** Uploads the inputs of a trigger. @throws AppEnvError INVALID_INPUT, UNSUPPORTED, UNREACHABLE. */
export async function offloadInputs(
  controlPlane: ControlPlane,
  trigger: TriggerStart,
  taskSpec: TaskSpec,
): Promise<InputWrapper> {
  const { spec } = trigger;
  checkSettings({
    labels: spec?.runSpec?.labels?.values ?? {},
    annotations: spec?.runSpec?.annotations?.values ?? {},
    overwriteCache: spec?.runSpec?.overwriteCache ?? false,
  });
  checkClusterRules(fromNotificationSettings(spec?.runSpec?.notificationSettings), "a trigger");
  if (spec?.inputWrapper.case !== "inputs") return spec?.inputWrapper ?? { case: undefined };
  const { project, domain } = controlPlane;
  const { offloadedInputData } = await taskApi(controlPlane).data.uploadInputs({
    id: { case: "projectId", value: { name: project, domain } },
    task: { case: "taskSpec", value: hashedWhole(taskSpec) },
    inputs: withTime(trigger, spec.inputWrapper.value),
  });
  if (offloadedInputData === undefined) {
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer where the inputs are.`);
  }
  return { case: "offloadedInputData", value: offloadedInputData };
}

/**
 * The backend stores inputs under the hash of those that count for the cache: with ignored ones, two triggers would share
 * a place, and the second would overwrite the inputs of the first.
 */
function hashedWhole(spec: TaskSpec): TaskSpec {
  const { taskTemplate } = spec;
  if ((taskTemplate?.metadata?.cacheIgnoreInputVars.length ?? 0) === 0) return spec;
  const copy = clone(TaskSpecSchema, spec);
  if (copy.taskTemplate?.metadata !== undefined) copy.taskTemplate.metadata.cacheIgnoreInputVars = [];
  return copy;
}

/** The backend does not fill in the time of a run: the runtime in its container does, for the input that is left out here. */
function withTime({ automationSpec }: TriggerStart, inputs: Inputs): Inputs {
  const { automation } = automationSpec ?? {};
  const input = automation?.case === "schedule" ? automation.value.kickoffTimeInputArg : "";
  if (input === "") return inputs;
  return leaveOutRunTime(inputs, input);
}
