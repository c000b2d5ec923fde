import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { AppEnvError, type ErrorCode } from "@appenv/core";
import { unexpected } from "@appenv/core/internal";
import { endWithProblem, problem, sendProblem, type ProblemHeaders } from "@appenv-internal/http/problem";
import { mostIssues } from "@appenv-internal/openapi/standard-schema";

/** A mistake in a payload, and its place. */
interface Issue {
  readonly path: string;
  readonly message: string;
}

/** Further parts of the answer to an error. */
interface ProblemExtras {
  readonly issues?: readonly Issue[];
  readonly headers?: ProblemHeaders;
}

/** An error that is answered as a problem (RFC 9457), as the ingress answers its own. */
export class ProblemError extends Error {
  readonly status: number;
  /** For programs, for example `INVALID_SIGNATURE`. */
  readonly code: string;
  readonly extras: ProblemExtras;

  constructor(status: number, code: string, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

/** The statuses of errors that are the sender's, or that pass. Others are the app's own: 500 without details. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_INPUT: 400,
  INVALID_NAME: 400,
  INVALID_OPTION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RUN_EXISTS: 409,
  IDEMPOTENCY_CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED: 422,
  CONTROL_PLANE: 502,
  UNREACHABLE: 503,
  DISK_FULL: 503,
  STATE_UNWRITABLE: 503,
};

/** Errors whose message names files of the platform: it is for the people who run it. */
const inner: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["DISK_FULL", "STATE_UNWRITABLE"]);

/** Seconds until a client may try again; a disk is not cleared at once. */
const retryAfter: Readonly<Partial<Record<ErrorCode, number>>> = {
  UNREACHABLE: 5,
  DISK_FULL: 30,
  STATE_UNWRITABLE: 30,
};

/** Answers a request with the problem that an error is to its sender. Cuts the connection if an answer has begun. */
export function answerError(response: ServerResponse, error: unknown): void {
  const { status, code, message, extras } = problemOf(error);
  const { issues, headers } = extras;
  if (response.headersSent) response.destroy();
  else sendProblem(response, { ...problem(status, code, message), ...(issues && { issues }) }, headers);
}

/** Refuses an upgrade with the problem that an error is to its sender. */
export function refuseWith(socket: Duplex, error: unknown): void {
  const { status, code, message, extras } = problemOf(error);
  endWithProblem(socket, problem(status, code, message), extras.headers);
}

/** Reports an error that is not meant for the sender. */
function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status = AppEnvError.is(error) ? statuses[error.code] : undefined;
  if (AppEnvError.is(error) && status !== undefined && !inner.has(error.code)) return fromAppEnvError(error, status);
  unexpected("a request could not be answered", error);
  if (AppEnvError.is(error) && status !== undefined) return unwritable(error.code, status);
  return new ProblemError(500, "INTERNAL", "The app failed to answer this request.");
}

function fromAppEnvError(error: AppEnvError, status: number): ProblemError {
  const issues = issuesOf(error.cause);
  return new ProblemError(status, error.code, error.message, {
    ...(issues === undefined ? {} : { issues }),
    ...retryHeaders(error.code),
  });
}

function unwritable(code: ErrorCode, status: number): ProblemError {
  return new ProblemError(
    status,
    code,
    "The platform can store nothing now; send this again later.",
    retryHeaders(code),
  );
}

function retryHeaders(code: ErrorCode): ProblemExtras {
  const seconds = retryAfter[code];
  return seconds === undefined ? {} : { headers: { "Retry-After": String(seconds) } };
}

/** The first issues of a schema's error, with their paths as text. */
function issuesOf(cause: unknown): readonly Issue[] | undefined {
  const issues = (cause as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(issues)) return undefined;
  const first = (issues as { path?: readonly PropertyKey[]; message: string }[]).slice(0, mostIssues);
  return first.map(({ path = [], message }) => ({ path: path.map(String).join("."), message }));
}
