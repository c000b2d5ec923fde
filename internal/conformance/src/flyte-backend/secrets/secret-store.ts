import { Secret_MountType, type Identifier, type SecretMessage } from "@appenv/protocol";
import type { SecretIdentifier } from "@appenv/protocol/secrets";

/** A secret as it is kept. */
export interface KeptSecret {
  readonly id: SecretIdentifier;
  readonly value: string;
  readonly createdAt: number;
}

/** Env vars of a pod's secrets; or the words with which the webhook refuses the pod. */
export interface SecretEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly refusal: string | undefined;
}

/** The secrets of the backend, as the webhook of pods reads them. */
export class SecretStore {
  /** By project, domain and name. */
  readonly kept: Map<string, KeptSecret> = new Map();

  /** The env vars of a pod that declares these secrets: each value is that of the narrowest scope. */
  envOf({ project, domain }: Pick<Identifier, "project" | "domain">, wanted: readonly SecretMessage[]): SecretEnv {
    const env: Record<string, string> = {};
    for (const { key, envVar, mountRequirement } of wanted) {
      const found = this.#find(project, domain, key);
      if (found === undefined) return { env, refusal: refusalOf(key) };
      if (mountRequirement !== Secret_MountType.FILE) env[envVar || `_FSEC_${key.toUpperCase()}`] = found.value;
    }
    return { env, refusal: undefined };
  }

  #find(project: string, domain: string, name: string): KeptSecret | undefined {
    const places = [
      { project, domain },
      { project: "", domain },
      { project: "", domain: "" },
    ];
    return places.map((place) => this.kept.get(secretKey({ ...place, name }))).find((each) => each !== undefined);
  }
}

/** The key of a secret. */
export function secretKey({ project, domain, name }: Pick<SecretIdentifier, "project" | "domain" | "name">): string {
  return `${project}/${domain}/${name}`;
}

function refusalOf(key: string): string {
  return `admission webhook "flyte-pod-webhook.flyte.org" denied the request: secret ${key} not found across all scopes`;
}
