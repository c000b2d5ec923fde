// Flyte 2's messages of values: what a task worker needs, and no more, since it is loaded when a worker starts.
export {
  BlobType_BlobDimensionality,
  LiteralTypeSchema,
  SimpleType,
  type LiteralType,
} from "../vendor/flyteidl2/core/types_pb.ts";
export { LiteralSchema, type Literal, type Primitive, type Scalar } from "../vendor/flyteidl2/core/literals_pb.ts";
export {
  InputsSchema,
  NamedLiteralSchema,
  OutputsSchema,
  type Inputs,
  type NamedLiteral,
  type Outputs,
} from "../vendor/flyteidl2/task/common_pb.ts";
