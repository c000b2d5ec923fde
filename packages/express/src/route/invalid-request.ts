import { mostIssues } from "@appenv-internal/openapi/standard-schema";
import type { Response } from "express";
import type { Invalid } from "./reader.ts";

/** Answers 400 in the form of all errors here (RFC 9457), with the places that are wrong in `errors`. */
export function sendInvalidRequest(response: Response, invalid: readonly Invalid[]): void {
  const errors = invalid.slice(0, mostIssues);
  const detail = errors.map(({ in: part, path, message }) => `${part}${path}: ${message}`).join("; ");
  const body = { type: "about:blank", title: "Bad Request", status: 400, detail, code: "INVALID_REQUEST", errors };
  response.status(400).type("application/problem+json").send(JSON.stringify(body));
}
