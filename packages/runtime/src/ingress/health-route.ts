import type { ServerResponse } from "node:http";
import type { Health } from "@appenv/core";
import { checkHealth, type HealthReport } from "./health-checks.ts";

/** Answers the health path: 200 while every check passes, else 503 saying which one does not. */
export async function answerHealth(health: Health, isDraining: boolean, response: ServerResponse): Promise<void> {
  const report: HealthReport = isDraining ? { status: "draining" } : await checkHealth(health);
  if (response.destroyed) return;
  const body = JSON.stringify(report);
  response.writeHead(report.status === "healthy" ? 200 : 503, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  response.end(body);
}
