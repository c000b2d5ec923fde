import { statusPhrase } from "@appenv-internal/http/status-phrase";
import type { JsonSchema } from "@appenv-internal/openapi/components";
import { OperationIds, withoutUnset } from "@appenv-internal/openapi/document";

/** The operations of a document by path, then by method. */
export type Paths = Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;

interface Operation extends JsonSchema {
  readonly parameters?: readonly JsonSchema[];
  readonly responses?: Readonly<Record<string, JsonSchema>>;
}

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/** All paths of several documents, the first one winning, with what OpenAPI asks for and the libraries leave out. */
export function normalized(sources: readonly Paths[]): Paths {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const operationIds = new OperationIds();
  for (const [path, item] of sources.flatMap((source) => Object.entries(source))) {
    const known = (paths[path] ??= {});
    for (const [method, operation] of Object.entries(item)) {
      known[method] ??= methods.has(method) ? complete(operation, operationIds) : operation;
    }
  }
  // Without what is undefined.
  return JSON.parse(JSON.stringify(paths)) as Paths;
}

function complete(operation: Operation, operationIds: OperationIds): JsonSchema {
  const { parameters, responses = {} } = operation;
  const answers = Object.entries(responses).map(([status, response]) => [status, described(response, status)]);
  return withoutUnset({
    ...operationIds.unique(operation),
    hide: undefined,
    parameters: parameters?.map((item) => (item["in"] === "path" ? { ...item, required: true } : item)),
    responses: answers.length === 0 ? { 200: { description: "OK" } } : Object.fromEntries(answers),
  });
}

function described(response: JsonSchema, status: string): JsonSchema {
  if ("$ref" in response || typeof response["description"] === "string") return response;
  return { description: statusPhrase(status) ?? status, ...response };
}
