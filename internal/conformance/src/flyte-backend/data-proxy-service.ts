import { createHash, randomBytes } from "node:crypto";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { AwsV4Signer } from "aws4fetch";
import {
  GetActionDataResponseSchema,
  InputsSchema,
  OutputsSchema,
  UploadInputsResponseSchema,
  type DataProxyService,
} from "@appenv/protocol/tasks";
import { CreateUploadLocationResponseSchema } from "@appenv/protocol";
import { keyOf } from "./pods.ts";
import type { BackendParts } from "./parts.ts";
import { find } from "./run-service.ts";

const longestExpirySeconds = 3_600n;

/** The data proxy. Uploads are signed URLs of the storage. */
export function dataProxyService(
  { state, s3 }: BackendParts,
  projects: ReadonlySet<string>,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Partial<ServiceImpl<typeof DataProxyService>> {
  return {
    createUploadLocation: async (request) => {
      if (!projects.has(request.project)) throw new ConnectError(`project ${request.project} not found`, Code.NotFound);
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
    uploadInputs: ({ id, inputs }) => {
      const place = id.case === "runId" ? id.value : undefined;
      const project = id.case === "projectId" ? id.value.name : (place?.project ?? "");
      const domain = id.value?.domain ?? "";
      const bytes = toBinary(InputsSchema, inputs ?? create(InputsSchema));
      const hash = createHash("sha256").update(bytes).digest("base64url");
      const uri = `s3://flyte-data/${project}/${domain}/offloaded-inputs/${hash}-${randomBytes(4).toString("hex")}/inputs.pb`;
      s3.objects.set(keyOf(uri), bytes);
      return create(UploadInputsResponseSchema, { offloadedInputData: { uri, inputsHash: hash } });
    },
    getActionData: ({ actionId }) => {
      const action = find(state, actionId?.run, actionId?.name ?? "");
      const inputs = s3.objects.get(keyOf(action.inputUri));
      const last = action.attempts.at(-1);
      const outputs = last && s3.objects.get(keyOf(`${last.outputs}/outputs.pb`));
      return create(GetActionDataResponseSchema, {
        inputs: inputs === undefined ? create(InputsSchema) : fromBinary(InputsSchema, inputs),
        outputs: outputs === undefined ? create(OutputsSchema) : fromBinary(OutputsSchema, outputs),
      });
    },
  };
}

function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const digits = (bits.match(/.{1,5}/g) ?? []).map((part) => alphabet[Number.parseInt(part.padEnd(5, "0"), 2)]);
  return digits.join("").padEnd(Math.ceil(digits.length / 8) * 8, "=");
}
