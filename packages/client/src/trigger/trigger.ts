import { create } from "@bufbuild/protobuf";
import { AppEnvError, type ControlPlaneOptions, type TriggerOptions } from "@appenv/core";
import { checkOptions, type OptionNames, controlPlaneOptionNames, triggerOptionNames } from "@appenv/core/internal";
import {
  fromTaskTrigger,
  TaskTriggerSchema,
  type TaskTrigger,
  toTaskTrigger,
  type TriggerAutomationSpec,
  type TriggerDetails,
  type TriggerIdentifier,
  type TriggerMessage,
} from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { allPages, held } from "../control-plane/held.ts";
import { readTime } from "../run/action.ts";
import { taskApi } from "../run/api.ts";
import type { Run } from "../run/run.ts";
import { Task } from "../task/task.ts";
import { triggerDefinition } from "./definition.ts";
import { startBackfill, type Backfill, type BackfillOptions } from "./backfill.ts";
import { fire, listFirings, nextFirings, type FireOptions, type TriggerFirings } from "./firings.ts";
import { offloadInputs } from "./offload-inputs.ts";

/** Options of a list of triggers. */
export interface TriggerListOptions extends ControlPlaneOptions {
  /** Only of this task: `environment.task`. */
  readonly task?: string;
  /** Maximum number of items. Default 100. */
  readonly limit?: number;
}

/** Options of `Trigger.create`. */
export interface TriggerCreateOptions extends ControlPlaneOptions {
  /** The version of the task that it runs. Default: the one that was deployed last. */
  readonly version?: string;
}

const listNames: OptionNames<TriggerListOptions> = { ...controlPlaneOptionNames, task: true, limit: true };
const createNames: OptionNames<TriggerCreateOptions> = { ...controlPlaneOptionNames, version: true };

/** A trigger on a control plane, as it was when it was last read. Source: Flyte's `remote.Trigger`. */
export class Trigger {
  readonly #controlPlane: ControlPlane;
  /** `environment.task`. */
  readonly task: string;
  /** Unique among the task's triggers. */
  readonly name: string;
  /** Its schedule; undefined for kinds that only the control plane knows. */
  readonly automation: TriggerOptions["automation"] | undefined;
  /** Counts its changes. */
  readonly revision: number;
  /** The time of its last firing. */
  readonly triggeredAt: Date | undefined;
  /** The time for which it fires next; undefined while it is not active, and on a Flyte cluster, which does not tell. */
  readonly nextAt: Date | undefined;
  /** The newest run that it has started, as it was; undefined if there is none, and on a Flyte cluster. */
  readonly lastRun: TriggerFirings["lastRun"];
  #active: boolean;

  /** @internal Triggers come from `Trigger.get`, `Trigger.list` and `Trigger.create`. */
  constructor(controlPlane: ControlPlane, message: TriggerMessage | TriggerDetails, all: readonly TriggerFirings[]) {
    this.#controlPlane = controlPlane;
    const { name, task, revision } = readId(message.id);
    this.task = task;
    this.name = name;
    this.revision = revision;
    this.automation = readAutomation(message.automationSpec);
    this.triggeredAt = readTime(message.status?.triggeredAt);
    const firings = all.find((each) => each.task === task && each.name === name);
    this.nextAt = firings?.next[0];
    this.lastRun = firings?.lastRun;
    this.#active = "active" in message ? message.active : (message.spec?.active ?? false);
  }

  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  static async get(task: string, name: string, options: ControlPlaneOptions = {}): Promise<Trigger> {
    checkOptions(options, "Trigger.get", connectOptionNames);
    const controlPlane = await connect(options);
    const id = { project: controlPlane.project, domain: controlPlane.domain, taskName: task, name };
    const { trigger } = await held(controlPlane, () => taskApi(controlPlane).triggers.getTriggerDetails({ name: id }));
    if (trigger !== undefined)
      return new Trigger(controlPlane, trigger, await listFirings(controlPlane, { task, name }));
    throw new AppEnvError("NOT_FOUND", `There is no trigger '${name}' of '${task}'.`);
  }

  /** The triggers of a project and domain. @throws AppEnvError UNREACHABLE. */
  static async list(options: TriggerListOptions = {}): Promise<readonly Trigger[]> {
    checkOptions(options, "Trigger.list", listNames);
    const controlPlane = await connect(options);
    const { project, domain } = controlPlane;
    const scopeBy =
      options.task === undefined
        ? ({ case: "projectId", value: { name: project, domain } } as const)
        : ({ case: "taskName", value: { project, domain, name: options.task } } as const);
    const messages = await held(controlPlane, () =>
      allPages(options.limit ?? 100, async (request) => {
        const { triggers, token } = await taskApi(controlPlane).triggers.listTriggers({ request, scopeBy });
        return { items: triggers, token };
      }),
    );
    const firings = await listFirings(controlPlane, options.task === undefined ? {} : { task: options.task });
    return messages.map((message) => new Trigger(controlPlane, message, firings));
  }

  /**
   * Adds a trigger to a deployed task, or replaces the one of that name. Unlike the triggers of the task's definition,
   * it stays when the task is deployed again.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_INPUT, INVALID_OPTION, UNREACHABLE.
   */
  static async create(task: string, trigger: TriggerOptions, options: TriggerCreateOptions = {}): Promise<Trigger> {
    checkOptions(options, "Trigger.create", createNames);
    checkOptions(trigger, `trigger '${String(trigger?.name)}'`, triggerOptionNames);
    const deployed = await Task.get(task, options);
    const controlPlane = await connect(options);
    const definition = toTaskTrigger(triggerDefinition(trigger, deployed.interface));
    const response = await held(controlPlane, () => deployTrigger(controlPlane, deployed, definition));
    const { trigger: made } = response;
    if (made !== undefined) {
      return new Trigger(
        controlPlane,
        made,
        await listFirings(controlPlane, { task: deployed.name, name: trigger.name }),
      );
    }
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the trigger.`);
  }

  /** True if it fires. */
  get active(): boolean {
    return this.#active;
  }

  /** Lets it fire from now on. @throws AppEnvError NOT_FOUND. */
  async activate(): Promise<void> {
    await this.#setActive(true);
  }

  /** Keeps it from firing until it is activated again. @throws AppEnvError NOT_FOUND. */
  async deactivate(): Promise<void> {
    await this.#setActive(false);
  }

  /** The times for which it fires next, at most 100; none while it is not active. @throws AppEnvError UNSUPPORTED on a cluster. */
  nextFirings(count: number): Promise<readonly Date[]> {
    return nextFirings(this.#controlPlane, this, count);
  }

  /**
   * Starts a run at once, as a firing would: with its inputs and settings, and with this moment for `triggerTime`. Its time
   * table goes on as it was; one that is not active can be fired too.
   *
   * @throws AppEnvError NOT_FOUND, UNREACHABLE.
   */
  fire(options: FireOptions = {}): Promise<Run> {
    return fire(this.#controlPlane, this, options);
  }

  /**
   * Starts one run for each firing of a span of time, in order, each with its time for `triggerTime`. A firing that has a run
   * already, by the clock or by another backfill, is not run again. It goes on through restarts.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION, UNSUPPORTED on a Flyte cluster.
   */
  backfill(options: BackfillOptions): Promise<Backfill> {
    return startBackfill(this.#controlPlane, this, options);
  }

  /** Removes it. @throws AppEnvError NOT_FOUND. */
  async delete(): Promise<void> {
    await held(this.#controlPlane, () =>
      taskApi(this.#controlPlane).triggers.deleteTriggers({ names: [this.#name()] }),
    );
  }

  async #setActive(active: boolean): Promise<void> {
    await held(this.#controlPlane, () =>
      taskApi(this.#controlPlane).triggers.updateTriggers({ names: [this.#name()], active }),
    );
    this.#active = active;
  }

  #name(): { project: string; domain: string; taskName: string; name: string } {
    const { project, domain } = this.#controlPlane;
    return { project, domain, taskName: this.task, name: this.name };
  }
}

async function deployTrigger(controlPlane: ControlPlane, task: Task, definition: TaskTrigger) {
  const { name, spec, automationSpec } = definition;
  const { inputWrapper = { case: undefined }, runSpec, active = true, description = "" } = spec ?? {};
  const { project, domain, embedded } = controlPlane;
  const inputs = embedded ? inputWrapper : await offloadInputs(controlPlane, definition, task.spec);
  return taskApi(controlPlane).triggers.deployTrigger({
    name: { project, domain, taskName: task.name, name },
    spec: {
      active,
      description,
      taskVersion: task.version,
      inputWrapper: inputs,
      ...(runSpec === undefined ? {} : { runSpec }),
    },
    ...(automationSpec === undefined ? {} : { automationSpec }),
  });
}

function readId(id: TriggerIdentifier | undefined): { name: string; task: string; revision: number } {
  const { name = "", taskName = "" } = id?.name ?? {};
  return { name, task: taskName, revision: Number(id?.revision ?? 0) };
}

function readAutomation(automationSpec: TriggerAutomationSpec | undefined): TriggerOptions["automation"] | undefined {
  if (automationSpec?.automation.case !== "schedule") return undefined;
  try {
    return fromTaskTrigger(create(TaskTriggerSchema, { automationSpec })).automation;
  } catch {
    return undefined;
  }
}
