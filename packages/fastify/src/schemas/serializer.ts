import { encoder } from "@appenv-internal/openapi/check";
import { describeIssue, mostIssues, type StandardSchema } from "@appenv-internal/openapi/standard-schema";

/**
 * A response that does not fit the schema of its route. The message is what the client sees, so it holds nothing of
 * the response; Fastify logs the cause with it.
 */
class ResponseMismatch extends Error {
  override readonly name: string = "ResponseMismatch";
  readonly code: string = "FST_ERR_RESPONSE_SERIALIZATION";
  readonly statusCode: number = 500;

  constructor(cause: unknown) {
    super("The response does not match the schema of its route", { cause });
  }
}

/** A serializer as Fastify calls it: checks the payload, drops what the schema does not name, and writes JSON. */
export function compileSerializer(schema: StandardSchema, route: string): (payload: unknown) => string {
  const check = encoder(schema, route);
  return (payload) => {
    try {
      const result = check(payload);
      if (result.issues === undefined) return JSON.stringify(result.value);
      throw new Error(result.issues.slice(0, mostIssues).map(describeIssue).join("; "), { cause: result.cause });
    } catch (error) {
      // Also an error of `toJSON` may quote the response.
      throw new ResponseMismatch(error);
    }
  };
}
