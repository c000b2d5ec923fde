import { invalidOption } from "@appenv/core/internal";

/** @throws AppEnvError INVALID_OPTION. */
export function checkPath(option: string, path: string): void {
  if (/^(\/[\w.~-]+)+$/.test(path)) return;
  throw invalidOption(option, path, 'a path such as "/orders", without a slash at its end');
}
