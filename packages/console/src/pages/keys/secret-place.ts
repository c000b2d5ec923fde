import type { Name } from "../../route/names.ts";

/** The name of a secret, and who gets it: a project in a domain, all projects of a domain, or all. */
export type SecretId = Name;

/** The scopes of secrets, the most specific first: that one wins. */
export const scopes = ["project", "domain", "global"] as const;

/** One of the scopes. */
export type Scope = (typeof scopes)[number];

/** The scope of a secret. */
export function scopeOf({ project, domain }: Omit<SecretId, "name">): Scope {
  if (project !== "") return "project";
  return domain === "" ? "global" : "domain";
}

/** The place of secrets of a scope, seen from a project and domain. */
export function placeIn(
  scope: Scope,
  { project, domain }: Omit<SecretId, "name">,
): { readonly project: string; readonly domain: string } {
  return { project: scope === "project" ? project : "", domain: scope === "global" ? "" : domain };
}

/** The owners of a secret in words. */
export function placeWords({ project, domain }: Omit<SecretId, "name">): string {
  if (domain === "") return "all projects";
  return project === "" ? `all projects in ${domain}` : `${project}/${domain}`;
}
