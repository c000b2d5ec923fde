import { encoder, type CheckNow } from "@appenv-internal/openapi/check";
import {
  describeIssue,
  isStandardSchema,
  mostIssues,
  type StandardSchema,
} from "@appenv-internal/openapi/standard-schema";
import type { Response } from "express";
import type { RouteSchemas } from "./definition.ts";

/**
 * A response that does not fit the schema of its route, as the app's error handlers get it. Nothing in it quotes the
 * response; what did not fit is in `cause`, which Express logs with it.
 */
class ResponseMismatch extends Error {
  override readonly name: string = "ResponseMismatch";
  readonly status: number = 500;

  constructor(reason: string) {
    super("The response does not match the schema of its route", { cause: new Error(reason) });
  }
}

/** Sends what handlers return: checked, without what the schema does not name, encoded by its codecs. */
export function createSender({ response: schemas }: RouteSchemas): (response: Response, value: unknown) => void {
  const checks = schemas === undefined ? undefined : checksOf(schemas);
  return (response, value) => {
    if (value === undefined) return;
    response.json(checks === undefined ? value : encode(checks, response.statusCode, value));
  };
}

/** The schemas by status. */
export function byStatus(schemas: NonNullable<RouteSchemas["response"]>): Readonly<Record<string, StandardSchema>> {
  return isStandardSchema(schemas) ? { "200": schemas } : schemas;
}

function checksOf(schemas: NonNullable<RouteSchemas["response"]>): ReadonlyMap<string, CheckNow> {
  const entries = Object.entries(byStatus(schemas));
  return new Map(entries.map(([status, schema]) => [status.toUpperCase(), encoder(schema, "the route")]));
}

function encode(checks: ReadonlyMap<string, CheckNow>, status: number, value: unknown): unknown {
  const check = checks.get(String(status)) ?? checks.get(`${Math.trunc(status / 100)}XX`) ?? checks.get("DEFAULT");
  if (check === undefined) throw new ResponseMismatch(`there is no schema for status ${status}`);
  const result = check(value);
  if (result.issues === undefined) return result.value;
  throw new ResponseMismatch(result.issues.slice(0, mostIssues).map(describeIssue).join("; "));
}
