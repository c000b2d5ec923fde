/** The name of a component for an id of the user's: OpenAPI and AsyncAPI allow letters, digits, `.`, `_` and `-`. */
export function componentName(id: string): string {
  const name = id.replace(/[^A-Za-z0-9._-]+/g, "-");
  return /^-*$/.test(name) ? "Schema" : name;
}

/** Names for one id, the best one first. */
export function* candidates(id: string, otherwise?: string): Generator<string> {
  const base = componentName(id);
  yield base;
  if (otherwise !== undefined) yield `${base}${otherwise}`;
  for (let count = 2; ; count++) yield `${base}${count}`;
}

/** A name as a step of a JSON pointer (RFC 6901). */
export function pointerStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
