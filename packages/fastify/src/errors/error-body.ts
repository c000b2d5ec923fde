/** An error as Fastify gives it to the serializer of a route. */
interface SentError extends Error {
  readonly statusCode: number;
  readonly code?: string;
  /** The status in words. */
  readonly error: string;
}

/**
 * A serializer of a route that also writes errors the route's own schema for their status does not describe: in
 * Fastify's form, with the status they have. Fastify itself would answer 500 instead of, for example, 400.
 */
export function writingErrors(write: (payload: unknown) => string): (payload: unknown) => string {
  return (payload) => {
    try {
      return write(payload);
    } catch (error) {
      if (payload instanceof Error) return bodyOf(payload as SentError);
      throw error;
    }
  };
}

function bodyOf({ statusCode, code, error, message }: SentError): string {
  return JSON.stringify({ statusCode, code, error, message });
}
