import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type Client, type Transport } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  ActionsService,
  EnqueuedActionSchema,
  OutputsSchema,
  sleepName,
  TaskActionSchema,
  TaskService,
  TraceActionSchema,
  type EnqueuedAction,
  type TaskAction,
} from "@appenv/protocol/tasks";
import type { ActionError, ActionOutcome, ActionRequest } from "@appenv/runtime";
import { waitUntil } from "@appenv/core/internal";
import { StorageError, type Storage } from "../storage/storage.ts";
import { ActionTraces } from "./action-trace.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { conditionAction, nobodySignalled, richAnswers } from "./conditions.ts";
import { notThere } from "./not-there.ts";
import { Children, type EndedChild } from "./children.ts";
import type { TaskArguments } from "./task-arguments.ts";
import { withCacheKey } from "./with-cache-key.ts";

/** Parts of a gateway. */
export interface GatewayOptions {
  readonly args: TaskArguments;
  readonly transport: Transport;
  readonly storage: Storage;
  readonly checkpoints: Checkpoints;
}

/** Serves the requests of an attempt over Flyte's ActionsService. Traces are kept in the storage: the backend only shows them. */
export class ActionGateway {
  readonly #options: GatewayOptions;
  readonly #actions: Client<typeof ActionsService>;
  readonly #tasks: Client<typeof TaskService>;
  readonly #children: Children;
  readonly #specs = new Map<string, Promise<TaskAction>>();
  /** The traces that were asked for, by the names of their actions. */
  readonly #traced = new Map<string, Extract<ActionRequest, { kind: "trace" }>>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#actions = createClient(ActionsService, options.transport);
    this.#tasks = createClient(TaskService, options.transport);
    this.#children = new Children(this.#actions, options.args);
  }

  /** Resolves when it knows what attempts before have started: to be called before the first request. */
  open(): Promise<void> {
    return this.#children.open();
  }

  close(): void {
    this.#children.close();
  }

  /** Serves a request; resolves with its outcome. Never rejects. */
  async serve(request: ActionRequest): Promise<ActionOutcome> {
    try {
      switch (request.kind) {
        case "task":
          return await this.#task(request);
        case "condition":
          return await this.#condition(request);
        case "event":
          return notThere("events: `waitFor`. A condition, which is signalled by its run, does the same for one run.");
        case "condition-link":
          return notThere("links that answer conditions. Signal it: `appenv signal RUN NAME VALUE`.");
        case "sleep":
          return await this.#sleep(request);
        case "trace":
          this.#traced.set(request.name, request);
          return (await this.#options.checkpoints.trace(request.name)) ?? { type: "missing" };
        case "stream":
          return notThere("streams: `ctx.stream` needs an embedded platform.");
        case "trace-result":
          return await this.#traceResult(request);
      }
    } catch (error) {
      return { type: "failed", error: systemError(error) };
    }
  }

  async #task(request: Extract<ActionRequest, { kind: "task" }>): Promise<ActionOutcome> {
    const { name, inputs, trace } = request;
    if (!this.#children.isKnown(name)) {
      const { storage, args } = this.#options;
      const [spec] = await Promise.all([
        this.#spec(request),
        storage.put(`${args.runBase}/${name}/inputs.pb`, inputs),
        new ActionTraces(storage, args).put(name, trace),
      ]);
      await this.#enqueue(request, { case: "task", value: withCacheKey(spec, inputs) });
    }
    return this.#outcome(await this.#children.end(name));
  }

  async #condition(request: Extract<ActionRequest, { kind: "condition" }>): Promise<ActionOutcome> {
    const { name, timeoutMs } = request.condition;
    const condition = conditionAction(request.condition);
    if (condition === undefined) return notThere(richAnswers);
    if (!this.#children.isKnown(request.name)) await this.#enqueue(request, { case: "condition", value: condition });
    const signalled = this.#children.end(request.name);
    if (timeoutMs === undefined) return this.#outcome(await signalled);
    const end = await Promise.race([signalled, this.#timeOf(request.name, timeoutMs)]);
    return end === undefined ? nobodySignalled(name, timeoutMs) : this.#outcome(end);
  }

  /** Resolves when the time of a condition is over, which counts from the first attempt that has asked it. */
  async #timeOf(name: string, timeoutMs: number): Promise<undefined> {
    const askedAt = await this.#options.checkpoints.firstTime(`condition-${name}`);
    await sleep(Math.max(askedAt + timeoutMs - Date.now(), 0), undefined, { ref: false });
  }

  /** The backend has nothing like it: the container waits, and a container after it waits for the rest. */
  async #sleep({ name, group, sleep: asked }: Extract<ActionRequest, { kind: "sleep" }>): Promise<ActionOutcome> {
    const startedAt = Date.now();
    const first = "until" in asked ? asked.until : startedAt + asked.ms;
    const until = await this.#options.checkpoints.firstTime(`sleep-${name}`, first);
    await waitUntil(until);
    await this.#show({ name, group }, sleepName(new Date(until)), startedAt, true);
    return { type: "succeeded", outputs: new Uint8Array() };
  }

  async #traceResult({ name, startedAt, result }: TraceResult): Promise<ActionOutcome> {
    const { checkpoints } = this.#options;
    const { traced = name, group } = this.#traced.get(name) ?? {};
    const recorded =
      "error" in result ? ({ type: "failed", ...result } as const) : ({ type: "succeeded", ...result } as const);
    await checkpoints.recordTrace(name, recorded);
    await this.#show({ name, group }, traced, startedAt, !("error" in result));
    return { type: "succeeded", outputs: new Uint8Array() };
  }

  /** Shows people what has ended in the container itself. It is recorded already. */
  async #show(
    action: { readonly name: string; readonly group: string | undefined },
    what: string,
    startedAt: number,
    succeeded: boolean,
  ): Promise<void> {
    const trace = create(TraceActionSchema, {
      name: what,
      phase: succeeded ? ActionPhaseNumber.SUCCEEDED : ActionPhaseNumber.FAILED,
      startTime: timestampFromMs(startedAt),
      endTime: timestampFromMs(Date.now()),
      // Flyte's rules want one; the types of a trace's arguments and result are not known.
      spec: {},
    });
    await this.#enqueue(action, { case: "trace", value: trace }).catch(() => {});
  }

  async #enqueue(
    { name, group }: { readonly name: string; readonly group?: string | undefined },
    spec: EnqueuedAction["spec"],
  ): Promise<void> {
    const { project, domain, run, action: parent, runBase } = this.#options.args;
    const action = create(EnqueuedActionSchema, {
      actionId: { name, run: { project, domain, name: run } },
      parentActionName: parent,
      inputUri: `${runBase}/${name}/inputs.pb`,
      runOutputBase: runBase,
      group: group ?? "",
      spec,
    });
    try {
      await this.#actions.enqueue({ action });
    } catch (error) {
      // An attempt before has started it after the snapshot was taken, or the answer to this very call was lost.
      if (!isThere(error)) throw error;
    }
    if (spec.case !== "trace") this.#children.add(name);
  }

  async #outcome(end: EndedChild): Promise<ActionOutcome> {
    const { phase, error, outputUri, value } = end;
    if (phase === ActionPhaseNumber.SUCCEEDED || phase === ActionPhaseNumber.RECOVERED) {
      if (value !== undefined) return { type: "succeeded", outputs: outputsOf(value) };
      const outputs = await this.#options.storage.get(`${outputUri.replace(/\/+$/, "")}/outputs.pb`);
      if (outputs === undefined) throw new StorageError(`the outputs ${outputUri}/outputs.pb are not there`);
      return { type: "succeeded", outputs };
    }
    const failure: ActionError = {
      kind: error?.kind === 2 ? "SYSTEM" : "USER",
      code: error?.code === undefined || error.code === "" ? ActionPhaseNumber[phase] : error.code,
      message: error?.message ?? `The action ended with ${ActionPhaseNumber[phase]}.`,
      stack: undefined,
      retryable: false,
    };
    if (phase === ActionPhaseNumber.ABORTED) return { type: "aborted", error: failure };
    return { type: phase === ActionPhaseNumber.TIMED_OUT ? "timed-out" : "failed", error: failure };
  }

  /** A task as it was deployed; without the rest of its identity, of the same project, domain and version. */
  #spec({ task: name, deployed }: Extract<ActionRequest, { kind: "task" }>): Promise<TaskAction> {
    const { project, domain, version } = deployed ?? this.#options.args;
    const id = { project, domain, name, version };
    const key = JSON.stringify(id);
    const known = this.#specs.get(key);
    if (known !== undefined) return known;
    const found = this.#tasks.getTaskDetails({ taskId: id }).then(({ details }) => {
      const spec = details?.spec;
      return create(TaskActionSchema, { id, ...(spec === undefined ? {} : { spec }) });
    });
    this.#specs.set(key, found);
    found.catch(() => this.#specs.delete(key));
    return found;
  }
}

type TraceResult = Extract<ActionRequest, { kind: "trace-result" }>;

/** `task.Outputs` of one value. */
function outputsOf(value: NonNullable<EndedChild["value"]>): Uint8Array {
  return toBinary(OutputsSchema, create(OutputsSchema, { literals: [{ name: "o0", value }] }));
}

/** The backend answers so when an action of this name exists. */
function isThere(error: unknown): boolean {
  if (!(error instanceof ConnectError)) return false;
  return error.code === Code.AlreadyExists || (error.code === Code.Internal && /already exists/i.test(error.message));
}

/** Failures of the backend or of the storage may pass. */
function systemError(error: unknown): ActionError {
  const code =
    error instanceof ConnectError ? Code[error.code] : error instanceof StorageError ? "STORAGE_FAILED" : "UNEXPECTED";
  return {
    kind: "SYSTEM",
    code,
    message: error instanceof ConnectError ? error.rawMessage : error instanceof Error ? error.message : String(error),
    stack: undefined,
    retryable: true,
  };
}
