import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppEnvError } from "@appenv/core";

/**
 * The requirements in a file of the archive that came with an image. Comments are left out.
 *
 * @throws AppEnvError UNSUPPORTED if the file is not there, or has options of pip.
 */
export async function requirementsIn(archive: string | undefined, file: string): Promise<readonly string[]> {
  const text = archive === undefined ? undefined : await extract(archive, file);
  if (text === undefined) throw new AppEnvError("UNSUPPORTED", `The image's file '${file}' did not come with it.`);
  const lines = text
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
  const option = lines.find((line) => line.startsWith("-"));
  if (option === undefined) return lines;
  throw new AppEnvError(
    "UNSUPPORTED",
    `The image's file '${file}' has the option '${option}', which is not read here.`,
    {
      fix: "Give options by the arguments of `with_requirements`, and packages alone in the file.",
    },
  );
}

async function extract(archive: string, file: string): Promise<string | undefined> {
  const words = ["-xzOf", archive, "--", file];
  return promisify(execFile)("tar", words, { maxBuffer: 2 ** 24 }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}
