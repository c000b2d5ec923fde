import { create, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { RunSchema, type RunControlService } from "@appenv/protocol/tasks";
import type { RunRecord } from "@appenv/engine";
import { principalKey } from "../access/principal.ts";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import { readLimit } from "../requests/list-filter.ts";
import type { CreateRunContext } from "../run/create-run.ts";
import { runMessage } from "../run/messages.ts";
import type { RunReader } from "../run/run-reader.ts";
import type { TaskLookup } from "../task/lookup.ts";
import { changeRuns } from "./change-runs.ts";
import { readSelection } from "./selection.ts";
import { startRuns } from "./start-runs.ts";

/** Maximum buckets of one answer. */
const mostBuckets = 200;

/** AppEnv's own RunControlService: see `run_control.proto`. */
export function runControlService(
  reader: RunReader,
  creating: CreateRunContext,
): ServiceImpl<typeof RunControlService> {
  const { engine } = reader;
  return {
    deleteRun: async ({ project, domain, run }) => {
      await engine.deleteRun(readRunId({ project, domain, name: run }));
      return {};
    },
    changeRuns: (request, { signal }) => changeRuns(request, reader, creating, signal),
    searchRuns: ({ selection, limit, token }) => {
      const found = engine.listRuns(readSelection(selection), { limit: readLimit({ limit }), token });
      const tasks = reader.tasks();
      return {
        runs: found.items.map((run) => ({
          run: bytesOf(run, tasks),
          error: run.error ?? "",
          createdAt: BigInt(run.root.createdAt.getTime()),
        })),
        token: found.token,
      };
    },
    countRuns: async ({ project, domain, from, bucketMs, buckets }) => {
      if (bucketMs <= 0n || buckets > mostBuckets) {
        throw invalidRequest(`Runs are counted in at most ${mostBuckets} spans of time, which are not empty.`);
      }
      const counts = [];
      for (let index = 0; index < buckets; index += 1) {
        const begin = Number(from) + index * Number(bucketMs);
        counts.push(engine.countRuns({ project, domain }, begin, begin + Number(bucketMs)));
        // Others come in between.
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
      return { buckets: counts };
    },
    startRuns: async (request, { values }) => {
      const runs = await startRuns(request, reader, creating, values.get(principalKey));
      const tasks = reader.tasks();
      return { runs: runs.map((run) => bytesOf(run, tasks)) };
    },
  };
}

function bytesOf(run: RunRecord, tasks: TaskLookup): Uint8Array {
  return toBinary(RunSchema, create(RunSchema, runMessage(run, tasks)));
}
