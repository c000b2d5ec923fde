import { fromBinary } from "@bufbuild/protobuf";
import { CreateRunRequestSchema, type StartRunsRequest } from "@appenv/protocol/tasks";
import type { NewRun, RunRecord } from "@appenv/engine";
import { mayRun } from "../access/authority.ts";
import type { Principal } from "../access/principal.ts";
import { readNewRun, type CreateRunContext } from "../run/create-run.ts";
import type { RunReader } from "../run/run-reader.ts";
import { invalidRequest } from "../requests/ids.ts";

/** Maximum runs of a batch: they are one transaction, for which everything else waits. */
const mostRuns = 20_000;

/** Starts the runs of a batch, all or none. @throws AppEnvError as `createRun`, and INVALID_OPTION. */
export async function startRuns(
  { request, items, project, domain }: StartRunsRequest,
  reader: RunReader,
  creating: CreateRunContext,
  principal: Principal | undefined,
): Promise<readonly RunRecord[]> {
  if (items.length > mostRuns) {
    throw invalidRequest(`A batch has at most ${mostRuns} runs, and not ${items.length}.`, "Start several batches.");
  }
  const asked = fromBinary(CreateRunRequestSchema, request);
  mayRun(principal, asked);
  if (asked.id.case !== "projectId" || asked.id.value.name !== project || asked.id.value.domain !== domain) {
    throw invalidRequest(`The runs of a batch have no names of their own, and are of ${project}/${domain}.`);
  }
  const all = await readNewRun(asked, "", creating);
  const runs = items.map(({ inputs, idempotencyKey }): NewRun => ({
    ...all,
    inputs,
    ...(idempotencyKey !== "" && { idempotencyKey }),
  }));
  return reader.engine.createRuns(runs);
}
