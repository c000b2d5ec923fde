import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampDate, timestampFromDate, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { BackfillSchema, BackfillService, StartBackfillRequest } from "@appenv/protocol/tasks";
import type { BackfillRecord, Backfills, NewBackfill } from "@appenv/engine";
import { invalidRequest } from "../requests/ids.ts";
import { Following } from "../run/following.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/** AppEnv's own BackfillService: see `backfill.proto`. */
export function backfillService(backfills: Backfills): ServiceImpl<typeof BackfillService> {
  return {
    startBackfill: (request) => {
      const asked = readRequest(request);
      if (!request.dryRun) return { backfill: message(backfills.start(asked)) };
      return { backfill: { ...given(asked), total: backfills.count(asked) } };
    },
    abortBackfill: (asked) => ({ backfill: message(backfills.abort(find(backfills, asked).id)) }),
    listBackfills: (scope) => ({ backfills: backfills.list(scope).map(message) }),
    watchBackfill: async function* watchBackfill(asked, { signal }) {
      const { id } = find(backfills, asked);
      const following = new Following<BackfillRecord>(
        (tell) => backfills.subscribe((record) => void (record.id === id && tell("", record))),
        signal,
      );
      try {
        for (;;) {
          const record = find(backfills, asked);
          yield { backfill: message(record) };
          if (record.phase !== "RUNNING") return;
          if ((await following.take()) === undefined) return throwIfClosing(signal);
        }
      } finally {
        following.close();
      }
    },
  };
}

function find(
  backfills: Backfills,
  { project, domain, id }: { readonly project: string; readonly domain: string; readonly id: bigint },
): BackfillRecord {
  const found = backfills.get(Number(id));
  if (found?.trigger.project === project && found.trigger.domain === domain) return found;
  throw new AppEnvError("NOT_FOUND", `There is no backfill ${id} in ${project}/${domain}.`);
}

function readTime(time: Timestamp | undefined): Date {
  if (time === undefined) throw invalidRequest("The request has no beginning or no end: `from` and `to`.");
  return timestampDate(time);
}

function readRequest({ trigger, from, to, concurrency }: StartBackfillRequest): NewBackfill {
  const { project = "", domain = "", task: taskName = "", name = "" } = trigger ?? {};
  const asked = { from: readTime(from), to: readTime(to), concurrency: Math.max(concurrency, 1) };
  return { trigger: { project, domain, taskName, name }, ...asked };
}

function message(record: BackfillRecord): MessageInitShape<typeof BackfillSchema> {
  const { id, createdAt, total, succeeded, failed, phase } = record;
  const counts = { total, succeeded, failed, phase };
  return { ...given(record), ...counts, id: BigInt(id), createdAt: timestampFromDate(createdAt) };
}

function given({ trigger, from, to, concurrency }: NewBackfill): MessageInitShape<typeof BackfillSchema> {
  const { project, domain, taskName: task, name } = trigger;
  const span = { from: timestampFromDate(from), to: timestampFromDate(to) };
  return { trigger: { project, domain, task, name }, ...span, concurrency };
}
