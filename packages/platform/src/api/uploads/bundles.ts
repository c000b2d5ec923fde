import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";

const scheme = "appenv://bundles/";

/** Time after which an unused upload is deleted, in milliseconds: its app or task may not be stored yet. */
const unusedMs = 3_600_000;

/** Uploaded files by their URI, `appenv://bundles/<md5><extension>`. */
export interface Bundles {
  /** The folder of their files. */
  readonly directory: string;
  /** The URI of a file in the directory. */
  uri(name: string): string;
  /** Answers true for a URI of this scheme, whether its file is there or not. */
  holds(uri: string): boolean;
  /** The path of a file. @throws AppEnvError LOAD_FAILED if it does not exist. */
  file(uri: string): string;
  /** Deletes files whose URIs are not used, and the remains of unfinished uploads. */
  clean(used: Iterable<string>): Promise<void>;
}

/** The bundles in a directory. */
export function openBundles(directory: string): Bundles {
  return {
    directory,
    uri: (name) => `${scheme}${name}`,
    holds: (uri) => uri.startsWith(scheme),
    file: (uri) => {
      const file = pathOf(directory, uri);
      if (file !== undefined && existsSync(file)) return file;
      throw new AppEnvError("LOAD_FAILED", `The bundle '${uri.slice(0, 200)}' is not on this platform.`, {
        fix: "Serve the app again: `appenv serve FILE`.",
      });
    },
    clean: (used) => clean(directory, used),
  };
}

function pathOf(directory: string, uri: string): string | undefined {
  const name = uri.startsWith(scheme) ? uri.slice(scheme.length) : "";
  return /^[0-9a-f]{32}(\.[a-z0-9]{1,8})?$/.test(name) ? join(directory, name) : undefined;
}

async function clean(directory: string, used: Iterable<string>): Promise<void> {
  const keep = new Set([...used].map((uri) => pathOf(directory, uri)));
  const files = (await readdir(directory)).map((name) => join(directory, name));
  await Promise.all(files.filter((file) => !keep.has(file)).map((file) => removeIfOld(file)));
}

async function removeIfOld(file: string): Promise<void> {
  const { mtimeMs } = await stat(file);
  if (Date.now() - mtimeMs > unusedMs) await rm(file, { force: true });
}
