/** The path of a stand-in, by the stand-in. */
const paths = new WeakMap<object, readonly string[]>();

/**
 * A stand-in for an input: it has every field, each a stand-in too, and refuses all else that can be refused.
 *
 * @param read - Gets the path of each field that is read, as JSON.
 */
export function recording(read: Set<string>, path: readonly string[] = []): unknown {
  const refuse = (): never => {
    throw new Error(`it does something with input${path.map((name) => `.${name}`).join("")}`);
  };
  const made = new Proxy(() => {}, {
    get: (_, name) => {
      // `await`, templates and comparisons ask for these.
      if (typeof name === "symbol" || name === "then" || name === "toString" || name === "valueOf") return refuse();
      const field = [...path, name];
      read.add(JSON.stringify(field));
      return recording(read, field);
    },
    apply: refuse,
    construct: refuse,
    set: refuse,
    has: refuse,
    ownKeys: refuse,
    deleteProperty: refuse,
    getOwnPropertyDescriptor: refuse,
    defineProperty: refuse,
  });
  paths.set(made, path);
  return made;
}

/** The path that a stand-in stands for; undefined for anything else. */
export function pathOf(value: unknown): readonly string[] | undefined {
  return typeof value === "function" ? paths.get(value) : undefined;
}
