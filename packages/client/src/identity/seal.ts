import { createHash } from "node:crypto";
import type { Bundle } from "../bundle/bundle.ts";
import { contentsLine } from "./contents.ts";
import { packagesOf } from "./package-tree.ts";
import { hashLoadable } from "./project-files.ts";

/** A bundle that lists the packages and files it runs beside its own code. */
export interface SealedBundle extends Pick<Bundle, "code" | "preload"> {
  /** SHA-256 of `code`, hex. */
  readonly version: string;
}

/**
 * Writes into a bundle which packages it was made of, and which files it may load: with others it is another bundle, and
 * another revision.
 *
 * @param folder - Where such files are.
 */
export async function sealBundle(made: Bundle, folder: string): Promise<SealedBundle> {
  const loaded = made.loadsFiles ? { loaded: { folder, hash: await hashLoadable(folder) } } : {};
  const own = (made.loadsCode ? await modulesOf(made, folder) : undefined) ?? made.code;
  const code = own + contentsLine({ ...packagesOf(made.outside), ...loaded });
  return { code, preload: made.preload, version: createHash("sha256").update(code).digest("hex") };
}

async function modulesOf(made: Bundle, folder: string): Promise<string | undefined> {
  const { moduleMap } = await import("../bundle/module-map.ts");
  return moduleMap(made, folder);
}
