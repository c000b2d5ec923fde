import { fileURLToPath } from "node:url";

/** AppEnv's own packages also lie outside node_modules, in its repository and in linked checkouts. */
const packagesRoot = fileURLToPath(import.meta.url.replace(/core\/(src|dist)\/[^?#]*.*$/, ""));

/** Tells whether a file is a part of AppEnv. @param file - A path. */
export function isOwnCode(file: string): boolean {
  if (/[\\/]node_modules[\\/](@appenv|appenv)[\\/](?!.*[\\/]node_modules[\\/])/.test(file)) return true;
  return file.startsWith(packagesRoot) && /^[^\\/]+[\\/](src|dist)[\\/]/.test(file.slice(packagesRoot.length));
}

/** Tells whether a file is a part of AppEnv or of another package, and not the user's own. @param file - A path. */
export function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file) || isOwnCode(file);
}
