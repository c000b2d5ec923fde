import type { JsonObject } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { type ValueType } from "@appenv/core/internal";
import {
  fromLiteral,
  fromLiteralType,
  toLiteral,
  type Literal,
  type TranslatorService,
  type VariableMap,
} from "@appenv/protocol/tasks";
import { invalidRequest } from "../requests/ids.ts";
import { asSchema, formSchema, isOptional, typeOfForm, type FormSchema } from "./form-schema.ts";
import { formDefault, fromForm, toForm } from "./form-values.ts";

/** Flyte's TranslatorService: literals and the forms of its console. Structs are written as msgpack, as by its SDKs. */
export const translatorService: ServiceImpl<typeof TranslatorService> = {
  literalsToLaunchFormJson: ({ literals, variables }) => {
    const types = typesOf(variables);
    const fields = literals.flatMap(({ name, value }) => {
      // Another version of a task may have other inputs.
      const known = types.find((type) => type.name === name);
      return known === undefined || value === undefined ? [] : [{ ...known, value: read(known.type, value) }];
    });
    return { json: form(fields) };
  },
  launchFormJsonToLiterals: ({ json }) => {
    const properties = Object.entries(asSchema(json?.["properties"], "properties"));
    return {
      literals: properties.flatMap(([name, part]) => {
        const schema = asSchema(part, name);
        const type = typeOfForm(schema, name);
        const given = formDefault(schema);
        if (given === undefined && !isOptional(type)) return [];
        return [{ name, value: write(name, type, given ?? null) }];
      }),
    };
  },
  taskSpecToLaunchFormJson: ({ taskSpec }) => {
    const defaults = new Map(taskSpec?.defaultInputs.map(({ name, parameter }) => [name, parameter?.behavior]) ?? []);
    const fields = typesOf(taskSpec?.taskTemplate?.interface?.inputs).map((field) => {
      const byDefault = defaults.get(field.name);
      return byDefault?.case === "default" ? { ...field, value: read(field.type, byDefault.value) } : field;
    });
    return { json: form(fields) };
  },
  jsonValuesToLiterals: ({ variables, values = {} }) => ({
    literals: typesOf(variables).map(({ name, type }) => {
      const given = values[name];
      if (given !== undefined || isOptional(type)) return { name, value: write(name, type, given ?? null) };
      throw new AppEnvError("INVALID_INPUT", `The input '${name}' is missing.`);
    }),
  }),
};

interface Field {
  readonly name: string;
  readonly type: ValueType;
  readonly description: string;
  /** The value in the form; undefined: none. */
  readonly value?: { readonly is: unknown };
}

function typesOf(variables: VariableMap | undefined): Field[] {
  return (variables?.variables ?? []).map(({ key: name, value }) => {
    if (value?.type === undefined) throw invalidRequest(`The variable '${name}' has no type.`);
    return { name, type: fromLiteralType(value.type), description: value.description };
  });
}

function form(fields: readonly Field[]): JsonObject {
  const properties = Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)]));
  const required = fields.filter(({ type }) => !isOptional(type)).map(({ name }) => name);
  return { type: "object", title: "Launch Form", properties, required } as JsonObject;
}

function fieldSchema({ name, type, description, value }: Field): FormSchema {
  const schema = formSchema(type);
  const note = description === "" || description === name ? {} : { description };
  if (value === undefined) return { ...schema, ...note };
  const shown = toForm(type, value.is);
  if (type.kind !== "file" && type.kind !== "dir") return { ...schema, ...note, default: shown };
  const parts = Object.entries(schema["properties"] as Record<string, FormSchema>);
  const given = shown as Record<string, unknown>;
  const properties = Object.fromEntries(parts.map(([key, part]) => [key, { ...part, default: given[key] }]));
  return { ...schema, ...note, properties };
}

function read(type: ValueType, literal: Literal): { readonly is: unknown } {
  return { is: fromLiteral(type, literal) };
}

function write(name: string, type: ValueType, json: unknown): Literal {
  try {
    return toLiteral(type, fromForm(type, json));
  } catch (error) {
    if (!AppEnvError.is(error)) throw error;
    throw new AppEnvError("INVALID_INPUT", `The input '${name}': ${error.message}`, { cause: error });
  }
}
