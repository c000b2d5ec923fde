// Values of tasks and how they are written in Flyte's messages. A task worker loads this when it starts.
export {
  BlobType_BlobDimensionality,
  InputsSchema,
  LiteralSchema,
  LiteralTypeSchema,
  OutputsSchema,
  SimpleType,
  type Inputs,
  type Literal,
  type LiteralType,
  type NamedLiteral,
  type Outputs,
} from "@appenv-internal/flyteidl2/values";
