import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { Plugin } from "rolldown";

/** Packages with native addons, as `name@version`, each with the file that shows it. */
export type Addons = Map<string, string>;

/** Packages that find and load an addon for the package that uses them. */
const finders = new Set(["bindings", "node-gyp-build", "node-gyp-build-optional-packages", "@mapbox/node-pre-gyp"]);

/**
 * Finds packages with native addons among the modules of a bundle: a file that ends in `.node`, a `binding.gyp`, or the use
 * of a package that looks for such a file. Addons are compiled for one platform and are loaded from files of their own.
 */
export function findAddons(addons: Addons): Plugin {
  return {
    name: "appenv:find-addons",
    async resolveId(specifier, importer, options) {
      if (importer === undefined) return null;
      const isAddon = specifier.endsWith(".node");
      if (!isAddon && !finders.has(specifier)) return null;
      const found = isAddon ? await this.resolve(specifier, importer, { ...options, skipSelf: true }) : null;
      // Packages try one name for each platform; those that are not installed say nothing.
      if (isAddon && found === null) return { id: specifier, external: true };
      note(addons, found?.id ?? importer);
      return { id: specifier, external: true };
    },
    transform: {
      filter: { id: /[\\/]node_modules[\\/]/ },
      handler(_code, id) {
        const folder = packageFolder(id);
        if (folder !== undefined && existsSync(join(folder, "binding.gyp"))) note(addons, id);
        return null;
      },
    },
  };
}

function note(addons: Addons, file: string): void {
  const folder = packageFolder(file);
  const name = folder === undefined ? file : nameOf(folder);
  if (!addons.has(name)) addons.set(name, file);
}

/** The folder of the package that a file belongs to; undefined for a file of the project. */
function packageFolder(file: string): string | undefined {
  if (!/[\\/]node_modules[\\/]/.test(file)) return undefined;
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && nameOf(folder) !== "") return folder;
  }
  return undefined;
}

/** `name@version`; empty for a manifest without a name, as folders inside packages have them. */
function nameOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  if (typeof name !== "string") return "";
  return typeof version === "string" ? `${name}@${version}` : name;
}

/** The error of code that needs native addons. */
export function nativeAddonError(source: string, addons: Addons): AppEnvError {
  const names = [...addons.keys()].toSorted();
  const listed = names.map((name) => `'${name}'`).join(", ");
  const call = names.map((name) => JSON.stringify(name)).join(", ");
  return new AppEnvError(
    "NATIVE_ADDON",
    `${source} needs native addons, which cannot be uploaded as code: ${listed} (${[...addons.values()].join(", ")}).`,
    {
      fix: `Put them into the image: \`image: Image.fromNode().withNpmPackages(${call})\`. The rest is uploaded as before.`,
    },
  );
}
