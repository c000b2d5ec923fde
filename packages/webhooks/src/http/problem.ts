import { STATUS_CODES, type ServerResponse } from "node:http";
import { inspect } from "node:util";
import { AppEnvError, type ErrorCode } from "@appenv/core";
import { mostIssues } from "@appenv-internal/openapi/standard-schema";

/** What does not fit, and where. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What a problem may say beside its status, code and detail. */
interface ProblemExtras {
  readonly issues?: readonly Issue[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that is answered as RFC 9457 writes it, in the form of the ingress's own. */
export class Problem extends Error {
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

  /** The body of the answer. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { status, code, message: detail } = this;
    const { issues } = this.extras;
    const title = STATUS_CODES[status] ?? "Error";
    return { type: "about:blank", title, status, detail, code, ...(issues === undefined ? {} : { issues }) };
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

/** Errors whose message is for whoever runs the platform: it names files. */
const inner: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["DISK_FULL", "STATE_UNWRITABLE"]);

/** After how many seconds it may be tried again; a disk is not cleared at once. */
const retryAfter: Readonly<Partial<Record<ErrorCode, number>>> = {
  UNREACHABLE: 5,
  DISK_FULL: 30,
  STATE_UNWRITABLE: 30,
};

/** The problem that an error is to whoever sent the request; what is not meant for them is written to stderr. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = AppEnvError.is(error) ? statuses[error.code] : undefined;
  if (AppEnvError.is(error) && status !== undefined && !inner.has(error.code)) return fromAppEnvError(error, status);
  process.stderr.write(`a request could not be answered: ${inspect(error)}\n`);
  if (AppEnvError.is(error) && status !== undefined) return unwritable(error.code, status);
  return new Problem(500, "INTERNAL", "The app failed to answer this request.");
}

function fromAppEnvError(error: AppEnvError, status: number): Problem {
  const issues = issuesOf(error.cause);
  return new Problem(status, error.code, error.message, {
    ...(issues === undefined ? {} : { issues }),
    ...retryHeaders(error.code),
  });
}

function unwritable(code: ErrorCode, status: number): Problem {
  return new Problem(status, code, "The platform can store nothing now; send this again later.", retryHeaders(code));
}

function retryHeaders(code: ErrorCode): ProblemExtras {
  const seconds = retryAfter[code];
  return seconds === undefined ? {} : { headers: { "Retry-After": String(seconds) } };
}

/** The first issues of a schema's error, with their paths as text. */
function issuesOf(cause: unknown): readonly Issue[] | undefined {
  const issues = (cause as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(issues)) return undefined;
  const told = (issues as { path?: readonly PropertyKey[]; message: string }[]).slice(0, mostIssues);
  return told.map(({ path = [], message }) => ({ path: path.map(String).join("."), message }));
}

/** Answers with a problem. Without effect if an answer has begun; then the connection is cut. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...problem.extras.headers,
  });
  response.end(body);
}
