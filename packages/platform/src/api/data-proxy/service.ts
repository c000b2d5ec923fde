import { create, toBinary } from "@bufbuild/protobuf";
import { durationMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { InputsSchema, inputsHash, type DataProxyService } from "@appenv/protocol/tasks";
import type { TaskRecord } from "@appenv/engine";
import type { ActionLogs } from "../../logs/actions/action-logs.ts";
import { readActionData } from "./action-data.ts";
import { findDownload, type DownloadSources } from "../downloads/artifacts.ts";
import { readTask, type CreateRunContext } from "../run/create-run.ts";
import type { DownloadUrls } from "../downloads/download-urls.ts";
import { readActionId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";
import { tailActionLogs } from "./tail-logs.ts";
import type { UploadedInputs } from "../uploads/uploaded-inputs.ts";

/** Dependencies of the data service. */
export interface DataServiceContext extends DownloadSources {
  readonly reader: RunReader;
  readonly creating: CreateRunContext;
  readonly uploads: UploadedInputs;
  readonly downloads: DownloadUrls;
  readonly logs: Pick<ActionLogs, "tail">;
}

/** Flyte's DataProxyService, as far as runs need it; uploads of bundles are asked for elsewhere. */
export function dataService(context: DataServiceContext): Partial<ServiceImpl<typeof DataProxyService>> {
  const { reader, creating, uploads, downloads } = context;
  return {
    uploadInputs: async ({ task, inputs }) => {
      const { task: found } = readTask(task, creating);
      const bytes = toBinary(InputsSchema, inputs ?? create(InputsSchema));
      checkSize(bytes, found);
      const ignored = found.definition?.settings.cache.ignoredInputs ?? [];
      return { offloadedInputData: { uri: await uploads.add(bytes), inputsHash: inputsHash(bytes, ignored) } };
    },
    createDownloadLink: (request, { url }) => {
      const lifetimeMs = request.expiresIn === undefined ? undefined : durationMs(request.expiresIn);
      const { token, expiresAt } = downloads.issue(findDownload(request, context), lifetimeMs);
      const signedUrl = [new URL(`/download/${token}`, url).href];
      return { preSignedUrls: { signedUrl, expiresAt: timestampFromMs(expiresAt) } };
    },
    getActionData: ({ actionId }) => readActionData(reader, readActionId(actionId)),
    tailLogs: (request, { signal }) => tailActionLogs(reader, context.logs, request, signal),
  };
}

/** Before anything is written. */
function checkSize(inputs: Uint8Array, { id, definition }: TaskRecord): void {
  const allowed = definition?.settings.maxInlineBytes;
  if (allowed === undefined || inputs.length <= allowed) return;
  throw new AppEnvError(
    "PAYLOAD_TOO_LARGE",
    `The inputs of '${id.name}' have ${inputs.length} bytes; ${allowed} are allowed.`,
  );
}
