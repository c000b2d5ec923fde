import type { ErrorRequestHandler } from "express";

/** An error with the status to answer. */
export class Failure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers errors as JSON, and tells nobody more than the handler meant to. */
export const failures: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const isMeant = error instanceof Failure;
  if (!isMeant) console.error(error);
  response.status(isMeant ? error.status : (error.status ?? 500));
  response.json({ error: isMeant ? error.message : "This did not work." });
};
