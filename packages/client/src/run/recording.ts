import { gunzipSync } from "node:zlib";
import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { ActionId, TaskDefinition } from "@appenv/protocol";
import {
  type ActionDetails,
  ArtifactType,
  ErrorInfo_Kind,
  encodeOutput,
  errorPartsOf,
  fromTaskSpec,
  InputsSchema,
  OutputsSchema,
  toActionIdentifier,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import type { ThrownError } from "@appenv/protocol/values";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { hasSucceeded, isFinal, readAction } from "./action.ts";
import { taskApi } from "./api.ts";
import { listActions } from "./cluster/list-actions.ts";

/** The outcome of a call, as it was recorded. */
export type RecordedOutcome =
  /** `task.Outputs`. */
  | { readonly type: "succeeded"; readonly outputs: Uint8Array }
  | {
      readonly type: "failed" | "aborted" | "timed-out";
      readonly error: {
        readonly kind: "USER" | "SYSTEM";
        readonly code: string;
        readonly message: string;
        readonly stack: undefined;
        readonly retryable: boolean;
        readonly thrown?: readonly ThrownError[];
      };
    };

/** Everything that an attempt of an action was given: enough to run its code again. */
export interface Recording {
  readonly id: ActionId;
  readonly definition: TaskDefinition;
  readonly attempt: number;
  /** `task.Inputs`. */
  readonly inputs: Uint8Array;
  readonly labels: Readonly<Record<string, string>>;
  readonly envVars: Readonly<Record<string, string>>;
  /** Names of the calls that have ended, in the order in which they did. */
  readonly ended: readonly string[];
  /** A text in place of the links of conditions, which are not given out: `task.Outputs`. */
  readonly link: Uint8Array;
  /** The outcome of a call by its name; undefined if it has none. */
  outcome(name: string): Promise<RecordedOutcome | undefined>;
  /** The module that the task's environment was deployed with. */
  code(): Promise<Uint8Array>;
}

/** Reads what an action was given. @throws AppEnvError NOT_FOUND, UNSUPPORTED. */
export async function readRecording(controlPlane: ControlPlane, id: ActionId): Promise<Recording> {
  const { runs, data } = taskApi(controlPlane);
  const actionId = toActionIdentifier(id);
  const [{ details }, run, { inputs }, actions] = await Promise.all([
    runs.getActionDetails({ actionId }),
    runs.getRunDetails({ runId: toRunIdentifier(id) }),
    data.getActionData({ actionId }),
    listActions(controlPlane, id),
  ]);
  const definition = details?.spec.case === "task" ? fromTaskSpec(details.spec.value) : undefined;
  if (definition?.launch.kind !== "bundle" || !controlPlane.embedded) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `The code of the action '${id.action}' of '${id.run}' is not on this platform.`,
      {
        fix: "Debug actions of tasks in TypeScript that run on the embedded platform.",
      },
    );
  }
  const { labels, envs } = run.details?.runSpec ?? {};
  const children = actions.map((message) => readAction(message)).filter(({ parent }) => parent === id.action);
  const ended = children
    .filter(({ phase }) => isFinal(phase))
    .toSorted((one, other) => (one.endedAt?.getTime() ?? 0) - (other.endedAt?.getTime() ?? 0));
  const names = new Set(ended.map(({ name }) => name));
  return {
    id,
    definition,
    attempt: Math.max(details === undefined ? 1 : readAction(details).attempts, 1),
    inputs: inputs === undefined ? new Uint8Array() : toBinary(InputsSchema, inputs),
    labels: labels?.values ?? {},
    envVars: Object.fromEntries((envs?.values ?? []).map(({ key, value }) => [key, value])),
    ended: [...names],
    link: encodeOutput({ kind: "string" }, "https://no-link-in-a-replay.invalid"),
    outcome: async (name) => (names.has(name) ? readOutcome(controlPlane, { ...id, action: name }) : undefined),
    code: () => downloadCode(controlPlane, id),
  };
}

async function readOutcome(controlPlane: ControlPlane, id: ActionId): Promise<RecordedOutcome> {
  const { runs, data } = taskApi(controlPlane);
  const actionId = toActionIdentifier(id);
  const { details } = await runs.getActionDetails({ actionId });
  const phase = details === undefined ? "FAILED" : readAction(details).phase;
  if (hasSucceeded(phase)) {
    const { outputs } = await data.getActionData({ actionId });
    return { type: "succeeded", outputs: outputs === undefined ? new Uint8Array() : toBinary(OutputsSchema, outputs) };
  }
  const type = phase === "ABORTED" ? "aborted" : phase === "TIMED_OUT" ? "timed-out" : "failed";
  return { type, error: errorOf(details) };
}

function errorOf(details: ActionDetails | undefined): Extract<RecordedOutcome, { error: unknown }>["error"] {
  const none = { stack: undefined, retryable: false };
  const result = details?.result;
  if (result?.case !== "errorInfo") {
    const message = result?.case === "abortInfo" ? `It was aborted: ${result.value.reason}` : "No reason is known.";
    return { ...none, kind: "USER", code: "ABORTED", message };
  }
  const kind = result.value.kind === ErrorInfo_Kind.USER ? "USER" : "SYSTEM";
  const { code, message, thrown } = errorPartsOf(result.value) ?? { ...result.value, thrown: [] };
  return { ...none, kind, code, message, ...(thrown.length > 0 && { thrown }) };
}

const blockBytes = 512;
/** The place of the size in the head of a tar archive, in octal digits. */
const sizeAt = [124, 136] as const;

/** Downloads the only file of the archive that the code comes in. */
async function downloadCode(controlPlane: ControlPlane, id: ActionId): Promise<Uint8Array> {
  const value = { actionId: toActionIdentifier(id), attempt: 1 };
  const { preSignedUrls } = await taskApi(controlPlane).data.createDownloadLink({
    artifactType: ArtifactType.CODE_BUNDLE,
    source: { case: "actionAttemptId", value },
  });
  const response = await fetch(preSignedUrls?.signedUrl[0] ?? "");
  if (!response.ok) throw new AppEnvError("NOT_FOUND", `The code of the run '${id.run}' cannot be downloaded.`);
  const archive = gunzipSync(await response.arrayBuffer());
  const size = Number.parseInt(archive.subarray(...sizeAt).toString("latin1"), 8);
  return archive.subarray(blockBytes, blockBytes + size);
}
