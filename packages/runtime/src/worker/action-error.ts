import { inspect } from "node:util";
import { AppEnvError, NonRetryableError, type ErrorCode } from "@appenv/core";
import type { ActionError } from "../ipc/action-messages.ts";
import { toThrownErrors, type ErrorTexts } from "./thrown-error.ts";
import { userFrames } from "./user-frames.ts";

const longestMessage = 4_000;
const longestStack = 16_000;

/** Errors of the code or the values, with which another attempt would end in the same way. */
const final: ReadonlySet<ErrorCode> = new Set([
  "INVALID_INPUT",
  "INVALID_OUTPUT",
  "INVALID_OPTION",
  "NO_LITERAL_TYPE",
  "PAYLOAD_TOO_LARGE",
  "NOT_FOUND",
  "NOT_IN_RUN",
  "STREAM_LIMIT",
  "STREAM_CLOSED",
  "UNSUPPORTED",
  "TASK_CYCLE",
  "TOO_MANY_ACTIONS",
  "MISSING_PACKAGE",
] as const);

/** The error of an action, made of whatever was thrown. Never throws itself. */
export function toActionError(thrown: unknown): ActionError {
  return {
    kind: "USER",
    code: attempted(() => codeOf(thrown), "Error"),
    message: shorten(texts.message(thrown), longestMessage),
    stack: texts.stack(thrown),
    retryable: attempted(() => isRetryable(thrown), true),
    thrown: toThrownErrors(thrown, texts),
  };
}

const unshowable = "(an error that cannot be shown)";

const texts: ErrorTexts = {
  message: (thrown) => attempted(() => messageOf(thrown), unshowable),
  stack: (thrown) => attempted(() => stackOf(thrown), undefined),
};

/** Reads a property of a thrown value, which may be a proxy or have accessors that throw in turn. */
function attempted<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function codeOf(thrown: unknown): string {
  if (AppEnvError.is(thrown)) return String(thrown.code);
  const name: unknown = thrown instanceof Error ? thrown.name : undefined;
  return typeof name === "string" && name !== "" ? name.slice(0, 100) : "Error";
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  if (!(thrown instanceof Error)) return show(thrown);
  const { message } = thrown as { readonly message: unknown };
  if (message !== "" || !(thrown instanceof AggregateError))
    return typeof message === "string" ? message : show(message);
  return thrown.errors.slice(0, 5).map(messageOf).join("; ");
}

function stackOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const lines = inspect(thrown, { customInspect: false, depth: 4 }).split("\n");
  return shorten(userFrames(lines).join("\n"), longestStack);
}

function isRetryable(thrown: unknown): boolean {
  if (NonRetryableError.is(thrown)) return false;
  return !(AppEnvError.is(thrown) && final.has(thrown.code));
}

function show(value: unknown): string {
  return inspect(value, { customInspect: false, depth: 2, maxArrayLength: 20, maxStringLength: 1_000 });
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 20)}... (${text.length} in all)`;
}
