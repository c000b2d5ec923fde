import type { RollbackRules, Sticky } from "@appenv/core";
import type { GivenParameter } from "@appenv/core/internal";

/** An app as the control plane knows it, in plain values. `toSpec` and `fromSpec` turn it into Flyte's message and back. */
export interface AppDefinition {
  /** For people. */
  readonly description?: string;
  /** For people, for example `Fastify`. */
  readonly type?: string;
  /** The code that runs. */
  readonly launch: AppLaunch;
  /** The port the app is reached at. */
  readonly port: number;
  /** The port's name, for example `h2c`. */
  readonly portName?: string;
  /** Env vars of the app, without secrets. */
  readonly envVars: Readonly<Record<string, string>>;
  /** Values that replicas provide before its code is imported; unset: none. */
  readonly parameters?: readonly GivenParameter[];
  /** References to secrets; never a value. */
  readonly secrets: readonly SecretReference[];
  /** Kubernetes quantities, as written: request and limit. */
  readonly resources: readonly ResourceAmount[];
  /** Smallest and largest number of replicas. */
  readonly replicas: { readonly min: number; readonly max: number };
  /** The metric that the autoscaler holds per replica; unset for its default. */
  readonly metric?: { readonly concurrency: number } | { readonly requestRate: number };
  /** Milliseconds; unset for the default of 60 seconds. */
  readonly scaledownAfterMs?: number;
  /** Milliseconds; unset for the default of 300 seconds. */
  readonly requestTimeoutMs?: number;
  /** True if a request needs credentials. */
  readonly requiresAuth: boolean;
  /** Links the console shows. */
  readonly links: readonly { readonly path: string; readonly title: string; readonly isRelative: boolean }[];
  /** The public host name on a cluster. */
  readonly subdomain?: string;
  /** The public host name on a cluster. */
  readonly customDomain?: string;
  /** The cluster pool. */
  readonly clusterPool: string;
  /** The traffic of a new revision; unset: all requests at once. */
  readonly traffic?: TrafficPolicy;
  /** Another text makes another revision of the same definition; unset: none was asked for. */
  readonly forced?: string;
  /** The state to reach. */
  readonly desiredState: "active" | "stopped";
}

/** The traffic of a new revision. In plain values, as `traffic` of an app environment. */
export interface TrafficPolicy {
  /** Requests of 100 that the new revision gets at first. */
  readonly latest: number;
  /** The way a client stays with its revision. */
  readonly sticky: Sticky;
  /** Rules by which the previous revision comes back; unset: never. */
  readonly rollback?: RollbackRules;
}

/** The code of an app: a bundle uploaded to the embedded platform, or an image on a cluster. */
export type AppLaunch =
  | {
      readonly kind: "bundle";
      /** The URI of the uploaded bundle. */
      readonly uri: string;
      /** The environment's own name, by which it is found among the bundle's exports. */
      readonly environment: string;
      /** The directory it runs in. */
      readonly workdir: string;
      /** Module URLs the bundle imports, which a spare process may import beforehand. */
      readonly preload: readonly string[];
      /** Of an environment that runs a command: a hash of the files in `workdir`, which the command may run. */
      readonly commandFiles?: string;
    }
  | {
      readonly kind: "image";
      readonly image: string;
      readonly command: readonly string[];
      readonly args: readonly string[];
    };

/** One secret of an app. */
export interface SecretReference {
  readonly key: string;
  readonly group?: string;
  /** The env var that holds it; unset for a mounted secret. */
  readonly envVar?: string;
}

/** One resource, as Kubernetes quantities. */
export interface ResourceAmount {
  readonly name: "cpu" | "memory" | "gpu" | "disk" | "shm";
  readonly request: string;
  readonly limit: string;
  /** Of GPUs: their type, such as `A100`, or the name by which the cluster knows it. Unset: any. */
  readonly device?: string;
}

/** An app's identity on a control plane. */
export interface AppId {
  readonly project: string;
  readonly domain: string;
  readonly name: string;
}
