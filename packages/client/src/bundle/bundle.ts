import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AppEnvError } from "@appenv/core";
import type { InputOptions, OutputChunk, OutputOptions } from "rolldown";
import { bundleError } from "./bundle-error.ts";
import { markFlow } from "./mark-flow.ts";
import { findLoads, keepPackagesOutside, type Loads, type Resolved } from "./packages.ts";
import { resolution, target } from "./resolution.ts";
import { keepCommonJsPaths, keepImportMeta } from "./source-paths.ts";

/** A file and everything of the project it imports, as one module that runs from any directory. */
export interface Bundle {
  /** The file it was made from. */
  readonly source: string;
  /** An ES module. Packages are imported by absolute URL; a source map is appended. */
  readonly code: string;
  /** SHA-256 of `code`, hex. */
  readonly version: string;
  /** The module URLs it imports when it starts, in order, Node's own modules left out. */
  readonly preload: readonly string[];
  /** The names it exports. */
  readonly exports: readonly string[];
  /** The source files in it, for watching. */
  readonly files: readonly string[];
  /** The files of packages that it imports, at once or later. */
  readonly outside: readonly string[];
  /** True if it may load files beside its sources; only a run tells which. */
  readonly loadsFiles: boolean;
  /** True if such files may be code that imports modules of the bundle. */
  readonly loadsCode: boolean;
  /** The URLs of files for import names that only the project's configuration knows. */
  readonly aliases: Readonly<Record<string, string>>;
}

/**
 * Bundles a file. Whatever really lies outside node_modules goes in, packages of the same workspace too; packages
 * in node_modules and AppEnv's own stay outside, so that they are the same module in every bundle of a process.
 *
 * @throws AppEnvError LOAD_FAILED with file, line, column and the lines around it.
 */
export async function bundle(file: string): Promise<Bundle> {
  const source = realpathSync(file);
  const { rolldown } = await import("rolldown");
  const seen: Seen = { outside: new Set(), aliases: {}, loadsFiles: false, loadsCode: false };
  try {
    const build = await rolldown(inputOptions(source, seen));
    try {
      const { output } = await build.generate(outputOptions(source));
      return toBundle(source, output[0], await build.watchFiles, seen);
    } finally {
      await build.close();
    }
  } catch (error) {
    throw bundleError(source, error, seen.missing);
  }
}

/** Observations made while bundling. */
interface Seen extends Loads, Resolved {}

function inputOptions(source: string, seen: Seen): InputOptions {
  return {
    input: source,
    platform: "node",
    cwd: dirname(source),
    logLevel: "silent",
    // Node runs every module that is imported, whatever its package says of side effects.
    treeshake: false,
    transform: { target },
    resolve: resolution,
    plugins: [keepPackagesOutside(seen), findLoads(seen), keepCommonJsPaths(), keepImportMeta(source), markFlow()],
  };
}

function outputOptions(source: string): OutputOptions {
  return {
    format: "esm",
    codeSplitting: false,
    sourcemap: "inline",
    sourcemapExcludeSources: true,
    dir: dirname(source),
    sourcemapPathTransform: (path, map) => pathToFileURL(resolve(dirname(map), path)).href,
  };
}

function toBundle(
  source: string,
  { code, imports, exports }: OutputChunk,
  files: readonly string[],
  seen: Seen,
): Bundle {
  if (exports.length === 0) {
    throw new AppEnvError(
      "NO_ENVIRONMENT",
      `${source} exports nothing, so a replica cannot find the environment in it.`,
    );
  }
  return {
    source,
    code,
    version: createHash("sha256").update(code).digest("hex"),
    preload: imports.filter((url) => url.startsWith("file:")),
    exports,
    files,
    outside: [...seen.outside].toSorted(),
    loadsFiles: seen.loadsFiles,
    // Code with tasks has to be one file: its durable calls are marked in the whole bundle.
    loadsCode: seen.loadsCode && !code.includes("TaskEnvironment"),
    aliases: seen.aliases,
  };
}
