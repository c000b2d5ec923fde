import { invalidOption } from "../../errors/invalid-option.ts";

/** Checks an optional whole number. @throws AppEnvError INVALID_OPTION. */
export function readCount(
  value: number | undefined,
  option: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return value;
  const limit = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  throw invalidOption(option, value, `a whole number, ${limit}`);
}
