import { readFile } from "node:fs/promises";
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { EnqueuedAction } from "@appenv/engine";
import type { ActionId } from "@appenv/protocol";
import {
  ActionPhaseNumber,
  ConditionPromptType,
  fromActionIdentifier,
  fromLiteralType,
  type EnqueueRequest,
  type TraceAction,
} from "@appenv/protocol/tasks";
import type { ActionError } from "@appenv/runtime";
import { toActionError } from "../../tasks/containers/read-result.ts";
import type { RunFiles } from "../../tasks/containers/run-files.ts";
import { invalidRequest } from "../requests/ids.ts";
import { inlineTask } from "../run/create-run.ts";

type Enqueued = NonNullable<EnqueueRequest["action"]>;

/** An action that a program asks for, and the action that the program runs. */
export interface ReadEnqueued {
  readonly parent: ActionId;
  readonly asked: EnqueuedAction;
}

/** Reads a request for a child of a program's action; its values are files of the run. @throws AppEnvError INVALID_OPTION. */
export async function readEnqueued({ action }: EnqueueRequest, files: RunFiles): Promise<ReadEnqueued> {
  if (action === undefined) throw invalidRequest("The request names no action.");
  const id = fromActionIdentifier(action.actionId);
  if (id.run === "" || id.action === "") throw invalidRequest("The request names no run, or no name of the action.");
  const parent = action.parentActionName ?? "";
  if (parent === "") throw invalidRequest("The request names no parent action: the first one is made with the run.");
  if (!/^[a-z0-9][-a-z0-9]{0,62}$/.test(id.action)) {
    throw invalidRequest(
      `The action's name '${id.action.slice(0, 100)}' is none of at most 63 small letters, digits and hyphens.`,
    );
  }
  const asked = { name: id.action, group: action.group, ...(await readSpec(action, id, files)) } as EnqueuedAction;
  return { parent: { ...id, action: parent }, asked };
}

async function readSpec({ spec, inputUri }: Enqueued, id: ActionId, files: RunFiles): Promise<Partial<EnqueuedAction>> {
  switch (spec.case) {
    case "task": {
      const { spec: task } = spec.value;
      if (task === undefined) throw invalidRequest(`The action '${id.action}' brings no spec of its task.`);
      return { kind: "task", task: inlineTask(task), inputs: await readGiven(inputUri, id, files) };
    }
    case "condition":
      return { kind: "condition", condition: readCondition(spec.value) };
    case "trace":
      return { kind: "trace", ...(await readTrace(spec.value, id, files)) };
    default:
      throw invalidRequest(`The action '${id.action}' is no task, no condition and no trace.`);
  }
}

type Condition = Extract<EnqueuedAction, { kind: "condition" }>["condition"];

function readCondition(asked: Extract<Enqueued["spec"], { case: "condition" }>["value"]): Condition {
  const { name, prompt, promptType, description } = asked;
  if (asked.type === undefined)
    throw invalidRequest(`The condition '${name}' does not say of which type its answer is.`);
  const type = fromLiteralType(asked.type);
  const timeoutMs = asked.timeout === undefined ? undefined : durationMs(asked.timeout);
  const markdown = promptType === ConditionPromptType.MARKDOWN;
  const isPlain = type.kind === "boolean" || type.kind === "integer" || type.kind === "float" || type.kind === "string";
  return {
    name,
    prompt,
    markdown,
    type: type.kind,
    ...(!isPlain && { schema: { type, jsonSchema: type.kind === "struct" ? type.jsonSchema : {} } }),
    description: description || undefined,
    timeoutMs,
  };
}

async function readTrace(
  { name, phase, startTime, outputs }: TraceAction,
  id: ActionId,
  files: RunFiles,
): Promise<Omit<Extract<EnqueuedAction, { kind: "trace" }>, "kind" | "name" | "group">> {
  const startedAt = startTime === undefined ? Date.now() : timestampMs(startTime);
  const uri = outputs?.outputUri ?? "";
  const traced = name === "" ? id.action : name;
  if (phase === ActionPhaseNumber.FAILED) return { traced, startedAt, result: { error: await errorOf(id, files) } };
  const bytes = uri === "" ? new Uint8Array() : await readGiven(uri, id, files);
  return { traced, startedAt, result: { outputs: bytes } };
}

async function errorOf(id: ActionId, files: RunFiles): Promise<ActionError> {
  const document = await readFile(`${files.action(id)}/error.pb`).catch(() => undefined);
  if (document !== undefined) return toActionError(document);
  return { kind: "USER", code: "Error", message: "The trace failed.", stack: undefined, retryable: true };
}

/** A file that the program has written. Others of this machine are not read on its behalf. */
async function readGiven(uri: string, id: ActionId, files: RunFiles): Promise<Uint8Array> {
  const path = uri.replace(/^file:\/\//, "");
  if (!files.holds(id, path)) throw invalidRequest(`'${uri.slice(0, 200)}' is no file of the run '${id.run}'.`);
  try {
    return await readFile(path);
  } catch (error) {
    throw invalidRequest(
      `The file '${uri.slice(0, 200)}' of the action '${id.action}' cannot be read: ${String(error)}`,
    );
  }
}
