import { STATUS_CODES } from "node:http";
import type { JsonSchema } from "@appenv-internal/openapi/components";

/** The operations of a document by path, then by method. */
export type Paths = Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;

interface Operation extends JsonSchema {
  readonly operationId?: string;
  readonly parameters?: readonly JsonSchema[];
  readonly responses?: Readonly<Record<string, JsonSchema>>;
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/** All paths of several documents, the first one winning, with what OpenAPI asks for and the libraries leave out. */
export function normalized(sources: readonly Paths[]): Paths {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const operationIds = new Set<string>();
  for (const [path, item] of sources.flatMap((source) => Object.entries(source))) {
    const known = (paths[path] ??= {});
    for (const [method, operation] of Object.entries(item)) {
      known[method] ??= methods.has(method) ? complete(operation, operationIds) : operation;
    }
  }
  // Without what is undefined.
  return JSON.parse(JSON.stringify(paths)) as Paths;
}

function complete(operation: Operation, operationIds: Set<string>): JsonSchema {
  const { operationId, parameters, responses = {} } = operation;
  const answers = Object.entries(responses).map(([status, response]) => [status, described(response, status)]);
  const isNew = operationId !== undefined && !operationIds.has(operationId);
  if (isNew) operationIds.add(operationId);
  return {
    ...operation,
    hide: undefined,
    operationId: isNew ? operationId : undefined,
    parameters: parameters?.map((item) => (item["in"] === "path" ? { ...item, required: true } : item)),
    responses: answers.length === 0 ? { 200: { description: "OK" } } : Object.fromEntries(answers),
  };
}

function described(response: JsonSchema, status: string): JsonSchema {
  if ("$ref" in response || typeof response["description"] === "string") return response;
  return { description: STATUS_CODES[Number(status)] ?? status, ...response };
}
