import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { errorCatalogue } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import {
  actionPhase,
  answerType,
  ConditionPromptType,
  ErrorInfo_Kind,
  toActionIdentifier,
  toLiteralType,
  toRunSpec,
  withErrorParts,
  type ActionAttemptSchema,
  type ActionDetailsSchema,
  type ConditionActionSchema,
  type EnrichedIdentitySchema,
  type ErrorInfo,
  type LogContextSchema,
  type PhaseTransitionSchema,
  type RunDetailsSchema,
  type Literal,
} from "@appenv/protocol/tasks";
import type { ActionRecord, AttemptRecord, RunEnd, RunRecord } from "@appenv/engine";
import { actionMetadata, actionStatus, cacheStatus } from "./messages.ts";
import { actionUri } from "../data-proxy/data-uris.ts";
import { hasSucceeded, isTerminal } from "./phases.ts";
import type { TaskLookup } from "../task/lookup.ts";

/** A run with everything in Flyte's message of its details. */
export function runDetails(run: RunRecord, tasks: TaskLookup): MessageInitShape<typeof RunDetailsSchema> {
  return { runSpec: toRunSpec(run.settings, run.rerunFrom), action: actionDetails(run.root, tasks, run) };
}

/** The answer to a condition, and who gave it. */
export interface SignalledValue {
  readonly output: Literal;
  readonly signalledBy?: MessageInitShape<typeof EnrichedIdentitySchema>;
}

/** An action with everything in Flyte's message of its details. @param signalled - The answer to a condition. */
export function actionDetails(
  action: ActionRecord,
  tasks: TaskLookup,
  run: RunRecord | undefined,
  signalled?: SignalledValue,
): MessageInitShape<typeof ActionDetailsSchema> {
  return {
    id: toActionIdentifier(action.id),
    metadata: actionMetadata(action, tasks, run),
    status: actionStatus(action),
    attempts: action.attempts.map((attempt) => attemptMessage(action, attempt)),
    ...spec(action, tasks),
    ...result(action),
    ...(signalled && { result: { case: "signalInfo", value: signalled } }),
  };
}

/** The changing part of an action. */
export function actionState(action: RunEnd["root"]): MessageInitShape<typeof ActionDetailsSchema> {
  return { id: toActionIdentifier(action.id), status: actionStatus(action), ...result(action) };
}

function spec(
  { kind, task, condition }: ActionRecord,
  tasks: TaskLookup,
): Pick<MessageInitShape<typeof ActionDetailsSchema>, "spec"> {
  if (condition !== undefined) return { spec: { case: "condition", value: conditionMessage(condition) } };
  if (kind === "trace" || kind === "sleep" || kind === "event") return { spec: { case: "trace", value: {} } };
  const found = task === undefined ? undefined : tasks.spec(task);
  return found === undefined ? {} : { spec: { case: "task", value: found } };
}

/** The question to the person who signals a condition. */
function conditionMessage(
  asked: NonNullable<ActionRecord["condition"]>,
): MessageInitShape<typeof ConditionActionSchema> {
  const { name, prompt, markdown, description = "", timeoutMs } = asked;
  return {
    name,
    type: toLiteralType(answerType(asked)),
    prompt,
    promptType: markdown ? ConditionPromptType.MARKDOWN : ConditionPromptType.TEXT,
    description,
    ...(timeoutMs === undefined ? {} : { timeout: durationFromMs(timeoutMs) }),
  };
}

function result({ phase, error, abort }: RunEnd["root"]): Pick<MessageInitShape<typeof ActionDetailsSchema>, "result"> {
  if (phase === "ABORTED") {
    const reason = abort?.reason ?? error?.message ?? "";
    return { result: { case: "abortInfo", value: { reason } } };
  }
  return error === undefined || !isTerminal(phase) ? {} : { result: { case: "errorInfo", value: errorInfo(error) } };
}

/** An error for people: its code comes first, for programs; then its message, and the line it was thrown at. */
export function errorText({ code, message, thrown = [] }: NonNullable<ActionRecord["error"]>): string {
  const text = Object.hasOwn(errorCatalogue, code) ? `[${code}] ${message}` : `${code}: ${message}`;
  // The message of an error of another action has the line already.
  const at = code === "TASK_FAILED" ? undefined : thrown[0]?.at;
  return at === undefined ? text : `${text} (${at})`;
}

function errorInfo(error: NonNullable<ActionRecord["error"]>): ErrorInfo {
  const { code, message, thrown = [] } = error;
  const kind = error.kind === "USER" ? ErrorInfo_Kind.USER : ErrorInfo_Kind.SYSTEM;
  return withErrorParts({ message: errorText(error), code, kind }, { code, message, thrown });
}

function attemptMessage(action: ActionRecord, attempt: AttemptRecord): MessageInitShape<typeof ActionAttemptSchema> {
  const { phase, queuedAt, startedAt, endedAt, error } = attempt;
  const isLast = attempt === action.attempts.at(-1);
  return {
    attempt: attempt.attempt,
    phase: actionPhase(phase),
    startTime: timestampFromDate(startedAt ?? queuedAt),
    ...(endedAt === undefined ? {} : { endTime: timestampFromDate(endedAt) }),
    ...(error === undefined ? {} : { errorInfo: errorInfo(error) }),
    outputs: {
      outputUri: isLast && hasSucceeded(action.phase) ? actionUri(action.id, "outputs") : "",
      reportUri: isLast && action.hasReport ? actionUri(action.id, "report") : "",
    },
    ...(startedAt === undefined ? {} : { logsAvailable: true, logContext: logContext(action.id, attempt) }),
    cacheStatus: cacheStatus(action.cache),
    phaseTransitions: transitions(attempt),
  };
}

function transitions({
  phase,
  queuedAt,
  startedAt,
  endedAt,
}: AttemptRecord): MessageInitShape<typeof PhaseTransitionSchema>[] {
  const steps: { phase: ActionRecord["phase"]; at: Date }[] = [{ phase: "QUEUED", at: queuedAt }];
  if (startedAt !== undefined) steps.push({ phase: "RUNNING", at: startedAt });
  if (endedAt !== undefined) steps.push({ phase, at: endedAt });
  return steps.map((step, index) => {
    const end = steps[index + 1]?.at ?? endedAt;
    return {
      phase: actionPhase(step.phase),
      startTime: timestampFromDate(step.at),
      ...(end === undefined ? {} : { endTime: timestampFromDate(end) }),
    };
  });
}

/** The source of an attempt's log, in Flyte's terms: an attempt is a pod with one container. */
export function logContext(id: ActionId, attempt: AttemptRecord): MessageInitShape<typeof LogContextSchema> {
  const podName = `${id.run}-${id.action}-${attempt.attempt}`;
  const { startedAt, endedAt } = attempt;
  return {
    primaryPodName: podName,
    pods: [
      {
        namespace: `${id.project}-${id.domain}`,
        podName,
        primaryContainerName: podName,
        containers: [
          {
            containerName: podName,
            process: {
              ...(startedAt === undefined ? {} : { containerStartTime: timestampFromDate(startedAt) }),
              ...(endedAt === undefined ? {} : { containerEndTime: timestampFromDate(endedAt) }),
            },
          },
        ],
      },
    ],
  };
}
