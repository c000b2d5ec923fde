import { problemType } from "@appenv-internal/http/problem";
import { problemSchema } from "@appenv-internal/openapi/problem-schema";
import type { DocsOptions, DocumentParts, JsonObject } from "./document-parts.ts";

/** The platform's own errors, by the name of their component. */
const errors = {
  Unauthenticated: "The request carried no API key, or a wrong one (401).",
  ContentTooLarge: "The body of the request is larger than the app allows (413).",
  GatewayTimeout: "The app did not answer in time (504).",
};

const operations = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

/** Adds what the platform does in front of the app: authentication, errors, and the health path. */
export function addPlatformParts(document: DocumentParts, options: DocsOptions): DocumentParts {
  const withHealth = { ...document.paths, ...healthPath(document, options) };
  return {
    ...document,
    ...(options.requiresAuth ? { security: [{ apiKey: [] }] } : {}),
    paths: options.requiresAuth ? with401(withHealth) : withHealth,
    components: componentsWith(document.components, options.requiresAuth),
  };
}

function componentsWith(components: DocumentParts["components"], requiresAuth: boolean): DocumentParts["components"] {
  const name = "Problem" in (components["schemas"] ?? {}) ? "PlatformProblem" : "Problem";
  const content = { [problemType]: { schema: { $ref: `#/components/schemas/${name}` } } };
  const responses = Object.entries(errors).map(([key, description]) => [key, { description, content }]);
  return {
    ...components,
    schemas: { ...components["schemas"], [name]: problemSchema() },
    responses: { ...(Object.fromEntries(responses) as JsonObject), ...components["responses"] },
    ...(requiresAuth ? { securitySchemes: { ...components["securitySchemes"], apiKey: keyScheme } } : {}),
  };
}

const keyScheme: JsonObject = {
  type: "http",
  scheme: "bearer",
  description: "An API key of the platform. The header `x-api-key` takes it too.",
};

function with401(paths: DocumentParts["paths"]): DocumentParts["paths"] {
  const entries = Object.entries(paths).map(([path, item]) => [path, mapOperations(item)] as const);
  return Object.fromEntries(entries);
}

function mapOperations(item: JsonObject): JsonObject {
  const entries = Object.entries(item).map(([method, operation]) => {
    const { security, responses } = operation as { security?: unknown[]; responses?: JsonObject };
    if (!operations.has(method) || security?.length === 0) return [method, operation] as const;
    const refused = { $ref: "#/components/responses/Unauthenticated" };
    return [method, { ...(operation as object), responses: { "401": refused, ...responses } }] as const;
  });
  return Object.fromEntries(entries);
}

function answer(description: string): JsonObject {
  return { description, content: { "application/json": {} } };
}

/** Left to the app if it has a route of its own there, also where its document hides that. */
function healthPath({ paths }: DocumentParts, { health, host }: DocsOptions): DocumentParts["paths"] {
  if (health.path in paths || host.handles?.("GET", health.path) === true) return {};
  const responses = {
    200: answer("It can answer."),
    503: { description: "It cannot, or is stopping.", content: { [problemType]: {} } },
  };
  return { [health.path]: { get: { summary: "Health of the app", security: [], responses } } };
}
