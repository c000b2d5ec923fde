import { inspect } from "node:util";
import type { Health, HealthCheck } from "@appenv/core";

/** The result of one check. */
export interface CheckResult {
  readonly status: "healthy" | "unhealthy";
  /** The reason of a failure. */
  readonly error?: string;
  /** The duration, in milliseconds. */
  readonly ms: number;
}

/** The health of an app that this one depends on. */
export type DependencyResult = Omit<CheckResult, "ms">;

/** The health of an app. */
export interface HealthReport {
  readonly status: "healthy" | "unhealthy";
  /** By name; left out while all are well. */
  readonly checks?: Readonly<Record<string, CheckResult>>;
  /** The apps it depends on, by the names of their environments; left out while all are well. */
  readonly dependencies?: Readonly<Record<string, DependencyResult>>;
}

/** Runs all checks side by side, each with its deadline. Never rejects. */
export async function checkHealth(health: Health): Promise<HealthReport> {
  const names = Object.keys(health.checks);
  if (names.length === 0) return { status: "healthy" };
  const results = await Promise.all(Object.values(health.checks).map((check) => runCheck(check, health.timeoutMs)));
  if (results.every(({ status }) => status === "healthy")) return { status: "healthy" };
  return { status: "unhealthy", checks: Object.fromEntries(names.map((name, index) => [name, results[index]!])) };
}

/** The failing checks and dependencies in one line, for people. */
export function describeFailures({ checks = {}, dependencies = {} }: HealthReport): string {
  const apps = Object.entries(dependencies).map(([name, result]) => [`'${name}'`, result] as const);
  return [...Object.entries(checks), ...apps]
    .filter(([, { status }]) => status === "unhealthy")
    .map(([name, { error }]) => `${name}: ${error}`)
    .join("; ");
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  const begin = performance.now();
  const error = await failure(check, timeoutMs);
  const ms = Math.round(performance.now() - begin);
  return error === undefined ? { status: "healthy", ms } : { status: "unhealthy", error, ms };
}

/** The reason why a check fails, if it does. A check that ignores its signal is late all the same. */
async function failure(check: HealthCheck, timeoutMs: number): Promise<string | undefined> {
  const deadline = new AbortController();
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    late.resolve(`no answer within ${timeoutMs} ms`);
    deadline.abort();
  }, timeoutMs);
  const run = async (): Promise<string | undefined> =>
    (await check(deadline.signal)) === false ? "the check answered false" : undefined;
  try {
    return await Promise.race([run(), late.promise]);
  } catch (error) {
    return error instanceof Error ? error.message : typeof error === "string" ? error : inspect(error);
  } finally {
    clearTimeout(timer);
  }
}
