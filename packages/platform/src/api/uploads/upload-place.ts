import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { Bundles } from "./bundles.ts";

/** The place of an uploaded file. */
export interface UploadPlace {
  readonly directory: string;
  readonly name: string;
  /** The name by which clients and tasks refer to it afterwards. */
  readonly uri: string;
}

/** A client's description of a file. */
export interface AskedPlace {
  readonly filename: string;
  /** A folder for files that belong together; empty: the file is a single one. */
  readonly filenameRoot: string;
  /** Hex. */
  readonly md5: string;
}

/** The code of apps and tasks, as this project's client and Flyte's name it. */
const code = /^([0-9a-f]{16}\.mjs|fast[\w-]+\.tar\.gz|code_bundle\.pkl\.gz)$/;

/**
 * The place of an upload: code among the bundles, by its content, and everything else under `files` with its own name. A
 * file's URI is its path, which tasks of this machine open as it is, and so do Flyte's clients.
 *
 * @throws AppEnvError INVALID_OPTION for names that are no file names.
 */
export function placeUpload(
  asked: AskedPlace,
  bundles: Pick<Bundles, "directory" | "uri">,
  files: string,
): UploadPlace {
  const { filename, filenameRoot, md5 } = asked;
  if (filenameRoot === "" && code.test(filename)) {
    const [extension = ""] = /\.[A-Za-z0-9]{1,8}$/.exec(filename) ?? [];
    const name = `${md5}${extension.toLowerCase()}`;
    return { directory: bundles.directory, name, uri: bundles.uri(name) };
  }
  const folders = filenameRoot === "" ? [md5] : filenameRoot.split("/").filter((part) => part !== "");
  // Some clients send a path.
  const own = filename.split(/[/\\]/).at(-1) || md5;
  const parts = [...folders, own];
  for (const part of parts) checkName(part);
  const directory = join(files, ...parts.slice(0, -1));
  const name = parts.at(-1) as string;
  return { directory, name, uri: join(directory, name) };
}

function checkName(part: string): void {
  const isName = part !== "." && part !== ".." && !/[/\\\0]/.test(part) && Buffer.byteLength(part) <= 255;
  if (isName) return;
  throw new AppEnvError("INVALID_OPTION", `${JSON.stringify(part.slice(0, 100))} is no name of a file.`, {
    fix: "Correct the upload request: a name has at most 255 bytes and no slashes.",
  });
}
