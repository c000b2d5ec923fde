import { isEnvironment, type AppEnvironment } from "@appenv/core";
import { appNameOf } from "@appenv/core/internal";
import { checkHealth, type DependencyResult, type HealthReport } from "./health-checks.ts";

/** Finds out which of these apps cannot be reached, by their names on the platform, and why; undefined: it cannot tell. */
export type AskUnreachable = (
  apps: readonly string[],
  limitMs: number,
) => Promise<Readonly<Record<string, string>> | undefined>;

/** Time for which a report is kept, in milliseconds. */
const keptMs = 1_000;

/** The readiness of an app: its checks, and the apps it depends on. Nothing is checked unless somebody asks. */
export class Readiness {
  readonly #environment: AppEnvironment;
  readonly #askUnreachable: AskUnreachable | undefined;
  #report: Promise<HealthReport> | undefined;

  constructor(environment: AppEnvironment, askUnreachable: AskUnreachable | undefined) {
    this.#environment = environment;
    this.#askUnreachable = askUnreachable;
  }

  /** The health of the app, checked once a second at most, however many ask. Never rejects. */
  report(): Promise<HealthReport> {
    return (this.#report ??= this.#look());
  }

  /** The checks that fail, each with the reason. Never rejects. */
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

  /** The health of the apps it depends on, by the names of their environments; empty if that cannot be found out. */
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
