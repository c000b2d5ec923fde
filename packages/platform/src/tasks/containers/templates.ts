import { fromBinary } from "@bufbuild/protobuf";
import { InputsSchema, type Literal } from "@appenv/protocol/tasks";

/** Values of the templates in a container's words, as Flyte's executor fills them in. */
export interface TemplateValues {
  /** Path of `inputs.pb`. */
  readonly input: string;
  readonly outputPrefix: string;
  readonly rawOutputDataPrefix: string;
  readonly checkpointOutputPrefix: string;
  /** Undefined for the first attempt. */
  readonly prevCheckpointPrefix: string | undefined;
  /** Milliseconds since 1970. */
  readonly runStartedAt: number;
  /** `task.Inputs`. */
  readonly inputs: Uint8Array;
}

/**
 * Fills in templates such as `{{.outputPrefix}}`, in any case. Those that Flyte's executor leaves as they are stay here
 * too: programs read `RUN_NAME` and `ACTION_NAME` from their env vars.
 */
export function fillTemplates(words: readonly string[], values: TemplateValues): readonly string[] {
  const known = new Map(Object.entries(textsOf(values)).map(([name, text]) => [name.toLowerCase(), text]));
  const inputs = new Map<string, string>();
  for (const { name, value } of fromBinary(InputsSchema, values.inputs).literals) {
    const text = primitiveText(value);
    if (text !== undefined) inputs.set(`inputs.${name}`.toLowerCase(), text);
  }
  return words.map((word) =>
    word.replaceAll(/\{\{\s*\.([\w.]+)\s*\}\}/g, (whole, name: string) => {
      const key = name.toLowerCase();
      return known.get(key) ?? inputs.get(key) ?? whole;
    }),
  );
}

/** The first attempt has no checkpoint before it: Flyte's executor writes two quotation marks. */
const noCheckpoint = '""';

function textsOf(values: TemplateValues): Readonly<Record<string, string>> {
  const { input, outputPrefix, rawOutputDataPrefix, checkpointOutputPrefix, prevCheckpointPrefix } = values;
  return {
    input,
    inputPrefix: input.replace(/\/inputs\.pb$/, ""),
    outputPrefix,
    rawOutputDataPrefix,
    checkpointOutputPrefix,
    prevCheckpointPrefix: prevCheckpointPrefix ?? noCheckpoint,
    runStartTime: new Date(values.runStartedAt).toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

function primitiveText(literal: Literal | undefined): string | undefined {
  const scalar = literal?.value.case === "scalar" ? literal.value.value.value : undefined;
  const primitive = scalar?.case === "primitive" ? scalar.value.value : undefined;
  if (primitive?.case === undefined) return undefined;
  const { value } = primitive;
  return typeof value === "object" ? undefined : String(value);
}
