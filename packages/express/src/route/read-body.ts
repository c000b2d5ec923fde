import express, { type Request, type Response } from "express";

const parse = express.json();

/**
 * Reads the body as `express.json()` does, limits and errors included, unless something before has read it.
 * Undefined if there is nothing to wait for.
 */
export function readBody(request: Request, response: Response): Promise<void> | undefined {
  if (request.body !== undefined || request.readableDidRead) return undefined;
  return new Promise((resolve, reject) => {
    parse(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error as Error)));
  });
}
