import { errorCatalogue, type AppEnvError } from "@appenv/core";

/**
 * The failure of an app, as its status tells it: the code, the message, what happens now, and, on a line of its own, the
 * fix if it differs from the catalogue's.
 */
export function describeFailure({ code, message, fix }: AppEnvError, now?: string): string {
  const what = `[${code}] ${message}${now === undefined ? "" : ` ${now}`}`;
  return fix === errorCatalogue[code].fix ? what : `${what}\nFix: ${fix}`;
}
