import { isStandardSchema } from "@appenv-internal/openapi/standard-schema";
import type {
  FastifyInstance,
  FastifySchema,
  FastifySchemaCompiler,
  FastifySerializerCompiler,
  RouteOptions,
} from "fastify";
import { writingErrors } from "../errors/error-body.ts";
import { frameworkCompilers } from "./framework-compilers.ts";
import { requestParts, responseParts } from "./schema-parts.ts";
import { compileSerializer } from "./serializer.ts";
import { compileValidator } from "./validator.ts";

/**
 * Gives a route the compilers for its zod schemas. A route without such schemas keeps Fastify's, and so does one for
 * which the user has set a compiler, on the route or on the instance.
 *
 * @throws AppEnvError UNSUPPORTED if zod and JSON schemas are mixed where Fastify's own compilers cannot be reached.
 */
export function useSchemaCompilers(instance: FastifyInstance, options: RouteOptions): void {
  const { schema } = options;
  if (schema === undefined) return;
  useValidator(instance, options, schema);
  useSerializer(instance, options, schema);
}

function useValidator(instance: FastifyInstance, options: RouteOptions, schema: FastifySchema): void {
  const parts = requestParts(schema);
  if (!parts.some(isStandardSchema)) return;
  if (options.validatorCompiler !== undefined || instance.validatorCompiler !== undefined) return;
  const others = parts.every(isStandardSchema) ? undefined : frameworkCompilers(instance, options.url).validator;
  const compile: FastifySchemaCompiler<unknown> = (part) =>
    isStandardSchema(part.schema)
      ? (compileValidator(part.schema, routeOf(part)) as ReturnType<typeof compile>)
      : others!(part);
  options.validatorCompiler = compile;
}

function useSerializer(instance: FastifyInstance, options: RouteOptions, schema: FastifySchema): void {
  const parts = responseParts(schema);
  // JSON schemas alone matter where zod refuses requests: such a route may describe 400 in a form of its own.
  if (![...parts, ...(parts.length > 0 ? requestParts(schema) : [])].some(isStandardSchema)) return;
  if (options.serializerCompiler !== undefined || instance.serializerCompiler !== undefined) return;
  const others = parts.every(isStandardSchema) ? undefined : frameworkCompilers(instance, options.url).serializer;
  const compile: FastifySerializerCompiler<unknown> = (part) =>
    writingErrors(isStandardSchema(part.schema) ? compileSerializer(part.schema, routeOf(part)) : others!(part));
  options.serializerCompiler = compile as FastifySerializerCompiler<FastifySchema>;
}

function routeOf({ method, url }: { readonly method: string; readonly url: string }): string {
  return `${method} ${url}`;
}
