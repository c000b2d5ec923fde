/** Something on the platform, as a message names it. */
export interface NamedPlace {
  readonly project: string;
  readonly domain: string;
  /** Empty for a project itself. */
  readonly name: string;
}

/** Values of tasks, which may be large and name anything their authors like. */
const values = /^(flyteidl2\.core\.(Literal|Scalar|Binary)|flyteidl2\.task\.(Inputs|Outputs)$|google\.protobuf\.)/;

/** All places that a message names, in any field. Values of tasks are not looked into. */
export function placesOf(message: object): readonly NamedPlace[] {
  const found: NamedPlace[] = [];
  const left: unknown[] = [message];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) continue;
    const { $typeName: type } = part as { $typeName?: string };
    if (type !== undefined && values.test(type)) continue;
    const place = placeOf(part, type);
    if (place !== undefined) found.push(place);
    left.push(...Object.values(part));
  }
  return found;
}

function placeOf(part: object, type: string | undefined): NamedPlace | undefined {
  const { project, domain, name = "" } = part as { project?: unknown; domain?: unknown; name?: unknown };
  if (typeof domain !== "string" || typeof name !== "string") return undefined;
  if (type === "flyteidl2.common.ProjectIdentifier") return { project: name, domain, name: "" };
  return typeof project === "string" ? { project, domain, name } : undefined;
}
