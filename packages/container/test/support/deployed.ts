import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createClient, type Client } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { TaskEnvironment, TaskFunction } from "@appenv/core";
import { nameOrganization } from "@appenv/protocol";
import {
  ActionPhaseNumber,
  decodeOutput,
  encodeInputs,
  InputsSchema,
  OutputsSchema,
  RunService,
  TaskService,
  toTaskSpec,
  type ActionDetails,
} from "@appenv/protocol/tasks";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { rolldown } from "rolldown";
import { onTestFinished } from "vitest";
import { bootstrapProgram } from "./bootstrap.ts";

const place = { project: "flytesnacks", domain: "development" } as const;
const version = "v1";

/** A backend on which the tasks of an environment are deployed. */
export interface Deployed {
  readonly backend: FlyteBackend;
  readonly runs: Client<typeof RunService>;
  /** Starts a run; resolves with its name. */
  start(task: TaskFunction, input: unknown): Promise<string>;
  /** Resolves when an action has ended. */
  ended(run: string, action?: string): Promise<ActionDetails>;
  output(run: string, task: TaskFunction): Promise<unknown>;
}

/** Bundles a file with all its packages, and deploys the tasks of an environment of it. */
export async function deploy(file: string, environment: TaskEnvironment): Promise<Deployed> {
  const backend = await startFlyteBackend();
  onTestFinished(() => backend.close());
  const transport = createConnectTransport({
    baseUrl: backend.endpoint,
    httpVersion: "1.1",
    interceptors: [nameOrganization()],
  });
  const code = await bundled(file);
  const hash = createHash("sha256").update(code).digest("hex");
  backend.s3.objects.set("code/app.mjs", Buffer.from(code));
  const program = await bootstrapProgram();
  const tasks = createClient(TaskService, transport);
  for (const [name, task] of environment.tasks) {
    const id = { ...place, name: task.fullName, version };
    const spec = toTaskSpec(id, {
      environment: environment.name,
      taskName: name,
      launch: { kind: "image", image: "node:24-slim", command: [], args: [] },
      interface: task.interface,
      settings: task.settings,
      envVars: {},
      secrets: [],
      resources: [],
      reusable: { replicas: 1, concurrency: 1, idleTtlMs: 1_000 },
    });
    const container = spec.taskTemplate?.target;
    if (container?.case === "container") {
      container.value.command = ["node", "--input-type=module", "-e", program];
      container.value.args = [
        "s3://code/app.mjs",
        hash,
        "task",
        "--environment",
        environment.name,
        "--task",
        name,
        ...templates,
      ];
    }
    await tasks.deployTask({ taskId: id, spec });
  }
  const runs = createClient(RunService, transport);
  return {
    backend,
    runs,
    start: async (task, input) => {
      const inputs = fromBinary(InputsSchema, encodeInputs(task.interface, input as never));
      const { run } = await runs.createRun({
        id: { case: "projectId", value: { name: place.project, domain: place.domain } },
        task: { case: "taskId", value: { ...place, name: task.fullName, version } },
        inputWrapper: { case: "inputs", value: inputs },
      });
      return run?.action?.id?.run?.name ?? "";
    },
    ended: async (run, action = "a0") => {
      const actionId = { name: action, run: runOf(run) };
      const updates = runs.watchActionDetails({ actionId })[Symbol.asyncIterator]();
      while ((await updates.next()).done !== true);
      const { details } = await runs.getActionDetails({ actionId });
      if (details === undefined) throw new Error("no details");
      return details;
    },
    output: async (run, task) => {
      const last = backend.state.get(runOf(run), "a0")?.attempts.at(-1);
      const bytes = backend.s3.objects.get(`${last?.outputs.slice("s3://".length)}/outputs.pb`);
      return decodeOutput(task.interface.output, bytes ?? toBinary(OutputsSchema, create(OutputsSchema)));
    },
  };
}

function runOf(name: string): { project: string; domain: string; name: string } {
  return { ...place, name };
}

const templates =
  "--inputs {{.input}} --outputs-path {{.outputPrefix}} --checkpoint-path {{.checkpointOutputPrefix}} --prev-checkpoint {{.prevCheckpointPrefix}}".split(
    " ",
  );

async function bundled(file: string): Promise<string> {
  const entry = "\0entry";
  const container = fileURLToPath(new URL("../../src/index.ts", import.meta.url));
  const bundle = await rolldown({
    input: entry,
    platform: "node",
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `export * from ${JSON.stringify(file)};
               import { startTask } from ${JSON.stringify(container)};
               const [, own, kind, ...words] = process.argv;
               if (kind === "task") void startTask(own, words);`
            : undefined,
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

/** Name of a phase. */
export function phaseOf({ status }: ActionDetails): string {
  return ActionPhaseNumber[status?.phase ?? 0] ?? "";
}
