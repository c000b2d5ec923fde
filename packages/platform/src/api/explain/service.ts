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

/** The first action of a run in a list: it waits for what an action below waits for. */
function ofList(
  engine: Pick<TaskEngine, "whyWaiting" | "listActions">,
  root: ActionRecord,
): MessageInitShape<typeof ExplainedActionSchema> {
  const message = explained(engine, root);
  if (root.phase !== "PAUSED") return message;
  const below = waitingBelow(engine, root.id);
  return { ...message, ...(below && { prompt: promptOf(below), waitsFor: eventText(below) }) };
}

function explained(
  engine: Pick<TaskEngine, "whyWaiting">,
  action: ActionRecord,
): MessageInitShape<typeof ExplainedActionSchema> {
  const { id, createdAt, attempts, phase } = action;
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
    waitsFor: why === undefined ? eventText(action) : waitText(why),
    ...(why !== undefined && "queue" in why && { waitsIn: waitMessage(why) }),
    error: isTerminal(phase) ? reasonOf(action) : "",
    prompt: promptOf(action),
  };
}

function waitMessage(wait: Extract<WaitReason, { queue: unknown }>): MessageInitShape<typeof QueueWaitSchema> {
  const running = wait.kind === "queue" ? wait.running.map((each) => ({ ...each })) : [];
  return { queue: wait.queue.name, key: wait.key, before: wait.before, running };
}

function promptOf({ condition, phase }: ActionRecord): string {
  return condition === undefined || isTerminal(phase) ? "" : condition.prompt;
}

function eventText({ event, phase }: ActionRecord): string {
  if (event === undefined || isTerminal(phase)) return "";
  return `It waits for the event '${event.name}'${event.key === "" ? "" : `, key ${event.key}`}.`;
}

/** Maximum actions of a run that are looked through for what it waits for. */
const mostLookedAt = 500;

/** The first question that a run waits with, else the first event that it waits for. */
function waitingBelow(engine: Pick<TaskEngine, "listActions">, run: RunId): ActionRecord | undefined {
  const { items } = engine.listActions(run, { limit: mostLookedAt, token: "" });
  const waiting = items.filter(({ phase }) => phase === "PAUSED");
  return waiting.find(({ kind }) => kind === "condition") ?? waiting.find(({ kind }) => kind === "event");
}

function reasonOf({ phase, abort, error }: ActionRecord): string {
  if (phase === "ABORTED") return abort?.reason ?? error?.message ?? "";
  return error === undefined ? "" : errorText(error);
}

function ms(time: Date): bigint {
  return BigInt(time.getTime());
}
