import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** A machine that an image is built for. */
export type ImagePlatform = "linux/amd64" | "linux/arm64";

/** Additions to an image that code alone cannot bring. */
export interface ImageAdditions {
  /** npm packages with their exact versions, such as `"sharp@0.34.5"`. They are installed into `/node_modules`. */
  readonly npm?: readonly string[];
  /** Debian packages, such as `"ffmpeg"` or `"ffmpeg=7:5.1.6-0+deb12u1"`. */
  readonly apt?: readonly string[];
  /** Env vars of the image. No secrets: everybody who may pull the image can read them. */
  readonly envVars?: Readonly<Record<string, string>>;
  /** The registry it is pushed to, such as `"registry.example.com/team"`. Default: `image.registry` of the configuration. */
  readonly registry?: string;
  /** Its name in the registry. Default `"appenv"`. */
  readonly name?: string;
  /** The machines it is built for. Default `["linux/amd64"]`. */
  readonly platforms?: readonly ImagePlatform[];
}

/** Options of `Image.fromNode`. */
export interface NodeImageOptions extends ImageAdditions {
  /** Node's version: `"24"`, or an exact one such as `"24.18.1"`. Default `"24"`. */
  readonly node?: string;
  /** An image in place of Node's own; it must have Node and npm, and apt if `apt` is used. */
  readonly base?: string;
}

/** A checked definition of an image that is built: everything that its contents depend on. */
export interface ImageDefinition {
  readonly base: string;
  readonly npm: readonly string[];
  readonly apt: readonly string[];
  readonly envVars: Readonly<Record<string, string>>;
  readonly registry?: string;
  readonly name: string;
  readonly platforms: readonly ImagePlatform[];
}

const names: OptionNames<NodeImageOptions> = {
  npm: true,
  apt: true,
  envVars: true,
  registry: true,
  name: true,
  platforms: true,
  node: true,
  base: true,
};

/** Checks everything: the values end up in a Dockerfile, which a shell reads. @throws AppEnvError INVALID_OPTION. */
export function readImageDefinition(options: NodeImageOptions): ImageDefinition {
  checkOptions(options, "Image.fromNode", names);
  const { node, base, npm, apt, envVars, registry, name = "appenv", platforms = ["linux/amd64"] } = options;
  if (base !== undefined && node !== undefined) throw invalidOption("node", node, "left out where `base` is given");
  return Object.freeze({
    base: base === undefined ? nodeImage(node) : checked("base", base, reference, "an image reference"),
    npm: packages("npm", npm, npmPackage, 'a package with its exact version, such as "sharp@0.34.5"'),
    apt: packages("apt", apt, aptPackage, 'a Debian package, such as "ffmpeg" or "ffmpeg=7:5.1.6-0+deb12u1"'),
    envVars: variables(envVars),
    ...(registry === undefined ? {} : { registry: readRegistry("registry", registry) }),
    name: checked("name", name, repository, "lower case letters and digits, with single . _ - or / between them"),
    platforms: list("platforms", platforms, platform, '"linux/amd64" or "linux/arm64"') as readonly ImagePlatform[],
  });
}

/** Checks the name of a registry, with or without a path below it. @throws AppEnvError INVALID_OPTION. */
export function readRegistry(option: string, value: string): string {
  return checked(option, value, registryName, 'a host with an optional path, such as "registry.example.com/team"');
}

const reference = /^[A-Za-z0-9][A-Za-z0-9._/-]*(:\d+\/[A-Za-z0-9._/-]+)?(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/;
const registryName = /^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const repository = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const npmPackage =
  /^(@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*@\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
// apt takes a hyphen at the end for "remove".
const aptPackage = /^[a-z0-9][a-z0-9+.-]*[a-z0-9+](=[A-Za-z0-9][A-Za-z0-9.+:~-]*)?$/;
const platform = /^linux\/(amd64|arm64)$/;

function nodeImage(version = "24"): string {
  const exact = checked("node", version, /^\d{2}(\.\d{1,3}){0,2}$/, 'a version of Node, such as "24" or "24.18.1"');
  return `docker.io/library/node:${exact}-bookworm-slim`;
}

function checked(option: string, value: unknown, pattern: RegExp, allowed: string): string {
  if (typeof value === "string" && value.length <= 255 && pattern.test(value)) return value;
  throw invalidOption(option, value, allowed);
}

function list(option: string, value: unknown, pattern: RegExp, allowed: string): readonly string[] {
  if (!Array.isArray(value)) throw invalidOption(option, value, "a list of texts");
  const items = value.map((item) => checked(`an item of ${option}`, item, pattern, allowed));
  return Object.freeze([...new Set(items)].toSorted());
}

function packages(option: string, value: unknown = [], pattern: RegExp, allowed: string): readonly string[] {
  const items = list(option, value, pattern, allowed);
  const seen = new Map<string, string>();
  for (const item of items) {
    const name = item.replace(/(?<=.)[@=].*$/, "");
    const other = seen.get(name);
    if (other !== undefined) {
      throw new AppEnvError("INVALID_OPTION", `${option} has '${name}' twice: '${other}' and '${item}'.`, {
        fix: "Leave one of them out.",
      });
    }
    seen.set(name, item);
  }
  return items;
}

function variables(value: unknown = {}): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidOption("envVars", value, "an object of texts");
  }
  const entries = Object.entries(value).map(([name, text]): [string, string] => {
    checked("a name in envVars", name, /^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and underscores");
    if (typeof text !== "string" || /\p{Cc}/u.test(text)) {
      throw invalidOption(`envVars.${name}`, text, "a text without line breaks or other control characters");
    }
    return [name, text];
  });
  return Object.freeze(Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
