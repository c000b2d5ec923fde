/** Shorter values are not masked: they are in every other word. */
const shortest = 4;

/** Hides the values of secrets in texts. */
export interface Mask {
  (text: string): string;
  /** The length of the longest text it hides. */
  readonly longest: number;
}

/** Makes the mask of these values; undefined if there is nothing to hide. A value of several lines is hidden line by line. */
export function maskOf(values: Iterable<string>): Mask | undefined {
  const hidden = new Set<string>();
  for (const value of values) for (const form of formsOf(value)) if (form.length >= shortest) hidden.add(form);
  if (hidden.size === 0) return undefined;
  // A value that contains another one is looked for first.
  const texts = [...hidden].toSorted((one, other) => other.length - one.length);
  const mask = (text: string): string => {
    let shown = text;
    for (const value of texts) if (shown.includes(value)) shown = shown.replaceAll(value, "***");
    return shown;
  };
  return Object.assign(mask, { longest: texts[0]?.length ?? 0 });
}

/** A mask that hides one more value, such as a token. */
export function alsoHiding(mask: Mask | undefined, value: string | undefined): Mask | undefined {
  const added = maskOf(value === undefined ? [] : [value]);
  if (added === undefined || mask === undefined) return mask ?? added;
  const longest = Math.max(mask.longest, added.longest);
  return Object.assign((text: string) => added(mask(text)), { longest });
}

/** Its lines, and how it looks in JSON, in a printed object and in a URL. */
function formsOf(value: string): readonly string[] {
  const whole = value.trim();
  if (whole.length < shortest) return [];
  return [
    ...value.split(/\r\n|\r|\n/).map((line) => line.trim()),
    JSON.stringify(whole).slice(1, -1),
    encodeURIComponent(whole.toWellFormed()),
  ];
}
