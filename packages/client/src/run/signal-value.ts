/** A value that a condition takes. */
export type SignalValue = boolean | number | string;

/** A value, and the type that it is sent as. */
export type Candidate = readonly [kind: "boolean" | "integer" | "float" | "string", value: SignalValue];

/** The types that a value may be sent as, the likeliest first. */
export function candidatesOf(value: SignalValue): readonly Candidate[] {
  if (typeof value === "boolean") return [["boolean", value]];
  if (typeof value === "string") return [["string", value]];
  return Number.isInteger(value)
    ? [
        ["integer", value],
        ["float", value],
      ]
    : [["float", value]];
}

/** The same for a value as a person types it. */
export function readText(text: string): readonly Candidate[] {
  const string: Candidate = ["string", text];
  const word = text.trim().toLowerCase();
  if (/^(true|yes)$/.test(word)) return [["boolean", true], string];
  if (/^(false|no)$/.test(word)) return [["boolean", false], string];
  if (/^[+-]?\d+$/.test(word)) return [...candidatesOf(Number(word)), string];
  return word !== "" && Number.isFinite(Number(word)) ? [["float", Number(word)], string] : [string];
}
