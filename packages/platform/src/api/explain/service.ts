import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { waitText, type ActionRecord, type TaskEngine, type WaitReason } from "@appenv/engine";
import { ExplainedActionSchema, type ExplainService, type QueueWaitSchema } from "@appenv/protocol/tasks";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";

/** Maximum actions of one request. */
const mostActions = 200;

/** AppEnv's own ExplainService: see `explain.proto`. */
export function explainService(reader: RunReader): ServiceImpl<typeof ExplainService> {
  return {
    explainActions: ({ project, domain, run, actions }) => {
      if (actions.length > mostActions) throw invalidRequest(`The request names more than ${mostActions} actions.`);
      const { id } = reader.run(readRunId({ project, domain, name: run }));
      const found = actions.map((action) => reader.engine.getAction({ ...id, action }));
      return { actions: found.flatMap((action) => (action === undefined ? [] : [explained(reader.engine, action)])) };
    },
  };
}

function explained(
  engine: Pick<TaskEngine, "whyWaiting">,
  { id, createdAt, attempts }: ActionRecord,
): MessageInitShape<typeof ExplainedActionSchema> {
  const why = engine.whyWaiting(id);
  return {
    action: id.action,
    createdAt: ms(createdAt),
    attempts: attempts.flatMap(({ queuedAt, startedAt, endedAt }) =>
      startedAt === undefined
        ? []
        : [{ queuedAt: ms(queuedAt), startedAt: ms(startedAt), ...(endedAt && { endedAt: ms(endedAt) }) }],
    ),
    waitsFor: why === undefined ? "" : waitText(why),
    ...(why !== undefined && "queue" in why && { waitsIn: waitMessage(why) }),
  };
}

function waitMessage(wait: Extract<WaitReason, { queue: unknown }>): MessageInitShape<typeof QueueWaitSchema> {
  const running = wait.kind === "queue" ? wait.running.map((each) => ({ ...each })) : [];
  return { queue: wait.queue.name, key: wait.key, before: wait.before, running };
}

function ms(time: Date): bigint {
  return BigInt(time.getTime());
}
