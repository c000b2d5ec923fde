import type { ServerResponse } from "node:http";
import type { HealthNote } from "@appenv/core";
import { report } from "../../replica/app/report.ts";
import { describeFailures } from "./health-checks.ts";
import { problem, problemType } from "../problem.ts";
import type { Readiness } from "./readiness.ts";

/** A part of an app that may add notes to its health. */
export interface Noted {
  health?(): Readonly<Record<string, HealthNote>>;
}

/** An answer to a health probe. */
interface Answer {
  readonly status: 200 | 503;
  readonly type: string;
  readonly body: object;
}

/** Answers the health path: 200 while all is well, else 503 with a problem that says what is not. */
export async function answerHealth(
  readiness: Readiness,
  isDraining: boolean,
  noted: readonly Noted[],
  response: ServerResponse,
): Promise<void> {
  const { status, type, body } = isDraining ? draining : await answerOf(readiness);
  const notes = Object.assign({}, ...noted.map(noteOf)) as Readonly<Record<string, HealthNote>>;
  if (response.destroyed) return;
  const text = JSON.stringify(Object.keys(notes).length === 0 ? body : { ...body, notes });
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  response.end(text);
}

/** A note is never a reason to be unhealthy, and neither is one that fails. */
function noteOf(part: Noted): ReturnType<NonNullable<Noted["health"]>> {
  try {
    return part.health?.() ?? {};
  } catch (error) {
    report("a note about health could not be had", error);
    return {};
  }
}

const draining: Answer = unavailable(problem(503, "DRAINING", "The replica finishes what is open, and then ends."));

async function answerOf(readiness: Readiness): Promise<Answer> {
  const found = await readiness.report();
  const { status, checks, dependencies } = found;
  if (status === "healthy") return { status: 200, type: "application/json", body: { status } };
  return unavailable({ ...problem(503, "UNHEALTHY", describeFailures(found)), checks, dependencies });
}

function unavailable(body: object): Answer {
  return { status: 503, type: problemType, body };
}
