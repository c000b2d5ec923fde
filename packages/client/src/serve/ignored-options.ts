import type { Environment } from "@appenv/core";
import { probe, type Probe } from "../control-plane/probe.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { abilities, notHonoured } from "../targets/abilities.ts";

/**
 * The options of a plan that a control plane does not honour, as a sentence for people; undefined if there are none, or if it
 * cannot be told. The platform tells by itself: it may be newer than this client.
 */
export async function ignoredOptionsNote(
  plan: readonly Environment[],
  controlPlane: ControlPlane,
): Promise<string | undefined> {
  return controlPlane.embedded ? noteOfPlatform(plan, controlPlane.endpoint) : noteOfCluster(plan);
}

async function noteOfPlatform(plan: readonly Environment[], endpoint: string): Promise<string | undefined> {
  if (!plan.some((environment) => notHonoured(environment, "platform").length > 0)) return undefined;
  const { ignoredOptions = [] } = await probe(endpoint).catch((): Partial<Probe> => ({}));
  const ignored = abilities.filter(({ option }) => ignoredOptions.includes(option));
  const parts = plan.flatMap((environment) => {
    const names = ignored.filter(({ states }) => states(environment)).map(({ option }) => `\`${option}\``);
    return names.length === 0 ? [] : [`${names.join(", ")} of '${environment.name}'`];
  });
  if (parts.length === 0) return undefined;
  return `Not honoured on this machine, only on a cluster: ${parts.join("; ")}.`;
}

function noteOfCluster(plan: readonly Environment[]): string | undefined {
  const parts = plan.flatMap((environment) =>
    notHonoured(environment, "cluster").map(({ option, note }) => `\`${option}\` of '${environment.name}' (${note})`),
  );
  if (parts.length === 0) return undefined;
  return `Not honoured by Flyte's open-source backend: ${parts.join("; ")}.`;
}
