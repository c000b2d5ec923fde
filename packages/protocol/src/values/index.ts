// Values of tasks, and how they are written in Flyte's messages. An entry of its own, since a task worker loads it at its
// start and needs no other message.
export { isErrorCode, reviveError, type ThrownError } from "../errors/thrown-error.ts";
export { answerFromJson, answerFromText, answerType, jsonLiteral, readAnswer, type AskedValue } from "./answer.ts";
export { valueFromJson } from "./from-json.ts";
export { fromLiteral } from "./from-literal.ts";
export { cacheKey, childName, inputsHash, keyedChildName, type ChildParts } from "./hash.ts";
export { decodeInputs, encodeInputs, fillInputs } from "./inputs.ts";
export { queueKey } from "./queue-key.ts";
export { decodeOutput, encodeOutput, outputToJson } from "./outputs.ts";
export { sampleOf } from "./sample.ts";
export { fillRunTime, lacksRunTime, leaveOutRunTime } from "./run-time.ts";
export { valueToJson } from "./json-value.ts";
export { markOf, resolve as resolveSchema, type Json as JsonSchema, type Mark as SchemaMark } from "./json-schema.ts";
export { fromLiteralType, toLiteralType } from "./literal-type.ts";
export { valueFromText } from "./text.ts";
export { toLiteral } from "./to-literal.ts";
export { decodeValue, encodeValue } from "./untyped.ts";
export {
  BlobType_BlobDimensionality,
  InputsSchema,
  LiteralSchema,
  LiteralTypeSchema,
  NamedLiteralSchema,
  OutputsSchema,
  SimpleType,
  type Inputs,
  type Literal,
  type LiteralType,
  type NamedLiteral,
  type Outputs,
} from "@appenv-internal/flyteidl2/values";
