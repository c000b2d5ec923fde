/** The references of a document of OpenAPI or AsyncAPI that lead nowhere. */
export function danglingRefs(document: object): readonly string[] {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":("(?:[^"\\]|\\.)*")/g)];
  return refs.map(([, text = '""']) => JSON.parse(text) as string).filter((ref) => at(document, ref) === undefined);
}

function at(document: object, ref: string): unknown {
  const steps = ref.replace(/^#\//, "").split("/");
  const names = steps.map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  return names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], document);
}
