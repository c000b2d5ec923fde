/** The script's parts that both kinds of sockets share. */
export const parts: string = `
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/* The document's schemas that have a name. */
let named = {};

function example(schema, depth = 0) {
  if (schema.$ref) return depth > 4 ? null : example(named[schema.$ref.split("/").at(-1)] ?? {}, depth + 1);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return example(choice[0], depth);
  if (schema.type === "object") {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, example(part, depth)]));
  }
  return { string: "", number: 0, integer: 0, boolean: false, array: [] }[schema.type] ?? null;
}

function schemaOf(title, message) {
  return element("div", {}, element("strong", { textContent: title }),
    element("pre", { textContent: JSON.stringify(message.payload, null, 2) }));
}

function heading(channel, title) {
  return [
    element("h2", { textContent: title }),
    element("p", { textContent: [channel.summary, channel.description].filter(Boolean).join(". ") }),
  ];
}

function showSchema(name, schema) {
  return element("section", { id: "schema-" + name }, element("h2", { textContent: name }),
    element("pre", { textContent: JSON.stringify(schema, null, 2) }));
}
`;
