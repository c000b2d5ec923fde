import type { TrafficPolicy } from "../app-definition.ts";

/** The env var in which a spec carries the traffic policy, as JSON. */
const trafficVariable: string = "APPENV_TRAFFIC";

/** A policy as env var; the default, all at once, needs none. */
export function trafficEnv(traffic: TrafficPolicy | undefined): Readonly<Record<string, string>> {
  return traffic === undefined ? {} : { [trafficVariable]: JSON.stringify(traffic) };
}

/** The policy of a container's env, and the env without it. What cannot be read counts as the default. */
export function takeTraffic(env: Readonly<Record<string, string>>): {
  readonly envVars: Readonly<Record<string, string>>;
  readonly traffic?: TrafficPolicy;
} {
  const { [trafficVariable]: json, ...envVars } = env;
  const traffic = json === undefined ? undefined : parse(json);
  return traffic === undefined ? { envVars } : { envVars, traffic };
}

function parse(json: string): TrafficPolicy | undefined {
  try {
    const value = JSON.parse(json) as Partial<TrafficPolicy> | null;
    if (typeof value?.latest !== "number" || !(value.latest >= 0 && value.latest <= 100)) return undefined;
    const { latest, sticky = "cookie", rollback } = value;
    return { latest, sticky, ...(rollback === undefined ? {} : { rollback }) };
  } catch {
    return undefined;
  }
}
