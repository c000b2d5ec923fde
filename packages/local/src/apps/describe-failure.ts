import { errorCatalogue, type AppEnvError } from "@appenv/core";

/**
 * Why an app failed, as its status says it: the code, the message, what happens now, and, on a line of its own, what to do
 * where that is not what the catalogue says of the code.
 */
export function describeFailure({ code, message, fix }: AppEnvError, now?: string): string {
  const what = `[${code}] ${message}${now === undefined ? "" : ` ${now}`}`;
  return fix === errorCatalogue[code].fix ? what : `${what}\nFix: ${fix}`;
}
