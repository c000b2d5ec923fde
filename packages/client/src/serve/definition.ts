import { type AppEnvironment, type Environment, isEnvironment, plan, readTraffic, type Resources } from "@appenv/core";
import { dependsOnTasksVar, dependsOnVar, type GivenParameter } from "@appenv/core/internal";
import type { AppDefinition, AppLaunch, ResourceAmount, SecretReference, TrafficPolicy } from "@appenv/protocol";
import { definedOnly } from "../defined-only.ts";

/** The definition of an app for the control plane. `envVars` win over the environment's own. */
export function definitionOf(
  environment: AppEnvironment,
  launch: AppLaunch,
  envVars: Readonly<Record<string, string>> = {},
  parameters: readonly GivenParameter[] = [],
): AppDefinition {
  const { scaling, timeouts, domain, port, secrets } = environment;
  return {
    ...definedOnly({
      description: environment.description,
      type: environment.type,
      portName: port.name,
      metric: scaling.metric,
      scaledownAfterMs: scaling.scaledownAfterMs,
      requestTimeoutMs: timeouts.requestMs,
      subdomain: domain.subdomain,
      customDomain: domain.customDomain,
    }),
    launch,
    port: port.port,
    envVars: { ...environment.envVars, ...envVars },
    ...(parameters.length === 0 ? {} : { parameters }),
    secrets: secretsOf(secrets),
    resources: resourcesOf(environment),
    replicas: { min: scaling.min, max: scaling.max },
    requiresAuth: environment.requiresAuth,
    links: environment.links,
    clusterPool: environment.clusterPool,
    desiredState: "active",
  };
}

/** The traffic rules of an app; undefined where only the defaults were asked for. @throws AppEnvError INVALID_OPTION. */
export function trafficOf({ traffic }: AppEnvironment, weight?: number): TrafficPolicy | undefined {
  const { latest } = weight === undefined ? traffic : readTraffic({ latest: weight });
  const { sticky, rollback } = traffic;
  if (latest === 100 && rollback === undefined) return undefined;
  return { latest, sticky, ...definedOnly({ rollback }) };
}

/** References to the secrets of an environment. */
export function secretsOf(secrets: Environment["secrets"]): SecretReference[] {
  return secrets.map(({ key, group, envVar }) => ({ key, ...definedOnly({ group, envVar }) }));
}

/** The resources that a replica or a worker of an environment may use. */
export function resourcesOf({ resources }: Environment): ResourceAmount[] {
  return resources === undefined ? [] : amounts(resources);
}

function amounts({ cpu, memory, gpu, disk, shm }: Resources): ResourceAmount[] {
  return [
    ...amount("cpu", cpu),
    ...amount("memory", memory),
    ...gpus(gpu),
    ...amount("disk", disk),
    ...amount("shm", shm),
  ];
}

/** A count, or the type before it. */
function gpus(stated: Resources["gpu"]): ResourceAmount[] {
  const [count, device] = stated === undefined ? [] : String(stated).split(":").toReversed();
  return amount("gpu", count).map((gpu) => ({ ...gpu, ...definedOnly({ device }) }));
}

type Stated = number | string | readonly (number | string)[] | undefined;

function amount(name: ResourceAmount["name"], value: Stated): ResourceAmount[] {
  if (value === undefined) return [];
  const [request, limit] = [value].flat().map(String);
  return request === undefined ? [] : [{ name, request, limit: limit ?? request }];
}

/**
 * The env vars that tell whom an environment's processes may call: the apps that it depends on, by the names of their
 * environments, and those that its parameters name; and the task environments that it depends on.
 *
 * @param appName - Gives the name under which an environment is served.
 * @param parameters - The parameters of an app.
 */
export function dependsOnEnv(
  environment: Environment,
  appName: (environment: Environment) => string,
  parameters: readonly GivenParameter[] = [],
): Readonly<Record<string, string>> {
  const needed = plan([environment]).filter((each) => each !== environment);
  const apps = needed.filter((each) => isEnvironment(each, "app"));
  const known = new Set(apps.map((each) => each.name));
  const asked = parameters.filter(({ type, value }) => type === "app_endpoint" && !known.has(value));
  const names = [
    ...apps.map((each) => [each.name, appName(each)] as const),
    ...asked.map(({ value }) => [value, value] as const),
  ];
  const tasks = needed.filter((each) => isEnvironment(each, "task")).map(({ name }) => [name, name] as const);
  return { ...namesVar(dependsOnVar, names), ...namesVar(dependsOnTasksVar, tasks) };
}

function namesVar(name: string, names: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return names.length === 0 ? {} : { [name]: JSON.stringify(Object.fromEntries(names)) };
}
