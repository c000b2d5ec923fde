/** Type declarations of a file, by their names: each schema has one, and no two have the same. */
export class Declarations {
  readonly #names: Map<unknown, string> = new Map();
  readonly #texts: Map<string, string> = new Map();

  /** The name of a schema's type; `write` makes its text when it is first asked for, which may ask for itself. */
  of(schema: unknown, wanted: string, write: () => string): string {
    const known = this.#names.get(schema);
    if (known !== undefined) return known;
    const name = this.reserve(wanted);
    this.#names.set(schema, name);
    this.#texts.set(name, write());
    return name;
  }

  /** Declares a type that nothing else refers to, and returns its name. */
  add(wanted: string, text: string): string {
    const name = this.reserve(wanted);
    this.#texts.set(name, text);
    return name;
  }

  /** A name that is not used yet, for what is written elsewhere. */
  reserve(wanted: string): string {
    const name = this.#free(typeName(wanted));
    this.#texts.set(name, "");
    return name;
  }

  /** All declarations, in the order in which they were asked for. */
  text(): string {
    return [...this.#texts]
      .filter(([, text]) => text !== "")
      .map(([name, text]) => `export type ${name} = ${text};\n`)
      .join("\n");
  }

  #free(name: string): string {
    if (!this.#texts.has(name)) return name;
    for (let number = 2; ; number += 1) if (!this.#texts.has(`${name}${number}`)) return `${name}${number}`;
  }
}

/** `hello-app` and `add_one` as types are named: `HelloApp`, `AddOne`. */
export function typeName(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(name) ? name : `Type${name}`;
}

/** The name of a property, in quotes if it needs them. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

/** A comment above a declaration; nothing without a text. What the text says cannot end it. */
export function comment(text: string, indent: string): string {
  const lines = text
    .replaceAll("*/", "*\\/")
    .split("\n")
    .map((line) => line.trimEnd());
  if (text.trim() === "") return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("")}${indent} */\n`;
}
