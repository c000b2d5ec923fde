import { AppEnvError } from "@appenv/core";
import type { FastifyInstance } from "fastify";
import { internal } from "../internals.ts";

/** The properties read here of what Fastify passes to a compiler. */
interface Part {
  readonly schema: unknown;
  readonly httpPart?: string;
}

type Compile<Result> = (part: Part) => Result;

interface SchemaController {
  setupValidator(options: unknown): void;
  setupSerializer(options: unknown): void;
  validatorCompiler: Compile<never>;
  serializerCompiler: Compile<never>;
}

/** The compilers a route without zod schemas has, made by Fastify when a schema is compiled. */
export interface FrameworkCompilers {
  readonly validator: Compile<never>;
  readonly serializer: Compile<never>;
}

/**
 * Fastify's compilers for JSON schemas, with the user's options of ajv. Fastify makes them late and has no
 * public way to get them before, so they are taken from where it keeps them.
 *
 * @throws AppEnvError UNSUPPORTED if a version of Fastify keeps them elsewhere.
 */
export function frameworkCompilers(instance: FastifyInstance, url: string): FrameworkCompilers {
  const controller = (): SchemaController => internal(instance, "fastify.schemaController") as SchemaController;
  const options = internal(instance, "fastify.options");
  if (typeof controller()?.setupValidator !== "function" || typeof controller()?.setupSerializer !== "function") {
    throw new AppEnvError(
      "UNSUPPORTED",
      `The route ${url} mixes zod and JSON schemas, which this Fastify does not allow.`,
      {
        fix: "Write all schemas of the route's request, and all of its responses, with one library.",
      },
    );
  }
  return {
    validator: (part) => {
      controller().setupValidator(options);
      return controller().validatorCompiler(part.httpPart === "headers" ? withLowerCaseNames(part) : part);
    },
    serializer: (part) => {
      controller().setupSerializer(options);
      return controller().serializerCompiler(part);
    },
  };
}

/**
 * Header names as Node has them. Fastify does this for its own compilers, but not where a route brings a compiler.
 * Names deeper inside than the schema's own properties are left as they are.
 */
function withLowerCaseNames(part: Part): Part {
  const schema = { ...(part.schema as { properties?: object; required?: readonly string[] }) };
  if (schema.properties !== undefined) {
    const lowered = Object.entries(schema.properties).map(([name, value]) => [name.toLowerCase(), value as unknown]);
    schema.properties = Object.fromEntries(lowered) as object;
  }
  if (schema.required !== undefined) schema.required = schema.required.map((name) => name.toLowerCase());
  return { ...part, schema };
}
