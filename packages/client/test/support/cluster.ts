import { create, toBinary } from "@bufbuild/protobuf";
import { nameOrganization } from "@appenv/protocol";
import {
  ActionPhaseNumber,
  OutputsSchema,
  TaskService,
  TaskSpecSchema,
  toLiteral,
  toLiteralType,
  type TaskSpec,
} from "@appenv/protocol/tasks";
import type { ValueType } from "@appenv/core/internal";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { keyOf } from "@appenv-internal/conformance/flyte-backend/pods";
import type { ActionState } from "@appenv-internal/conformance/flyte-backend/state";
import { Task } from "../../src/task/task.ts";

type FlyteBackendOptions = NonNullable<Parameters<typeof startFlyteBackend>[0]>;

export const place = { project: "flytesnacks", domain: "development" } as const;

/** Parts of a task of another SDK. */
export interface Foreign {
  readonly inputs?: Readonly<Record<string, ValueType>>;
  readonly outputs?: Readonly<Record<string, ValueType>>;
  /** The container's words; without any its pods never begin, and the test decides how they end. */
  readonly command?: readonly string[];
  readonly ignoredInputs?: readonly string[];
  readonly type?: string;
}

/** A Flyte backend with tasks of another SDK, as Python's: nothing of AppEnv's runs there. */
export class Cluster {
  readonly backend: FlyteBackend;
  readonly endpoint: string;

  constructor(backend: FlyteBackend) {
    this.backend = backend;
    this.endpoint = backend.endpoint;
  }

  static async start(options: FlyteBackendOptions = {}): Promise<Cluster> {
    return new Cluster(await startFlyteBackend(options));
  }

  /** Deploys a task, and gives it as the client has it. @param endpoint - Default: the backend's own. */
  async task(name: string, foreign: Foreign = {}, endpoint: string = this.endpoint): Promise<Task> {
    const transport = createConnectTransport({
      baseUrl: this.endpoint,
      httpVersion: "1.1",
      interceptors: [nameOrganization()],
    });
    const taskId = { ...place, name, version: "v1" };
    await createClient(TaskService, transport).deployTask({ taskId, spec: specOf(foreign) });
    return Task.get(name, { endpoint, version: "v1" });
  }

  /** The first action of a run. */
  root(run: string): ActionState {
    const found = this.backend.state.get({ ...place, name: run }, "a0");
    if (found === undefined) throw new Error(`no run ${run}`);
    return found;
  }

  /** Resolves when an action has this many attempts. */
  async attempts(action: ActionState, count: number): Promise<void> {
    while (action.attempts.length < count) {
      await new Promise((resolve) => this.backend.state.once("changed", resolve));
    }
  }

  /** Ends an action's last attempt, and the action. */
  async end(
    action: ActionState,
    phase: ActionPhaseNumber,
    outputs: Readonly<Record<string, number>> = {},
  ): Promise<void> {
    await this.attempts(action, 1);
    const last = action.attempts.at(-1)!;
    const literals = Object.entries(outputs).map(([name, value]) => ({
      name,
      value: toLiteral({ kind: "integer" }, value),
    }));
    const bytes = toBinary(OutputsSchema, create(OutputsSchema, { literals }));
    this.backend.s3.objects.set(keyOf(`${last.outputs}/outputs.pb`), bytes);
    last.endedAt = Date.now();
    last.phase = phase;
    this.backend.state.change(action, (changed) => (changed.phase = phase));
  }
}

function variables(types: Readonly<Record<string, ValueType>>) {
  return Object.entries(types).map(([key, each]) => ({ key, value: { type: toLiteralType(each), description: "" } }));
}

function specOf({ inputs = {}, outputs = {}, command = [], ignoredInputs = [], type = "python" }: Foreign): TaskSpec {
  return create(TaskSpecSchema, {
    taskTemplate: {
      type,
      interface: { inputs: { variables: variables(inputs) }, outputs: { variables: variables(outputs) } },
      metadata: { cacheIgnoreInputVars: [...ignoredInputs] },
      target: { case: "container", value: { image: "python:3.13", command: [...command] } },
    },
    environment: { name: "math" },
  });
}
