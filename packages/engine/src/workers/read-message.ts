import { readTrace, type TraceHeaders } from "@appenv/core/internal";
import type { ActionRequest, AttemptResult, FromReplica, FromWorker } from "@appenv/runtime";

/** A message of a worker. */
export type WorkerMessage = FromWorker | Extract<FromReplica, { type: "failed" | "load" }>;

const outcomes = new Set(["succeeded", "failed", "aborted", "timed-out"]);
const requests = new Set(["task", "condition", "condition-link", "event", "sleep", "trace", "trace-result", "stream"]);

/**
 * A message as it may be acted on. Code of a user shares the channel with the runtime: what is none of ours gives
 * undefined, and what only looks like ours throws a TypeError.
 */
export function readMessage(message: FromReplica): WorkerMessage | undefined {
  switch (message.type) {
    case "working":
    case "failed":
    case "load":
      return message;
    case "requests":
      return checked(message, message.requests, isRequest);
    case "results":
      return checked(message, message.results, isResult);
    case "lines":
      return checked(message, message.lines, isLine);
    case "uncancelled":
      return checked(message, [message], ({ attempt, call, scope, limitMs }) =>
        areNumbers(attempt, call, scope, limitMs),
      );
    case "uncancelled-end":
      return checked(message, [message], ({ attempt, scope }) => areNumbers(attempt, scope));
    case "progress":
      return checked(message, [message], ({ attempt, done, total }) => areNumbers(attempt, done, total));
    case "metadata":
      return checked(message, [message], ({ attempt, json }) => areNumbers(attempt) && typeof json === "string");
    case "report":
      return checked(message, [message], ({ attempt, html }) => areNumbers(attempt) && typeof html === "string");
    case "trace":
      return checked(message, [message], ({ attempt, trace }) => areNumbers(attempt) && isTrace(trace));
    default:
      return undefined;
  }
}

function checked<M extends WorkerMessage, T>(message: M, items: readonly T[], check: (item: T) => boolean): M {
  if (Array.isArray(items) && items.every((item) => isObject(item) && check(item as T))) return message;
  throw new TypeError(`a message '${message.type}' that the runtime does not send`);
}

function isRequest(request: ActionRequest): boolean {
  const { kind, attempt, call, name } = request;
  if (!requests.has(kind) || !areNumbers(attempt, call) || typeof name !== "string") return false;
  if (kind === "task" && request.trace !== undefined && !isTrace(request.trace)) return false;
  if (kind === "stream") return typeof request.trace === "string" && isOptionalText(request.value);
  if (kind === "event") return isObject(request.event) && areTexts(request.event.name, request.event.key);
  return kind !== "sleep" || (isObject(request.sleep) && areNumbers(...Object.values(request.sleep)));
}

function isTrace(trace: TraceHeaders): boolean {
  return isObject(trace) && readTrace(trace.traceparent) !== undefined && isOptionalText(trace.tracestate);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isResult({ attempt, outcome }: AttemptResult): boolean {
  if (!areNumbers(attempt) || !isObject(outcome) || !outcomes.has(outcome.type)) return false;
  return outcome.type === "succeeded" ? outcome.outputs instanceof Uint8Array : isObject(outcome.error);
}

function isLine(line: Extract<FromWorker, { type: "lines" }>["lines"][number]): boolean {
  return areNumbers(line.attempt, line.at) && typeof line.text === "string";
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}

function areNumbers(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "number" && Number.isFinite(value));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
