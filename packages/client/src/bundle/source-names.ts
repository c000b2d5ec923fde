import { relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isOfAppEnv, ownPackages } from "./own-packages.ts";

/** Writes JavaScript expressions that name a source while a bundle runs. */
export interface SourceNames {
  /** The URL of a file. */
  url(file: string): string;
  /** The path of a file or a folder. */
  path(file: string): string;
}

/** Names of the sources where they are: the bundle runs on this machine. */
export const sourcesHere: SourceNames = {
  url: (file) => JSON.stringify(pathToFileURL(file).href),
  path: (file) => JSON.stringify(file),
};

/** The variable of a bundle that holds its own URL: `import.meta` would make an ES module of any module that names it. */
export const bundleUrl = "__appenvBundleUrl";

/**
 * Names of sources below the bundle, wherever it runs: nothing of this machine is in the code, which is the same wherever it
 * is made.
 *
 * @param folder - The project's.
 */
export function sourcesBesideBundle(folder: string): SourceNames {
  const url = (file: string): string => `new URL(${JSON.stringify(placeOf(file, folder))},${bundleUrl}).href`;
  return {
    url,
    path: (file) => `process.getBuiltinModule("node:url").fileURLToPath(${url(file)})`,
  };
}

/** A source's place below the bundle: in the project, else in its packages, else by its path from the project. */
export function placeOf(file: string, folder: string): string {
  const path = file.split(sep).join("/");
  const inPackages = path.lastIndexOf("/node_modules/");
  if (inPackages !== -1) return `.${path.slice(inPackages)}`;
  if (isOfAppEnv(file)) return `./node_modules/@appenv/${path.slice(ownPackages().length)}`;
  const place = relative(folder, file).split(sep).join("/");
  return `./${place.replaceAll("../", "_/")}`;
}
