import { Code, ConnectError } from "@connectrpc/connect";
import type { Container, Identifier, Spec } from "@appenv/protocol";
import type { Template } from "../knative/template.ts";
import type { SecretStore } from "../secrets/secret-store.ts";

/** Sources of what the backend adds to a template. */
export interface TemplateSources {
  /** Env vars of every app, as the backend's configuration has them. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: SecretStore;
}

type Words = Pick<Container, "command" | "args"> & { readonly env: readonly (readonly [string, string])[] };

/** The template of an app's revisions. @throws ConnectError Internal if there is no payload that can be read. */
export function templateOf(id: Identifier, spec: Spec, { env, secrets }: TemplateSources): Template {
  const { command, args, env: own } = containerOf(spec);
  const { project, domain } = id;
  const injected = secrets.envOf(id, spec.securityContext?.secrets ?? []);
  return {
    words: [...command, ...args],
    env: {
      ...env,
      ...Object.fromEntries(own),
      INTERNAL_APP_ENDPOINT_PATTERN: `http://{app_fqdn}-${project}-${domain}.flyte.svc.cluster.local`,
      FLYTE_INTERNAL_EXECUTION_PROJECT: project,
      FLYTE_INTERNAL_EXECUTION_DOMAIN: domain,
      ...injected.env,
    },
    refusal: injected.refusal,
  };
}

function containerOf({ appPayload }: Spec): Words {
  if (appPayload.case === "container") {
    const { command, args, env } = appPayload.value;
    return { command, args, env: env.map(({ key, value }) => [key, value] as const) };
  }
  const containers = appPayload.value?.podSpec?.["containers"];
  const first: unknown = Array.isArray(containers) ? containers[0] : undefined;
  if (typeof first !== "object" || first === null) {
    throw new ConnectError("failed to build KService: K8sPod app payload has no pod spec", Code.Internal);
  }
  const { command = [], args = [], env = [] } = first as PodContainer;
  return { command, args, env: env.map(({ name, value = "" }) => [name, value] as const) };
}

interface PodContainer {
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
