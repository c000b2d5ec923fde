import { isIP } from "node:net";
import { defaultOrganization } from "@appenv/protocol";
import type { ClientConfig } from "../config/config.ts";
import { socketOf } from "../control-plane/request-at.ts";

/** The organisation of an endpoint: the configured one, else the first part of its name, as Flyte's SDK takes it. */
export function organizationOf(endpoint: string, { org }: Pick<ClientConfig, "org">): string {
  if (org !== undefined && org !== "") return org;
  if (socketOf(endpoint) !== undefined) return defaultOrganization;
  const { hostname } = new URL(endpoint);
  const [first = defaultOrganization, ...rest] = hostname.split(".");
  return isIP(hostname) === 0 && rest.length > 1 ? first : defaultOrganization;
}
