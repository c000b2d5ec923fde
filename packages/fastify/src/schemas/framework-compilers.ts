import { AppEnvError } from "@appenv/core";
import type { FastifyInstance } from "fastify";

type Compile<Result> = (part: unknown) => Result;

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
 * Fastify's compilers for JSON schemas, with the user's options of ajv. Fastify makes them late and shows them to
 * nobody before, so they are taken from where it keeps them.
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
      return controller().validatorCompiler(part);
    },
    serializer: (part) => {
      controller().setupSerializer(options);
      return controller().serializerCompiler(part);
    },
  };
}

/** Looked for along the prototypes, since a plugin's instance inherits from its parent. */
function internal(instance: object, description: string): unknown {
  for (let holder: object | null = instance; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const key = Object.getOwnPropertySymbols(holder).find((symbol) => symbol.description === description);
    if (key !== undefined) return (holder as Record<symbol, unknown>)[key];
  }
  return undefined;
}
