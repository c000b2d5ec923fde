import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ActionError, ActionOutcome, AttemptResult, FromReplica } from "@appenv/runtime";
import { startWorker, type Worker } from "@appenv/runtime/worker";
import { errorDocument } from "../bootstrap/error-document.ts";
import { writtenMessage } from "../bootstrap/run-task.ts";
import type { Storage } from "../storage/storage.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { ActionGateway } from "./gateway.ts";
import { inProcessChannel } from "./in-process-channel.ts";
import type { TaskArguments } from "./task-arguments.ts";

/** What an attempt runs with. */
export interface AttemptParts {
  readonly args: TaskArguments;
  readonly storage: Storage;
  readonly checkpoints: Checkpoints;
  readonly gateway: ActionGateway;
  /** The file of the code, which exports the environment. */
  readonly file: string;
}

/** Time that an aborted attempt has to end by itself, in milliseconds: Kubernetes kills the pod after 30 s. */
const graceMs = 20_000;

/** The attempt is the only one of its worker. */
const attemptId = 1;

/** Runs the attempt of a task's container, and writes its outcome. Resolves when that is in the storage. @throws StorageError. */
export async function runAttempt(parts: AttemptParts): Promise<void> {
  const { args, storage, gateway, file } = parts;
  const result = Promise.withResolvers<AttemptResult>();
  let worker: Worker | undefined;
  const answer = (call: number, outcome: ActionOutcome): void =>
    worker?.handle({ type: "outcomes", outcomes: [{ call, outcome }] });
  const channel = inProcessChannel((message) => {
    take(message, parts, answer, result);
  });
  const inputs = await storage.get(args.inputs);
  if (inputs === undefined) throw new AppEnvError("NOT_FOUND", `The inputs ${args.inputs} are not there.`);
  await gateway.open();
  worker = await startWorker(channel, {
    worker: `${args.run}-${args.action}-${args.attempt}`,
    launch: { file, environment: args.environment },
    workdir: process.cwd(),
    env: {},
    objects: join(tmpdir(), "appenv-objects"),
    project: args.project,
    domain: args.domain,
  });
  process.on("SIGTERM", () => {
    const message = "The run was aborted, or its pod is being deleted.";
    worker?.handle({ type: "cancel", attempt: attemptId, reason: "aborted", message, graceMs });
  });
  const { run, action, task, attempt } = args;
  const start = { id: attemptId, run, action, task, attempt, inputs, labels: {}, envVars: {}, deadline: undefined };
  worker.handle({ type: "attempts", attempts: [start] });
  await write(await result.promise, parts);
}

function take(
  message: FromReplica,
  { gateway, checkpoints }: AttemptParts,
  answer: (call: number, outcome: ActionOutcome) => void,
  result: PromiseWithResolvers<AttemptResult>,
): void {
  switch (message.type) {
    case "requests":
      for (const request of message.requests) {
        void gateway.serve(request).then(async (outcome) => {
          if (outcome.type !== "missing") await checkpoints.recordGiven(request.name);
          answer(request.call, outcome);
        }, result.reject);
      }
      break;
    case "uncancelled":
      answer(message.call, { type: "succeeded", outputs: new Uint8Array() });
      break;
    case "lines":
      for (const { stream, text } of message.lines) writeSync(stream === "stdout" ? 1 : 2, `${text}\n`);
      break;
    case "results":
      for (const one of message.results) result.resolve(one);
      break;
    case "failed":
      result.reject(new AppEnvError("START_FAILED", message.message));
      break;
  }
}

async function write({ outcome, report }: AttemptResult, { storage, args }: AttemptParts): Promise<void> {
  if (report !== undefined) await storage.put(`${args.outputs}/report.html`, Buffer.from(report));
  if (outcome.type === "succeeded") await storage.put(`${args.outputs}/outputs.pb`, outcome.outputs);
  else await storage.put(`${args.outputs}/error.pb`, errorDocument(failureOf(outcome.error)));
  process.send?.(writtenMessage);
}

/** `error.pb` of an error. */
export function failureOf({ code, message, stack, kind, retryable }: ActionError): Parameters<typeof errorDocument>[0] {
  return {
    code,
    message: stack === undefined ? message : `${message}\n${stack}`,
    recoverable: retryable,
    origin: kind,
  };
}
