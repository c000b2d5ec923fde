import { endpointsVar } from "@appenv/core/internal";
import { knownApps, namesOf, type Caller } from "./known-apps.ts";
import type { LaunchContext } from "./launch.ts";
import type { ReplicaProcess } from "./replica-process.ts";

/** Maximum number of apps that a process may ask about at once. */
const mostAsked = 100;

/** Tells a process of the apps it calls: when one has moved, and, if it asks, which of them cannot be reached. */
export function tellOfApps(
  process: ReplicaProcess,
  caller: Caller,
  { endpointOf, unreachable, onMove }: Pick<LaunchContext, "endpointOf" | "unreachable" | "onMove">,
): void {
  const { project, domain } = caller;
  process.calls.answer("unreachable", ({ apps }) => {
    if (!isNames(apps)) return {};
    const reasons = apps.map((name) => [name, unreachable?.({ project, domain, name })] as const);
    return Object.fromEntries(reasons.filter((each): each is [string, string] => each[1] !== undefined));
  });
  const names = new Set(Object.values(namesOf(caller)));
  const stop = onMove?.((app) => {
    if (app.project !== project || app.domain !== domain || !names.has(app.name)) return;
    process.send({ type: "endpoints", endpoints: knownApps(caller, endpointOf)[endpointsVar] ?? "{}" });
  });
  if (stop !== undefined) process.once("exit", stop);
}

/** Code of a user shares the channel with the runtime. */
function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= mostAsked && value.every((name) => typeof name === "string");
}
