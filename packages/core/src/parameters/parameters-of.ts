import type { Parameter, ParameterList } from "../values/parameter.ts";
import type { AppEndpoint, ArtifactValue, ParameterType, RunOutput } from "../values/parameter-value.ts";
import type { FlyteDir, FlyteFile } from "../values/places.ts";

/** The value of a parameter, for the app. */
export type ResolvedValue = string | FlyteFile | FlyteDir;

/** An app's parameters by name, as it gets them. */
export type ResolvedParameters = Readonly<Record<string, ResolvedValue>>;

/** An app's parameters by name, typed by how they were declared. */
export type ParametersOf<List extends ParameterList> = string extends OptionsOf<List[number]>["name"]
  ? ResolvedParameters
  : { readonly [Item in OptionsOf<List[number]> as Item["name"]]: Resolved<Item> };

type OptionsOf<Item extends ParameterList[number]> = Item extends Parameter<infer Options> ? Options : Item;

type Resolved<Options> = Options extends { readonly type: infer Type extends ParameterType }
  ? OfType<Type>
  : Options extends { readonly value: infer Value }
    ? OfValue<Value>
    : ResolvedValue;

type OfType<Type extends ParameterType> = Type extends "file"
  ? FlyteFile
  : Type extends "directory"
    ? FlyteDir
    : string;

type OfValue<Value> = Value extends string | AppEndpoint
  ? string
  : Value extends FlyteFile | FlyteDir
    ? Value
    : Value extends RunOutput<infer Type>
      ? OfType<Type>
      : Value extends ArtifactValue<infer Type>
        ? OfType<Type>
        : ResolvedValue;
