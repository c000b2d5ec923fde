import type { DescField, DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Interceptor } from "@connectrpc/connect";

/** Identifiers that must name an organisation, by the rules in Flyte's definitions. Only Union's servers read it. */
const identifiers: ReadonlySet<string> = new Set([
  "flyteidl2.cacheservice.v2.Identifier",
  "flyteidl2.common.ProjectIdentifier",
  "flyteidl2.common.RunIdentifier",
  "flyteidl2.common.TriggerName",
  "flyteidl2.task.TaskIdentifier",
  "flyteidl2.task.TaskName",
]);

/** The organisation of Flyte's open-source backend, which has only one. */
export const defaultOrganization: string = "local";

/** Names the organisation in each request. @param organization - Default: that of Flyte's open-source backend. */
export function nameOrganization(organization: string = defaultOrganization): Interceptor {
  return (next) => (request) => {
    const { input } = request.method;
    if (request.stream) return next({ ...request, message: namedEach(input, request.message, organization) });
    return next({ ...request, message: withOrganization(input, request.message, organization) });
  };
}

async function* namedEach<Desc extends DescMessage>(
  schema: Desc,
  messages: AsyncIterable<MessageShape<Desc>>,
  organization: string,
): AsyncGenerator<MessageShape<Desc>> {
  for await (const message of messages) yield withOrganization(schema, message, organization);
}

/**
 * A request whose identifiers name an organisation wherever they named none. The given message stays as it is; parts without
 * identifiers, such as inputs, are shared with it.
 */
export function withOrganization<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  organization: string,
): MessageShape<Desc> {
  return named(schema, message as Fields, organization) as MessageShape<Desc>;
}

type Fields = Readonly<Record<string, unknown>>;

function named(schema: DescMessage, message: Fields, organization: string): Fields {
  const copy: Record<string, unknown> = { ...message };
  for (const field of schema.fields) {
    if (isOrganization(schema, field)) copy[field.localName] ||= organization;
    else if (field.message !== undefined && holdsIdentifiers(field.message)) nameField(copy, field, organization);
  }
  return copy;
}

function nameField(message: Record<string, unknown>, field: DescField, organization: string): void {
  const { oneof, localName, message: type } = field;
  if (type === undefined) return;
  if (oneof !== undefined) {
    const chosen = message[oneof.localName] as { readonly case: string | undefined; readonly value?: unknown };
    if (chosen.case !== localName) return;
    message[oneof.localName] = { case: localName, value: named(type, chosen.value as Fields, organization) };
    return;
  }
  const value = message[localName];
  if (value === undefined) return;
  if (field.fieldKind === "message") message[localName] = named(type, value as Fields, organization);
  if (field.fieldKind === "list") {
    message[localName] = (value as readonly Fields[]).map((item) => named(type, item, organization));
  }
}

function isOrganization({ typeName }: DescMessage, { name }: DescField): boolean {
  return identifiers.has(typeName) && (name === "org" || name === "organization");
}

const holders = new Map<string, boolean>();

/** Tells whether a message of this type may hold an identifier, at any depth. */
function holdsIdentifiers(schema: DescMessage): boolean {
  const known = holders.get(schema.typeName);
  if (known !== undefined) return known;
  const found = reaches(schema, new Set());
  holders.set(schema.typeName, found);
  return found;
}

function reaches(schema: DescMessage, seen: Set<string>): boolean {
  if (identifiers.has(schema.typeName)) return true;
  if (seen.has(schema.typeName)) return false;
  seen.add(schema.typeName);
  return schema.fields.some(({ message }) => message !== undefined && reaches(message, seen));
}
