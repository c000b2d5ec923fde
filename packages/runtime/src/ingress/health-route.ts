import type { ServerResponse } from "node:http";
import type { Health, HealthNote } from "@appenv/core";
import { checkHealth, type HealthReport } from "./health-checks.ts";

/** Something that can say how it stands. */
export interface Noted {
  health?(): Readonly<Record<string, HealthNote>>;
}

/** Answers the health path: 200 while every check passes, else 503 saying which one does not. */
export async function answerHealth(
  health: Health,
  isDraining: boolean,
  noted: readonly Noted[],
  response: ServerResponse,
): Promise<void> {
  const checked: HealthReport = isDraining ? { status: "draining" } : await checkHealth(health);
  const notes = Object.assign({}, ...noted.map((part) => part.health?.())) as NonNullable<HealthReport["notes"]>;
  const report: HealthReport = Object.keys(notes).length === 0 ? checked : { ...checked, notes };
  if (response.destroyed) return;
  const body = JSON.stringify(report);
  response.writeHead(report.status === "healthy" ? 200 : 503, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  response.end(body);
}
