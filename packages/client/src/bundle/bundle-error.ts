import { stripVTControlCharacters } from "node:util";
import { AppEnvError } from "@appenv/core";

/** What rolldown says of one mistake. */
interface BuildMistake {
  readonly message: string;
  readonly code?: string;
  readonly id?: string;
  readonly frame?: string;
  readonly loc?: { readonly file?: string; readonly line: number; readonly column: number };
}

/** The error of a file that cannot be bundled: where, what, and the lines around it; no stack. */
export function bundleError(source: string, error: unknown): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const mistakes = (error as { errors?: readonly BuildMistake[] }).errors ?? [];
  const own = mistakes.map(({ message }) => message).find((message) => message.includes(notInstalledMark));
  if (own !== undefined) return notInstalled(own);
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

const notInstalledMark = "is not installed, but imported by";

/** What the resolver throws; rolldown passes on only the text. */
export function notInstalledMessage(name: string, importer: string): string {
  return `The package '${name}' ${notInstalledMark} ${importer}.`;
}

function notInstalled(text: string): AppEnvError {
  const message = /The package '[^']*' is not installed, but imported by .*\./.exec(text)?.[0] ?? text;
  const name = /'([^']*)'/.exec(message)?.[1];
  return new AppEnvError("LOAD_FAILED", message, {
    fix: `Install it (\`npm install ${name}\`), or correct the import.`,
  });
}
