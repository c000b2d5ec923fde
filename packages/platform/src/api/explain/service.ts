import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { waitText, type ActionRecord, type TaskEngine, type WaitReason } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";
import { ExplainedActionSchema, type ExplainService, type QueueWaitSchema } from "@appenv/protocol/tasks";
import { invalidRequest, readRunId, rootAction } from "../requests/ids.ts";
import { errorText } from "../run/details.ts";
import { isTerminal } from "../run/phases.ts";
import type { RunReader } from "../run/run-reader.ts";

/** Maximum actions of one request. */
const mostActions = 200;

/** AppEnv's own ExplainService: see `explain.proto`. */
export function explainService(reader: RunReader): ServiceImpl<typeof ExplainService> {
  const { engine } = reader;
  return {
    explainActions: ({ project, domain, run, actions, runs }) => {
      if (actions.length + runs.length > mostActions) {
        throw invalidRequest(`The request names more than ${mostActions} actions.`);
      }
      const of = (name: string): RunId => readRunId({ project, domain, name });
      const id = actions.length === 0 ? undefined : reader.run(of(run)).id;
      const ofRun = id === undefined ? [] : actions.flatMap((action) => engine.getAction({ ...id, action }) ?? []);
      const ofRuns = runs.flatMap((name) => engine.getAction({ ...of(name), action: rootAction }) ?? []);
      return {
        actions: [...ofRun.map((action) => explained(engine, action)), ...ofRuns.map((root) => ofList(engine, root))],
      };
    },
  };
}

/** The first action of a run in a list: its question is that of an action below. */
function ofList(
  engine: Pick<TaskEngine, "whyWaiting" | "listActions">,
  root: ActionRecord,
): MessageInitShape<typeof ExplainedActionSchema> {
  const message = explained(engine, root);
  return root.phase === "PAUSED" ? { ...message, prompt: questionOf(engine, root.id) } : message;
}

function explained(
  engine: Pick<TaskEngine, "whyWaiting">,
  action: ActionRecord,
): MessageInitShape<typeof ExplainedActionSchema> {
  const { id, createdAt, attempts, condition, phase } = action;
  const why = engine.whyWaiting(id);
  return {
    run: id.run,
    action: id.action,
    createdAt: ms(createdAt),
    attempts: attempts.flatMap(({ queuedAt, startedAt, endedAt }) =>
      startedAt === undefined
        ? []
        : [{ queuedAt: ms(queuedAt), startedAt: ms(startedAt), ...(endedAt && { endedAt: ms(endedAt) }) }],
    ),
    waitsFor: why === undefined ? "" : waitText(why),
    ...(why !== undefined && "queue" in why && { waitsIn: waitMessage(why) }),
    error: isTerminal(phase) ? reasonOf(action) : "",
    prompt: condition === undefined || isTerminal(phase) ? "" : condition.prompt,
  };
}

function waitMessage(wait: Extract<WaitReason, { queue: unknown }>): MessageInitShape<typeof QueueWaitSchema> {
  const running = wait.kind === "queue" ? wait.running.map((each) => ({ ...each })) : [];
  return { queue: wait.queue.name, key: wait.key, before: wait.before, running };
}

/** Maximum actions of a run that are looked through for a question. */
const mostLookedAt = 500;

/** The first question that a run waits with. */
function questionOf(engine: Pick<TaskEngine, "listActions">, run: RunId): string {
  const { items } = engine.listActions(run, { limit: mostLookedAt, token: "" });
  return items.find(({ kind, phase }) => kind === "condition" && phase === "PAUSED")?.condition?.prompt ?? "";
}

function reasonOf({ phase, abort, error }: ActionRecord): string {
  if (phase === "ABORTED") return abort?.reason ?? error?.message ?? "";
  return error === undefined ? "" : errorText(error);
}

function ms(time: Date): bigint {
  return BigInt(time.getTime());
}
