/**
 * The name that somebody most likely meant; undefined if none is near. Letters may be wrong, missing, too many or
 * exchanged, one in three, or it is a part of the name.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - name.length) >= least || name.length > 60) continue;
    const mistakes = distance(plain(name), plain(each));
    // Of `c`, `a` is no misspelling.
    if (mistakes < least && mistakes < Math.max(name.length, each.length) / 2) [best, least] = [each, mistakes];
  }
  return best ?? longer(name, known);
}

/** A known name that contains this one: `env` is in `envVars`, `relative` in `isRelative`. */
function longer(name: string, known: Iterable<string>): string | undefined {
  const part = plain(name);
  return part.length < 3 ? undefined : [...known].find((each) => plain(each).includes(part));
}

/** A sentence to be added to one that says that a name is unknown: empty if none of the known ones is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === undefined ? "" : ` Did you mean '${found}'?`;
}

/** `add-one`, `add_one` and `addOne` are written differently, and meant alike. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, "");
}

/** The number of letters to change, add, leave out or exchange with the next (restricted Damerau-Levenshtein distance). */
function distance(one: string, other: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      const exchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      row.push(exchanged ? Math.min(least, at(before, j - 2) + 1) : least);
    }
    [before, last] = [last, row];
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
