const placeholder = /(?<![\w.])[\w-]{2,8}\.\.\./g;

/**
 * The placeholders in a README: `r4u...` is a value that begins differently each time and is the same
 * wherever it is shown, `...` alone is any text, and a line of `...` any lines.
 */
export class Placeholders {
  readonly #values: Map<string, string> = new Map();

  /** A command with the values that were seen before. */
  fill(command: string): string {
    return command.replaceAll(placeholder, (name) => this.#values.get(name) ?? name);
  }

  /** True if this is the output that is shown; then it remembers the values of its placeholders. */
  matches(shown: string, output: string): boolean {
    const names: string[] = [];
    const found = new RegExp(`^${this.#pattern(shown, names)}$`).exec(output);
    if (found === null) return false;
    for (const [index, name] of names.entries()) this.#values.set(name, found[index + 1] ?? "");
    return true;
  }

  #pattern(shown: string, names: string[]): string {
    return shown
      .split(/(^\.\.\.$|(?<![\w.])[\w-]{2,8}\.\.\.|\.\.\.)/m)
      .map((part, index) => {
        if (index % 2 === 0) return escapeText(part);
        if (part === "...") return "[^]*?";
        const known = this.#values.get(part);
        if (known !== undefined) return escapeText(known);
        const before = names.indexOf(part);
        if (before >= 0) return `\\${before + 1}`;
        names.push(part);
        return "([\\w.-]+)";
      })
      .join("");
  }
}

function escapeText(text: string): string {
  return text.replaceAll(/[\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
