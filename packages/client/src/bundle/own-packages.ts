import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

let folder: string | undefined;

/** The folder of AppEnv's packages, with a separator at its end. In a checkout they are in no `node_modules`. */
export function ownPackages(): string {
  return (folder ??= resolve(fileURLToPath(import.meta.resolve("@appenv/container")), "../../..") + sep);
}

/** Tells whether a file is one of AppEnv's packages. */
export function isOfAppEnv(file: string): boolean {
  return file.startsWith(ownPackages()) && /^[^\\/]+[\\/](src|dist)[\\/]/.test(file.slice(ownPackages().length));
}
