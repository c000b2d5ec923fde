import { AppEnvError } from "@appenv/core";
import type { ActionRequest } from "@appenv/runtime";
import type { NewEvent, SentEvent } from "../contracts/events.ts";
import { payloadOf } from "../store/read-action.ts";
import { eventKey } from "../store/event-table.ts";
import { seconds, userError } from "../actions/action-errors.ts";
import { beginWaiting } from "./answers.ts";
import type { EngineContext } from "../live/context.ts";
import { finish } from "../actions/end-action.ts";
import { keptRow } from "./kept-results.ts";
import { newAction } from "../actions/new-action.ts";
import type { ActionState, AttemptState } from "../live/state.ts";

type EventRequest = Extract<ActionRequest, { kind: "event" }>;

/** Maximum number of events that are kept in a project and domain. */
const mostKept = 10_000;
/** The largest value of an event, in bytes. */
const mostBytes = 2 ** 20;

/** Makes an action that waits for an event. @throws AppEnvError TOO_MANY_ACTIONS. */
export function requestEvent(context: EngineContext, attempt: AttemptState, request: EventRequest): void {
  const { name, group = "", event, call } = request;
  const now = context.clock.now();
  const deadlineAt = event.timeoutMs === undefined ? undefined : now + event.timeoutMs;
  const fields = { name, kind: "event", label: event.name, group, event, deadlineAt, phase: "PAUSED" } as const;
  const action = newAction(
    context,
    attempt.action,
    { ...fields, startedAt: now, uncancelled: request.uncancelled === true },
    undefined,
  );
  action.waiters.push({ attempt, call });
  beginWaiting(context, attempt);
  if (takeOver(context, action)) return;
  context.save(action);
  armEvent(context, action);
  // Watchers want to see it at once.
  context.store.committer.whenStored(() => {});
}

/** Gives a waiting action the next event if there is one, or waits for it; also after a restart. */
export function armEvent(context: EngineContext, action: ActionState): void {
  if (takeNext(context, action)) return;
  context.eventWaits.add(action);
  const { deadlineAt, event } = action.row;
  const limit = event?.timeoutMs;
  if (deadlineAt === undefined || limit === undefined) return;
  const left = Math.min(Math.max(deadlineAt - context.clock.now(), 0), limit);
  context.setTimer(action, "deadline", left, () => {
    const message = `The event '${action.row.label}' was not sent within ${seconds(limit)}.`;
    finish(context, action, { phase: "TIMED_OUT", error: userError("EVENT_TIMED_OUT", message) });
  });
}

/**
 * Sends an event: it is on disk when this resolves, and each run that waits for it has it.
 *
 * @throws AppEnvError PAYLOAD_TOO_LARGE, INVALID_INPUT, IDEMPOTENCY_CONFLICT, DISK_FULL, STATE_UNWRITABLE.
 */
export async function sendEvent(context: EngineContext, event: NewEvent): Promise<SentEvent> {
  const { name, key, value } = event;
  if (value.byteLength > mostBytes) {
    const message = `The value of the event '${name}' has ${value.byteLength} bytes; ${mostBytes} are kept.`;
    throw new AppEnvError("PAYLOAD_TOO_LARGE", message);
  }
  let delivered = 0;
  const { id } = await context.store.committer.commit(
    () => store(context, event),
    ({ sentAt }) => {
      if (sentAt === undefined) return;
      const waits = context.eventWaits.of(event, eventKey(name, key));
      for (const action of waits) context.guard(action, () => (delivered += takeNext(context, action, sentAt) ? 1 : 0));
    },
  );
  return { id, delivered };
}

/** Within the transaction. Without `sentAt` it was sent before. */
function store(
  { store: { events, tasks }, clock }: EngineContext,
  { project, domain, name, key, value, keepMs, sender, idempotencyKey }: NewEvent,
): { readonly id: number; readonly sentAt?: number } {
  const scope = tasks.scope(project, domain).id;
  const earlier = idempotencyKey === undefined ? undefined : events.byIdempotencyKey(scope, idempotencyKey);
  if (earlier !== undefined) {
    if (earlier.name === name && earlier.key === key) return { id: earlier.id };
    throw new AppEnvError(
      "IDEMPOTENCY_CONFLICT",
      `The idempotency key of '${name}' is that of an event '${earlier.name}'.`,
    );
  }
  const now = clock.now();
  events.purge(now);
  if (events.count(scope) >= mostKept) {
    throw new AppEnvError(
      "INVALID_INPUT",
      `${mostKept} events are kept in ${project}/${domain}, the most there may be.`,
      { fix: "Send events with a shorter `keep`." },
    );
  }
  const row = { name, key, sentAt: now, keepUntil: now + keepMs, sender, value };
  return { id: events.insert(scope, row, idempotencyKey), sentAt: now };
}

/** Gives an action the next event that its run has not been given, of those kept at a time. Returns whether there is one. */
function takeNext(context: EngineContext, action: ActionState, at: number = context.clock.now()): boolean {
  const { row, run } = action;
  const { events, tasks, committer } = context.store;
  const scope = tasks.findScope(run.project, run.domain);
  if (scope === undefined || row.event === undefined) return false;
  const { name, key, since } = row.event;
  const place = eventKey(name, key);
  const after = run.eventCursors.get(place) ?? 0;
  const next = events.next(scope.id, { name, key, after, since: since ?? 0 }, at);
  if (next === undefined) return false;
  run.eventCursors.set(place, next.id);
  // With the end of the action, in one transaction.
  committer.save({}, () => events.putCursor(run.row, name, key, next.id));
  finish(context, action, { phase: "SUCCEEDED", outputs: { bytes: next.value } });
  return true;
}

/** Takes over the event that the recovered run was given. Returns whether there is one. */
function takeOver(context: EngineContext, action: ActionState): boolean {
  const row = action.parent && keptRow(context, action.parent, action.row.name);
  if (row === undefined || row["label"] !== action.row.label) return false;
  action.row.startedAt = undefined;
  finish(context, action, { phase: "SUCCEEDED", outputs: payloadOf(row, "outputs") ?? { bytes: new Uint8Array() } });
  return true;
}
