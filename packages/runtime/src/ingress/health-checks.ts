import type { Health, HealthCheck, HealthNote } from "@appenv/core";

/** How one check went. */
export interface CheckResult {
  readonly status: "healthy" | "unhealthy";
  /** Why it failed. */
  readonly error?: string;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** The body of the health answer. */
export interface HealthReport {
  readonly status: "healthy" | "unhealthy" | "draining";
  /** By name; left out while everything is well. */
  readonly checks?: Readonly<Record<string, CheckResult>>;
  /** What the app can do without, by name; left out if it has nothing of the kind. */
  readonly notes?: Readonly<Record<string, HealthNote>>;
}

/** Runs all checks side by side, each with its deadline. Never rejects. */
export async function checkHealth(health: Health): Promise<HealthReport> {
  const names = Object.keys(health.checks);
  if (names.length === 0) return { status: "healthy" };
  const results = await Promise.all(Object.values(health.checks).map((check) => runCheck(check, health.timeoutMs)));
  if (results.every(({ status }) => status === "healthy")) return { status: "healthy" };
  return { status: "unhealthy", checks: Object.fromEntries(names.map((name, index) => [name, results[index]!])) };
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  const begin = performance.now();
  const error = await failure(check, timeoutMs);
  const ms = Math.round(performance.now() - begin);
  return error === undefined ? { status: "healthy", ms } : { status: "unhealthy", error, ms };
}

/** Why a check fails, or undefined if it does not. A check that ignores its signal is late all the same. */
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
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
