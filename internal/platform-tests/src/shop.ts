import { fileURLToPath } from "node:url";
import { loadEnvironments, type LoadedFile } from "@appenv/client/internal";

let loaded: Promise<LoadedFile> | undefined;

/** The tasks and the app that the tests run, by the names they are exported under. Read, and so deployed, once in a process. */
export function loadShop(): Promise<LoadedFile> {
  return (loaded ??= loadEnvironments(fileURLToPath(new URL("apps/shop.ts", import.meta.url))));
}
