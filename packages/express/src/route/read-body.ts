import express, { type Request, type RequestHandler, type Response } from "express";

/** Made when it is needed first, since Express loads the parser by then. */
let parseJson: RequestHandler | undefined;

/**
 * Reads the body as `express.json()` does, limits and errors included, unless something before has read it.
 * Undefined if there is nothing to wait for.
 */
export function readBody(request: Request, response: Response): Promise<void> | undefined {
  if (request.body !== undefined || request.readableDidRead) return undefined;
  const parse = (parseJson ??= express.json());
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error as Error)));
  });
}
