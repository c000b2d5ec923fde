import { problem, problemType } from "@appenv-internal/http/problem";
import { mostIssues } from "@appenv-internal/openapi/standard-schema";
import type { Response } from "express";
import type { Invalid } from "./reader.ts";

/** Answers 400 in the form of all errors here (RFC 9457), with the places that are wrong in `errors`. */
export function sendInvalidRequest(response: Response, invalid: readonly Invalid[]): void {
  const errors = invalid.slice(0, mostIssues);
  const detail = errors.map(({ in: part, path, message }) => `${part}${path}: ${message}`).join("; ");
  const body = { ...problem(400, "INVALID_REQUEST", detail), errors };
  response.status(400).type(problemType).send(JSON.stringify(body));
}
