import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, toBinary, type DescMessage, type Message } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import type { Interceptor } from "@connectrpc/connect";

const descriptors = new URL("../../../flyteidl2/flyteidl2-rules.binpb", import.meta.url);

/** A check of messages: the violations of one, each naming the message, the field and the rule. */
type Check = (schema: DescMessage, message: Message) => readonly string[];

let known: Check | undefined;

/** The rules of `buf.validate` in Flyte's definitions. Messages that these lack have none. Read once in a process. */
export function flyteRules(): Check {
  return (known ??= readRules());
}

function readRules(): Check {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
  const validator = createValidator({ registry });
  return (schema, message) => {
    const whole = registry.getMessage(schema.typeName);
    if (whole === undefined) return [];
    // The messages of this project come without the rules, and have the same bytes.
    const result = validator.validate(whole, fromBinary(whole, toBinary(schema, message)));
    if (result.kind === "valid") return [];
    const found = result.kind === "invalid" ? result.violations.map(String) : [String(result.error)];
    return found.map((violation) => `${schema.typeName}: ${violation}`);
  };
}

/** Holds each request against Flyte's rules, which the backend itself does not enforce, and notes the violations. */
export function checkRequests(violations: Set<string>): Interceptor {
  const check = flyteRules();
  const note = (schema: DescMessage, message: Message): void => {
    for (const violation of check(schema, message)) violations.add(violation);
  };
  return (next) => (request) => {
    const { input } = request.method;
    if (!request.stream) {
      note(input, request.message);
      return next(request);
    }
    return next({ ...request, message: noting(request.message, (message) => note(input, message)) });
  };
}

async function* noting<T>(messages: AsyncIterable<T>, note: (message: T) => void): AsyncGenerator<T> {
  for await (const message of messages) {
    note(message);
    yield message;
  }
}
