/** The parts of an event that are logged. */
interface Reported {
  readonly source: string;
  readonly type: string;
  readonly id: string;
}

/** Writes a line about a delivery to the app's log. Words of the sender stand there without control characters. */
export function reportDelivery({ source, type, id }: Reported, what: string): void {
  const named = type === "" ? "a delivery" : `a delivery of '${type.slice(0, 100)}'`;
  const line = `webhook '${source}': ${named} (${id}) ${what}`;
  process.stdout.write(`${line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?")}\n`);
}
