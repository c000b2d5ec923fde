import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { CreateRunRequestSchema, RunSchema, type RerunService } from "@appenv/protocol/tasks";
import { auditKey } from "../access/audit.ts";
import { mayRun } from "../access/authority.ts";
import { principalKey } from "../access/principal.ts";
import { invalidRequest } from "../requests/ids.ts";
import { readNewRun, type CreateRunContext } from "../run/create-run.ts";
import { runMessage } from "../run/messages.ts";
import type { RunReader } from "../run/run-reader.ts";

/** AppEnv's own RerunService: see `rerun.proto`. */
export function rerunService(reader: RunReader, creating: CreateRunContext): ServiceImpl<typeof RerunService> {
  return {
    rerunFrom: async ({ request, inputs, idempotencyKey }, { values }) => {
      const asked = fromBinary(CreateRunRequestSchema, request);
      const principal = values.get(principalKey);
      mayRun(principal, asked);
      const change = { principal, method: "appenv.v1.RerunService/RerunFrom", message: asked };
      const run = await values.get(auditKey).record(change, async () => {
        const { rerunFrom, ...given } = await readNewRun(asked, idempotencyKey, creating);
        if (rerunFrom === undefined) throw invalidRequest("The request names no action to run again from.");
        const edited = { ...rerunFrom, inputs: new Map(Object.entries(inputs)) };
        return reader.engine.createRun({ ...given, rerunFrom: edited });
      });
      return { run: toBinary(RunSchema, create(RunSchema, runMessage(run, reader.tasks()))) };
    },
  };
}
