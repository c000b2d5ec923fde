import express, { type Request, type RequestHandler, type Response } from "express";

/** Made when it is needed first, since Express loads the parser by then. */
let parseJson: RequestHandler | undefined;

/**
 * Reads the body as `express.json()` does, limits included, unless something before has read it. Resolves to false if it
 * is no JSON; other errors are Express's. Undefined if there is nothing to wait for.
 */
export function readBody(request: Request, response: Response): Promise<boolean> | undefined {
  if (request.body !== undefined || request.readableDidRead) return undefined;
  const parse = (parseJson ??= express.json());
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => {
      if (error === undefined) resolve(true);
      else if ((error as { type?: unknown }).type === "entity.parse.failed") resolve(false);
      else reject(error as Error);
    });
  });
}
