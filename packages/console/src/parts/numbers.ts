/** A number with as many digits as people read. */
export function shortNumber(value: number | undefined): string {
  if (value === undefined) return "–";
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

/** A size in MiB or GiB. */
export function memory(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  const mebibytes = bytes / 1_048_576;
  return mebibytes >= 1_024 ? `${(mebibytes / 1_024).toFixed(1)} GiB` : `${mebibytes.toFixed(0)} MiB`;
}
