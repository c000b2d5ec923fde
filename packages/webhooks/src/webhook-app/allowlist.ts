import { invalidOption } from "@appenv/core/internal";
import { ProblemError } from "../http/problem.ts";

/** The names of everything a webhook app may reach. */
export interface Allowlists {
  /** `domain/project/name`, `project/name` or `name`. */
  readonly tasks: readonly string[] | undefined;
  /** The same of apps. */
  readonly apps: readonly string[] | undefined;
  /** `task/trigger` or `trigger`. */
  readonly triggers: readonly string[] | undefined;
}

/** Something on a control plane, by name. */
export interface Place {
  readonly domain: string;
  readonly project: string;
  readonly name: string;
}

/** Checks an allowlist; undefined allows everything. @throws AppEnvError INVALID_OPTION. */
export function readAllowlist(option: string, value: readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "")) return [...value];
  throw invalidOption(option, value, "a list of names");
}

/** True if something is on a list. */
export function isAllowed(list: readonly string[] | undefined, { domain, project, name }: Place): boolean {
  return list?.some((item) => [`${domain}/${project}/${name}`, `${project}/${name}`, name].includes(item)) ?? true;
}

/** True if a trigger is on a list. */
export function isTriggerAllowed(list: readonly string[] | undefined, task: string, trigger: string): boolean {
  return list?.some((item) => [`${task}/${trigger}`, trigger].includes(item)) ?? true;
}

/** The answer to what is not on a list. */
export function notAllowed(what: string): ProblemError {
  return new ProblemError(403, "NOT_ALLOWED", `${what} is not on the list of this webhook.`);
}
