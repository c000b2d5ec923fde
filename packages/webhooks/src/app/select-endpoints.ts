import { invalidOption } from "@appenv/core/internal";
import { endpointIds, type EndpointGroup, type EndpointId } from "./endpoint.ts";

const groups = Object.keys(endpointIds) as readonly EndpointGroup[];
const all: readonly EndpointId[] = groups.flatMap((group) => endpointIds[group]);

/** Which endpoints an app has: those of some groups, or single ones, or all. @throws AppEnvError INVALID_OPTION. */
export function selectEndpoints(
  chosenGroups: readonly EndpointGroup[] | undefined,
  chosen: readonly EndpointId[] | undefined,
): ReadonlySet<EndpointId> {
  if (chosenGroups !== undefined && chosen !== undefined) {
    throw invalidOption("endpoints", chosen, "left out where endpointGroups is given");
  }
  if (chosenGroups !== undefined) {
    return new Set(checked("endpointGroups", chosenGroups, groups).flatMap((group) => endpointIds[group]));
  }
  return new Set(chosen === undefined ? all : checked("endpoints", chosen, all));
}

function checked<T extends string>(option: string, values: readonly T[], known: readonly T[]): readonly T[] {
  const wrong = Array.isArray(values) ? values.find((value) => !known.includes(value)) : values;
  if (wrong !== undefined) throw invalidOption(`an entry of ${option}`, wrong, `one of ${known.join(", ")}`);
  return values;
}
