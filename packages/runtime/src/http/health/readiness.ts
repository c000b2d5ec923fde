import { isEnvironment, type AppEnvironment } from "@appenv/core";
import { appNameOf } from "@appenv/core/internal";
import { checkHealth, type DependencyResult, type HealthReport } from "./health-checks.ts";

/** Finds out which of these apps cannot be reached, by their names on the platform, and why; undefined: it cannot tell. */
export type AskUnreachable = (
  apps: readonly string[],
  limitMs: number,
) => Promise<Readonly<Record<string, string>> | undefined>;

/** How long an answer is given again, in milliseconds. */
const keptMs = 1_000;

/** Whether an app can do its work: its checks, and the apps it depends on. Nothing is looked at unless somebody asks. */
export class Readiness {
  readonly #environment: AppEnvironment;
  readonly #askUnreachable: AskUnreachable | undefined;
  #report: Promise<HealthReport> | undefined;

  constructor(environment: AppEnvironment, askUnreachable: AskUnreachable | undefined) {
    this.#environment = environment;
    this.#askUnreachable = askUnreachable;
  }

  /** How it stands, looked at once a second at most, however many ask. Never rejects. */
  report(): Promise<HealthReport> {
    return (this.#report ??= this.#look());
  }

  /** Why its checks fail that do, by their names. Never rejects. */
  async failing(): Promise<Readonly<Record<string, string>>> {
    const { checks = {} } = await this.report();
    const failing = Object.entries(checks).filter(([, { status }]) => status === "unhealthy");
    return Object.fromEntries(failing.map(([name, { error = "" }]) => [name, error]));
  }

  async #look(): Promise<HealthReport> {
    const [checked, dependencies] = await Promise.all([checkHealth(this.#environment.health), this.#dependencies()]);
    setTimeout(() => (this.#report = undefined), keptMs).unref();
    const isDown = Object.values(dependencies).some(({ status }) => status === "unhealthy");
    return isDown ? { ...checked, status: "unhealthy", dependencies } : checked;
  }

  /** By the names of their environments; empty if nobody can tell. */
  async #dependencies(): Promise<Readonly<Record<string, DependencyResult>>> {
    const { dependsOn, health } = this.#environment;
    const apps = health.dependencies ? dependsOn.filter((each) => isEnvironment(each, "app")) : [];
    if (apps.length === 0 || this.#askUnreachable === undefined) return {};
    const names = apps.map(({ name }) => appNameOf(name));
    const unreachable = (await this.#askUnreachable(names, health.timeoutMs)) ?? {};
    return Object.fromEntries(apps.map(({ name }) => [name, result(unreachable, appNameOf(name))]));
  }
}

function result(unreachable: Readonly<Record<string, string>>, name: string): DependencyResult {
  // A name may be that of something every object has.
  const error = Object.hasOwn(unreachable, name) ? unreachable[name] : undefined;
  return error === undefined ? { status: "healthy" } : { status: "unhealthy", error };
}
