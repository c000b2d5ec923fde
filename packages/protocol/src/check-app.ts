import type { AppDefinition, AppId } from "./app-definition.ts";

const hourMs = 3_600_000;

/**
 * The first violation of the rules of Flyte's messages by an app, as a sentence; undefined if there is none. The open-source
 * backend checks none of it: a long name is hashed, a bad quantity crashes the request.
 */
export function checkApp(id: AppId, definition: AppDefinition): string | undefined {
  const { port, requestTimeoutMs, replicas, metric } = definition;
  if (id.name.length > 30 || !/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(id.name)) {
    return `The name '${id.name}' must have at most 30 letters, digits and hyphens, with a letter or digit at both ends.`;
  }
  if (id.project === "" || id.domain === "") return `The app '${id.name}' has no project or no domain.`;
  if (!isWhole(port, 1, 65_535)) return `The port ${port} must be a whole number from 1 to 65535.`;
  if (requestTimeoutMs !== undefined && !(requestTimeoutMs >= 0 && requestTimeoutMs <= hourMs)) {
    return `The request timeout of ${requestTimeoutMs / 1000} s must be at most 3600 s.`;
  }
  if (!isWhole(replicas.min, 0, 2 ** 31) || !isWhole(replicas.max, replicas.min, 2 ** 31)) {
    return `The replicas [${replicas.min}, ${replicas.max}] must be whole numbers, the first at most the second.`;
  }
  const target = metric === undefined ? 1 : Object.values(metric)[0];
  if (!isWhole(target ?? 0, 1, 2 ** 31)) return `The scaling metric's target ${target} must be at least 1.`;
  return definition.resources
    .flatMap(({ name, request, limit }) => [request, limit].map((amount) => ({ name, amount })))
    .filter(({ amount }) => !/^\d+(\.\d+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.test(amount))
    .map(({ name, amount }) => `The ${name} '${amount}' is no Kubernetes quantity.`)[0];
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
