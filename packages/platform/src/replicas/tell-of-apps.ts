import { endpointsVar } from "@appenv/core/internal";
import { knownApps, namesOf, type Caller } from "./known-apps.ts";
import type { LaunchContext } from "./launch.ts";
import type { ReplicaProcess } from "./replica-process.ts";

/** How many apps a process may ask about at once. */
const mostAsked = 100;

/** Tells a process of the apps it calls: when one has moved, and, if it asks, which cannot be reached. */
export function tellOfApps(
  process: ReplicaProcess,
  caller: Caller,
  { endpointOf, unreachable, onMove }: Pick<LaunchContext, "endpointOf" | "unreachable" | "onMove">,
): void {
  const { project, domain } = caller;
  process.on("message", (message) => {
    if (message.type !== "unreachable-request" || !isNames(message.apps)) return;
    const reasons = message.apps.map((name) => [name, unreachable?.({ project, domain, name })] as const);
    const apps = Object.fromEntries(reasons.filter((each): each is [string, string] => each[1] !== undefined));
    process.send({ type: "unreachable", call: message.call, apps });
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
