import { stripVTControlCharacters } from "node:util";
import { AppEnvError } from "@appenv/core";

/** A package that a file imports, and that is not installed. */
export interface MissingPackage {
  readonly name: string;
  readonly importer: string;
}

/** A mistake as rolldown reports it. */
interface BuildMistake {
  readonly message: string;
  readonly code?: string;
  readonly id?: string;
  readonly frame?: string;
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number };
}

/** The error of a file that cannot be bundled: where, what, and the lines around it; no stack. */
export function bundleError(source: string, error: unknown, missing?: MissingPackage): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const mistakes = (error as { errors?: readonly BuildMistake[] }).errors ?? [];
  if (missing !== undefined) return notInstalled(missing);
  if (mistakes.length === 0) return AppEnvError.from(error, "LOAD_FAILED", `${source} cannot be bundled`);
  const texts = mistakes.slice(0, 5).map((mistake) => describe(source, mistake));
  return new AppEnvError("LOAD_FAILED", texts.join("\n\n"));
}

function describe(source: string, { message, code, id, frame, loc }: BuildMistake): string {
  const [first = ""] = stripVTControlCharacters(message).split("\n");
  const what = code === undefined ? first : first.replace(`[${code}] `, "");
  const where = [loc?.file ?? id ?? source, ...(loc === undefined ? [] : [loc.line, loc.column + 1])].join(":");
  return [`${where}: ${what}`, ...(frame === undefined ? [] : [frame])].join("\n");
}

function notInstalled({ name, importer }: MissingPackage): AppEnvError {
  return new AppEnvError("LOAD_FAILED", `The package '${name}' is not installed, but imported by ${importer}.`, {
    fix: `Install it (\`npm install ${name}\`), or correct the import.`,
  });
}
