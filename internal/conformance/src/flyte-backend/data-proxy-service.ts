import { createHash } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { AwsV4Signer } from "aws4fetch";
import {
  GetActionDataResponseSchema,
  InputsSchema,
  OutputsSchema,
  UploadInputsResponseSchema,
  ActionPhaseNumber,
  type DataProxyService,
  type TaskSpec,
  type UploadInputsRequest,
} from "@appenv/protocol/tasks";
import { CreateUploadLocationResponseSchema } from "@appenv/protocol";
import { keyOf } from "./pods.ts";
import type { BackendParts } from "./parts.ts";
import { find } from "./find.ts";
import { checkProject } from "./runs/create-run.ts";
import { tailLogs } from "./runs/task-logs.ts";
import type { ActionState } from "./state.ts";
import type { TaskRegistry } from "./task-service.ts";

/** Time for which outputs are not given yet after those who watch were told of the end, in milliseconds. */
const phaseLagMs = 120;
const longestExpirySeconds = 3_600n;

/** The data proxy. Uploads are signed URLs of the storage. */
export function dataProxyService(
  parts: BackendParts,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Partial<ServiceImpl<typeof DataProxyService>> {
  const { state, s3, tasks } = parts;
  // The backend's own reads are none of those that a test may watch or break: those of containers.
  const read = s3.objects.get.bind(s3.objects);
  return {
    createUploadLocation: async (request) => {
      checkProject(parts, request.project);
      if ((request.expiresIn?.seconds ?? 0n) > longestExpirySeconds) {
        throw new ConnectError("expires_in is more than an hour", Code.InvalidArgument);
      }
      const root = request.filenameRoot === "" ? base32(request.contentMd5) : request.filenameRoot;
      const path = `flyte-data/uploads/${request.project}/${request.domain}/${root}/${request.filename}`;
      const url = new URL(`${s3.endpoint}/${path}`);
      url.searchParams.set("X-Amz-Expires", String(request.expiresIn?.seconds ?? 3_600n));
      const signed = await new AwsV4Signer({
        ...key,
        method: "PUT",
        url: url.toString(),
        service: "s3",
        signQuery: true,
      }).sign();
      return create(CreateUploadLocationResponseSchema, {
        signedUrl: signed.url.toString(),
        nativeUrl: `s3://${path}`,
        // The length of the MD5 as base64, not of the content.
        headers: { "Content-Length": "24", "Content-MD5": Buffer.from(request.contentMd5).toString("base64") },
      });
    },
    // The URI is that of a directory, named after the inputs that count for the cache: others are overwritten there.
    uploadInputs: ({ id, task, inputs = create(InputsSchema) }) => {
      const project = id.case === "projectId" ? id.value.name : (id.value?.project ?? "");
      checkProject(parts, project);
      const ignored = templateOf(tasks, task)?.metadata?.cacheIgnoreInputVars ?? [];
      const hashed = create(InputsSchema, { literals: inputs.literals.filter(({ name }) => !ignored.includes(name)) });
      const hash = createHash("sha256").update(toBinary(InputsSchema, hashed)).digest("base64url").slice(0, 11);
      const uri = `s3://flyte-data/${project}/${id.value?.domain}/offloaded-inputs/${hash}`;
      s3.objects.set(keyOf(`${uri}/inputs.pb`), toBinary(InputsSchema, inputs));
      return create(UploadInputsResponseSchema, { offloadedInputData: { uri, inputsHash: hash } });
    },
    tailLogs: (request, { signal }) => tailLogs(parts, request, signal),
    getActionData: ({ actionId }) => {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      const inputs = read(keyOf(action.inputUri));
      const last = hasOutputs(action) ? action.attempts.at(-1) : undefined;
      const outputs = last && read(keyOf(`${last.outputs}/outputs.pb`));
      return create(GetActionDataResponseSchema, {
        inputs: inputs === undefined ? create(InputsSchema) : fromBinary(InputsSchema, inputs),
        outputs: outputs === undefined ? create(OutputsSchema) : fromBinary(OutputsSchema, outputs),
      });
    },
  };
}

function templateOf(tasks: TaskRegistry, task: UploadInputsRequest["task"]): TaskSpec["taskTemplate"] {
  if (task.case === "taskSpec") return task.value.taskTemplate;
  const spec = task.case === "taskId" ? tasks.get(task.value) : undefined;
  if (spec === undefined) throw new ConnectError("failed to get task", Code.NotFound);
  return spec.taskTemplate;
}

/** @throws ConnectError NotFound for a condition: it has no attempt that could have outputs. */
function hasOutputs({ phase, attempts, endedAt }: ActionState): boolean {
  if (phase !== ActionPhaseNumber.SUCCEEDED && phase !== ActionPhaseNumber.RECOVERED) return false;
  if (Date.now() - (endedAt ?? 0) < phaseLagMs) return false;
  if (attempts.length > 0) return true;
  throw new ConnectError("outputs not available, no attempts for action", Code.NotFound);
}

function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const digits = (bits.match(/.{1,5}/g) ?? []).map((part) => alphabet[Number.parseInt(part.padEnd(5, "0"), 2)]);
  return digits.join("").padEnd(Math.ceil(digits.length / 8) * 8, "=");
}
