import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { InputOptions, OutputOptions, Plugin } from "rolldown";
import { bundleError, type MissingPackage } from "./bundle-error.ts";
import { contentsByPlace, findFilesBeside, type FilesBeside } from "./files-beside.ts";
import { markFlow } from "./mark-flow.ts";
import { findAddons, type Addons, nativeAddonError } from "./native-addons.ts";
import { isOfAppEnv } from "./own-packages.ts";
import { builtin, resolution, target } from "./resolution.ts";
import { bundleUrl, placeOf, sourcesBesideBundle } from "./source-names.ts";
import { keepCommonJsPaths, keepImportMeta } from "./source-paths.ts";

/** A file with all that it imports, packages too, as one module that runs on any machine with Node. */
export interface WholeBundle {
  readonly code: string;
  /** SHA-256 of `code`, hex. */
  readonly hash: string;
  /** The project's files that may read others beside them, which are not in the bundle: their names are not in the code. */
  readonly unclear: readonly string[];
}

/** Choices of a whole bundle. */
export interface WholeBundleOptions {
  /** The project's folder. Its path is not in the code. */
  readonly folder: string;
  /** Names of packages that are installed where the bundle runs. */
  readonly installed?: readonly string[];
}

/** Packages that code may ask `importTool` of `@appenv/core` for while it runs; the container brings the others. */
const tools = ["@appenv/client", "@appenv/client/internal"];

/** Packages of the client that have no use in a container. */
const leftOut = ["rolldown", "rolldown/utils", "rolldown/parseAst"];

const entry = "\0appenv:entry";

/**
 * Bundles a file with all its packages and with what starts it in a container.
 *
 * @throws AppEnvError LOAD_FAILED with file, line and column; NATIVE_ADDON naming the packages with native addons.
 */
export async function bundleWhole(file: string, options: WholeBundleOptions): Promise<WholeBundle> {
  const source = realpathSync(file);
  const { rolldown } = await import("rolldown");
  const seen: Seen = { files: { found: new Set(), unclear: new Set() }, addons: new Map() };
  try {
    const build = await rolldown(inputOptions(source, options, seen));
    try {
      const { output } = await build.generate(outputOptions(source, options.folder, seen));
      if (seen.addons.size > 0) throw nativeAddonError(source, seen.addons);
      const { code } = output[0];
      return { code, hash: createHash("sha256").update(code).digest("hex"), unclear: [...seen.files.unclear] };
    } finally {
      await build.close();
    }
  } catch (error) {
    throw bundleError(source, error, seen.missing);
  }
}

/** Observations made while bundling. */
interface Seen {
  readonly files: FilesBeside;
  readonly addons: Addons;
  /** The first package that was not found; rolldown passes on no more than the text of an error. */
  missing?: MissingPackage;
}

function inputOptions(source: string, { folder, installed = [] }: WholeBundleOptions, seen: Seen): InputOptions {
  const names = sourcesBesideBundle(folder);
  return {
    input: entry,
    platform: "node",
    cwd: dirname(source),
    logLevel: "silent",
    // Node runs every module that is imported, whatever its package says of side effects.
    treeshake: { moduleSideEffects: true },
    transform: { target },
    resolve: resolution,
    plugins: [
      entryModule(source),
      leavePackagesOut([...leftOut, ...installed], seen),
      findAddons(seen.addons),
      findFilesBeside(seen.files, isOwn),
      keepCommonJsPaths(names),
      keepImportMeta(source, names),
      markFlow(isOwn),
    ],
  };
}

function outputOptions(source: string, folder: string, { files }: Seen): OutputOptions {
  return {
    format: "esm",
    codeSplitting: false,
    sourcemap: "inline",
    sourcemapExcludeSources: true,
    dir: dirname(source),
    sourcemapPathTransform: (path, map) => placeOf(resolve(dirname(map), path), folder),
    banner: () => head(contentsByPlace(files.found, (file) => placeOf(file, folder))),
  };
}

/** The variable of a bundle that holds the files that it brings. */
const bundleFiles = "__appenvFiles";

/** The first line of a bundle. */
function head(contents: Readonly<Record<string, string>>): string {
  return `const ${bundleUrl} = import.meta.url, ${bundleFiles} = ${JSON.stringify(contents)};`;
}

/** The module that the container runs first. The user's file is imported once it is known how to say that it failed. */
function entryModule(source: string): Plugin {
  const toolLines = tools.map((name) => `${JSON.stringify(name)}: () => import(${quotedPath(name)}),`);
  const code = `
    import { start } from ${quotedPath("@appenv/container")};
    const files = { contents: ${bundleFiles}, beside: ${bundleUrl} };
    await start({ load: () => import(${JSON.stringify(source)}), files, tools: { ${toolLines.join(" ")} } });
  `;
  return {
    name: "appenv:entry",
    resolveId: (id) => (id === entry ? { id, moduleSideEffects: true } : null),
    load: (id) => (id === entry ? code : null),
  };
}

/** The client's own copy of a package: the project need not have it. */
function quotedPath(name: string): string {
  return JSON.stringify(realpathSync(fileURLToPath(import.meta.resolve(name))));
}

/** Tells whether a module is one of the project. */
function isOwn(id: string): boolean {
  return !id.startsWith("\0") && !/[\\/]node_modules[\\/]/.test(id) && !isOfAppEnv(id);
}

function leavePackagesOut(names: readonly string[], seen: Seen): Plugin {
  return {
    name: "appenv:leave-packages-out",
    async resolveId(specifier, importer, options) {
      if (importer === undefined) return null;
      const ofNode = builtin(specifier);
      if (ofNode !== undefined) return ofNode;
      if (names.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
        return { id: specifier, external: true };
      }
      const found = await this.resolve(specifier, importer, { ...options, skipSelf: true });
      // A missing dynamic import or `require` may be meant to fail; a missing static one ends the program.
      if (found === null && options.kind === "import-statement" && /^(@[^/]+\/)?[^./#@][^:]*$/.test(specifier)) {
        seen.missing ??= { name: specifier, importer };
        throw new Error(`The package '${specifier}' is not installed.`);
      }
      return found;
    },
  };
}
