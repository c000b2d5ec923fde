import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import { OverallStatus, SecretService, SecretType, type StoredSecret } from "@appenv/protocol/secrets";
import { connect, connectOptionNames, type ConnectOptions } from "./control-plane/connect.ts";
import { checkProject } from "./control-plane/check-project.ts";
import type { ControlPlane } from "./control-plane/control-plane.ts";
import { held } from "./control-plane/held.ts";

/**
 * The apps and tasks that get a secret: those of a project and domain, those of a domain, or all. The narrowest scope wins.
 */
export type SecretScope = "project" | "domain" | "global";

/** Options of calls about secrets. */
export interface SecretsOptions extends ConnectOptions {
  /** Default `project`: the secret belongs to the project and the domain. */
  readonly scope?: SecretScope;
}

const names: OptionNames<SecretsOptions> = { ...connectOptionNames, scope: true };

/** A secret as a control plane shows it, without its value. Source: Flyte's `remote.Secret`. */
export interface Secret {
  readonly name: string;
  readonly scope: SecretScope;
  /** Empty for all projects. */
  readonly project: string;
  /** Empty for all domains. */
  readonly domain: string;
  /** `image-pull`: for the registry of container images. */
  readonly type: "generic" | "image-pull";
  readonly createdAt: Date | undefined;
  /** True if the control plane has its value. One that cannot be decrypted is not readable. */
  readonly readable: boolean;
}

/** The secrets of a control plane. No call answers with a value. */
export const Secrets = {
  /**
   * Stores a secret: a text, or bytes. Replicas and workers that start from now on are given it.
   *
   * @throws AppEnvError SECRET_EXISTS, INVALID_OPTION (its name, or more than 64 KiB), SECRET_UNREADABLE, UNREACHABLE.
   */
  async create(name: string, value: string | Uint8Array, options: SecretsOptions = {}): Promise<void> {
    checkOptions(options, "Secret.create", names);
    const { controlPlane, api, place } = await open(options);
    await checkProject(controlPlane, place.project);
    const create = () => api.createSecret({ id: { ...place, name }, secretSpec: { value: valueOf(value) } });
    await held(controlPlane, create).catch((error: unknown) => {
      throw existing(error, name) ?? error;
    });
  },
  /** Changes its value. Replicas and workers that run keep the one they have. @throws AppEnvError NOT_FOUND, and as `create`. */
  async update(name: string, value: string | Uint8Array, options: SecretsOptions = {}): Promise<void> {
    checkOptions(options, "Secret.update", names);
    const { controlPlane, api, place } = await open(options);
    await held(controlPlane, () => api.updateSecret({ id: { ...place, name }, secretSpec: { value: valueOf(value) } }));
  },
  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  async get(name: string, options: SecretsOptions = {}): Promise<Secret> {
    checkOptions(options, "Secret.get", names);
    const { controlPlane, api, place } = await open(options);
    const { secret } = await held(controlPlane, () => api.getSecret({ id: { ...place, name } }));
    if (secret !== undefined) return infoOf(secret);
    throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the secret.`);
  },
  /** The secrets of one scope; without one all that a project and domain can be given, also those that a more specific one hides. */
  async list(options: SecretsOptions = {}): Promise<readonly Secret[]> {
    checkOptions(options, "Secret.list", names);
    const scopes = options.scope === undefined ? (["project", "domain", "global"] as const) : [options.scope];
    const { controlPlane, api } = await open(options);
    const lists = await held(controlPlane, () =>
      Promise.all(scopes.map((scope) => listAll(api, placeOf(controlPlane, scope)))),
    );
    // A control plane may answer with those of the wider scopes too.
    const all = lists.flat().map((secret) => infoOf(secret));
    return [...new Map(all.map((secret) => [`${secret.project}/${secret.domain}/${secret.name}`, secret])).values()];
  },
  /** @throws AppEnvError NOT_FOUND, UNREACHABLE. */
  async delete(name: string, options: SecretsOptions = {}): Promise<void> {
    checkOptions(options, "Secret.delete", names);
    const { controlPlane, api, place } = await open(options);
    await held(controlPlane, () => api.deleteSecret({ id: { ...place, name } }));
  },
} as const;

/** Flyte's backend says in its own words that there is one already; undefined for any other error. */
function existing(error: unknown, name: string): AppEnvError | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ConnectError) || cause.code !== Code.AlreadyExists) return undefined;
  return new AppEnvError("SECRET_EXISTS", `There is a secret '${name}' already.`, { cause });
}

interface Place {
  readonly project: string;
  readonly domain: string;
}

interface OpenedSecrets {
  readonly controlPlane: ControlPlane;
  readonly api: Client<typeof SecretService>;
  readonly place: Place;
}

/** A platform is started for the call if none runs: secrets come before the app that needs them. */
async function open({ scope = "project", ...options }: SecretsOptions): Promise<OpenedSecrets> {
  const controlPlane = await connect({ start: "while-held", ...options });
  return {
    controlPlane,
    api: createClient(SecretService, controlPlane.transport),
    place: placeOf(controlPlane, scope),
  };
}

function placeOf({ project, domain }: ControlPlaneOptions, scope: SecretScope): Place {
  return {
    project: scope === "project" ? (project ?? "") : "",
    domain: scope === "global" ? "" : (domain ?? ""),
  };
}

function valueOf(value: string | Uint8Array) {
  return typeof value === "string"
    ? ({ case: "stringValue", value } as const)
    : ({ case: "binaryValue", value: new Uint8Array(value) } as const);
}

async function listAll(api: Client<typeof SecretService>, place: Place): Promise<readonly StoredSecret[]> {
  const found: StoredSecret[] = [];
  for (let token = ""; ;) {
    const page = await api.listSecrets({ ...place, limit: 100, token });
    found.push(...page.secrets);
    token = page.token;
    if (token === "" || page.secrets.length === 0) return found;
  }
}

function infoOf({ id, secretMetadata }: StoredSecret): Secret {
  const { name = "", project = "", domain = "" } = id ?? {};
  const { createdTime, type, secretStatus } = secretMetadata ?? {};
  return {
    name,
    scope: project !== "" ? "project" : domain !== "" ? "domain" : "global",
    project,
    domain,
    type: type === SecretType.IMAGE_PULL_SECRET ? "image-pull" : "generic",
    createdAt: createdTime === undefined ? undefined : timestampDate(createdTime),
    readable: secretStatus?.overallStatus !== OverallStatus.UNKNOWN_STATUS,
  };
}
