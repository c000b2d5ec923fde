import { AppEnvError } from "@appenv/core";
import { checkOf, type CheckDirection, type Checked } from "@appenv/core/internal";
import type { StandardSchema } from "./standard-schema.ts";

/** Tries a value against a schema, at once. */
export type CheckNow = (value: unknown) => Checked;

/** From a client's value to a handler's. @throws AppEnvError UNSUPPORTED, when it is called, if the schema needs time. */
export function decoder(schema: StandardSchema, route: string): CheckNow {
  return atOnce(schema, route, "decode");
}

/** From a handler's result to the client's value. Codecs of zod work backwards here. @throws AppEnvError UNSUPPORTED. */
export function encoder(schema: StandardSchema, route: string): CheckNow {
  return atOnce(schema, route, "encode");
}

function atOnce(schema: StandardSchema, route: string, direction: CheckDirection): CheckNow {
  const check = checkOf(schema, direction);
  return (value) => {
    const checked = check(value);
    if (checked instanceof Promise) throw asynchronous(route);
    return checked;
  };
}

function asynchronous(route: string): AppEnvError {
  return new AppEnvError("UNSUPPORTED", `A schema of ${route} validates asynchronously.`, {
    fix: "Use schemas without asynchronous checks, and do in the handler what needs a promise.",
  });
}
