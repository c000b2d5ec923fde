import { existsSync, rmSync, statSync, utimesSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";

const scheme = "appenv://bundles/";

/**
 * Time for which a file stays after its upload and after each time that somebody asked for it, in milliseconds: what names it
 * may be about to be stored.
 */
const leaseMs = 3_600_000;

/** Uploaded files by their URI, `appenv://bundles/<md5><extension>`. */
export interface Bundles {
  /** The folder of their files. */
  readonly directory: string;
  /** The URI of a file in the directory. */
  uri(name: string): string;
  /** Answers true for a URI of this scheme, whether its file is there or not. */
  holds(uri: string): boolean;
  /** The path of a file, which then stays for an hour at least. @throws AppEnvError LOAD_FAILED if it does not exist. */
  file(uri: string): string;
  /** True if a file was uploaded or asked for within the last hour. */
  isLeased(uri: string): boolean;
  /**
   * Deletes files that are not used, and the remains of unfinished uploads.
   *
   * @param isUsed - Asked right before a file is deleted.
   */
  clean(isUsed: (uri: string) => boolean): Promise<void>;
}

/** The bundles in a directory. */
export function openBundles(directory: string): Bundles {
  return {
    directory,
    uri: (name) => `${scheme}${name}`,
    holds: (uri) => uri.startsWith(scheme),
    file: (uri) => {
      const file = pathOf(directory, uri);
      if (file !== undefined && renewLease(file)) return file;
      throw new AppEnvError("LOAD_FAILED", `The bundle '${uri.slice(0, 200)}' is not on this platform.`, {
        fix: "Serve the app again: `appenv serve FILE`.",
      });
    },
    isLeased: (uri) => {
      const file = pathOf(directory, uri);
      return file !== undefined && isYoung(file);
    },
    clean: (isUsed) => clean(directory, isUsed),
  };
}

/** Answers false if there is no such file. */
function renewLease(file: string): boolean {
  try {
    const now = Date.now() / 1_000;
    utimesSync(file, now, now);
    return true;
  } catch {
    // A disk that takes no change has the file all the same.
    return existsSync(file);
  }
}

function pathOf(directory: string, uri: string): string | undefined {
  const name = uri.startsWith(scheme) ? uri.slice(scheme.length) : "";
  return /^[0-9a-f]{32}(\.[a-z0-9]{1,8})?$/.test(name) ? join(directory, name) : undefined;
}

async function clean(directory: string, isUsed: (uri: string) => boolean): Promise<void> {
  for (const name of await readdir(directory)) {
    // Lets others come in between. From here on nothing does until the file is gone.
    await nextTurn();
    const file = join(directory, name);
    if (!isYoung(file) && !isUsed(`${scheme}${name}`)) rmSync(file, { recursive: true, force: true });
  }
}

function isYoung(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs <= leaseMs;
}
