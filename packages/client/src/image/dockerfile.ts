import { createHash } from "node:crypto";
import { AppEnvError, type ImageDefinition } from "@appenv/core";
import { readRegistry } from "@appenv/core/internal";

/**
 * The Dockerfile of a definition. The definition was checked, so that none of its packages has a character that a shell
 * reads; values of env vars are quoted. The user that runs the code may write to `/tmp` and to nothing else.
 */
export function dockerfileOf({ base, npm, apt, envVars }: ImageDefinition): string {
  const variables = Object.entries(envVars).map(([name, value]) => `${name}=${quote(value)}`);
  return [
    `FROM ${base}`,
    "USER 0:0",
    ...(apt.length === 0 ? [] : [run(aptCommands(apt))]),
    ...(npm.length === 0 ? [] : [run(npmCommands(npm))]),
    ...variables.map((variable) => `ENV ${variable}`),
    // A number, since Kubernetes cannot tell by a name that a user is not root.
    "USER 1000:1000",
    "",
  ].join("\n");
}

function run(commands: readonly string[]): string {
  return `RUN ${commands.join(" \\\n && ")}`;
}

function aptCommands(packages: readonly string[]): string[] {
  const install = "DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends";
  return ["apt-get update", `${install} ${packages.join(" ")}`, "rm -rf /var/lib/apt/lists/*"];
}

/**
 * Node looks for packages in `/node_modules` last, wherever the code is. npm itself fails in `/`: "Tracker 'idealTree' already
 * exists". The link fails if the base has such a folder, instead of landing in it.
 */
function npmCommands(packages: readonly string[]): string[] {
  const options = "--prefix /opt/appenv --no-audit --no-fund --no-update-notifier --cache /tmp/npm";
  return [
    "mkdir -p /opt/appenv",
    `npm install ${options} ${packages.join(" ")}`,
    "ln -s /opt/appenv/node_modules /",
    "rm -rf /tmp/npm",
  ];
}

function quote(value: string): string {
  return `"${value.replaceAll(/[\\"$]/g, "\\$&")}"`;
}

/** The tag of an image that is built: the hash of its Dockerfile and platforms. */
function tagOf(definition: ImageDefinition): string {
  const text = JSON.stringify([dockerfileOf(definition), definition.platforms]);
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}

/** As much of the configuration as says where an image goes. */
export interface RegistryConfig {
  readonly imageRegistry?: string;
  readonly endpoint?: string;
}

/**
 * The reference of an image that is built, known without building it.
 *
 * @throws AppEnvError INVALID_CONFIG if no registry is stated.
 */
export function builtReference(definition: ImageDefinition, config: RegistryConfig): string {
  const registry = definition.registry ?? configured(config);
  return `${registry}/${definition.name}:${tagOf(definition)}`;
}

function configured({ imageRegistry, endpoint }: RegistryConfig): string {
  if (imageRegistry !== undefined) return readRegistry("image.registry", imageRegistry);
  // The registry of Flyte's devbox. Source: flyte-sdk `_image.py`.
  if (endpoint !== undefined && /^https?:\/\/localhost(:|$)/.test(endpoint)) return "localhost:30000";
  throw new AppEnvError("INVALID_CONFIG", "An image has to be built, and there is no registry to push it to.", {
    fix: 'Name one that the cluster pulls from: `Image.fromNode({ registry: "registry.example.com/team" })`, or `image.registry` in the configuration.',
  });
}
