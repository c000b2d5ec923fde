import { isEnvironment, type AppEnvironment, type Environment, type TaskEnvironment } from "@appenv/core";
import { probe } from "../control-plane/probe.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";

/** Tests of whether an environment states an option, by the names that a platform has for those it does not honour. */
const states: Readonly<Record<string, (environment: Environment) => boolean>> = {
  image: ({ image }) => image !== "auto",
  "resources.cpu": ({ resources }) => resources?.cpu !== undefined,
  "resources.gpu": ({ resources }) => resources?.gpu !== undefined,
  "resources.disk": ({ resources }) => resources?.disk !== undefined,
  "resources.shm": ({ resources }) => resources?.shm !== undefined,
  podTemplate: ({ podTemplate }) => podTemplate !== undefined,
  interruptible: (environment) => environment.interruptible || tasksOf(environment).some(isInterruptible),
  clusterPool: (environment) => isApp(environment) && environment.clusterPool !== "default",
  domain: (environment) =>
    isApp(environment) && (environment.domain.subdomain ?? environment.domain.customDomain) !== undefined,
};

/**
 * The options of a plan that a platform of one machine does not honour, as a sentence for people; undefined if there are
 * none, or if it cannot be told.
 */
export async function ignoredOptionsNote(
  plan: readonly Environment[],
  controlPlane: ControlPlane,
): Promise<string | undefined> {
  if (
    !controlPlane.embedded ||
    !plan.some((environment) => Object.values(states).some((stated) => stated(environment)))
  ) {
    return undefined;
  }
  const { ignoredOptions = [] } = await probe(controlPlane.endpoint);
  const parts = plan.flatMap((environment) => {
    const names = ignoredOptions.filter((name) => states[name]?.(environment) === true);
    return names.length === 0 ? [] : [`${names.map((name) => `\`${name}\``).join(", ")} of '${environment.name}'`];
  });
  if (parts.length === 0) return undefined;
  return `Not honoured on this machine, only on a cluster: ${parts.join("; ")}.`;
}

function isApp(environment: Environment): environment is AppEnvironment {
  return isEnvironment(environment, "app");
}

function tasksOf(environment: Environment): readonly { readonly settings: { readonly interruptible: boolean } }[] {
  return isEnvironment(environment, "task") ? [...(environment as TaskEnvironment).tasks.values()] : [];
}

function isInterruptible({ settings }: { readonly settings: { readonly interruptible: boolean } }): boolean {
  return settings.interruptible;
}
