import { create, createFileRegistry, fromBinary, type DescMethodUnary, type Message } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { RunIdentifierSchema, type ActionIdentifier, type RunSpec } from "@appenv/protocol/tasks";

// What Flyte's newer clients send, and the newest messages that are published do not have yet.

/** The run another one is made from. */
export interface Relation {
  readonly run: string;
  /** Whether what succeeded in it is kept. */
  readonly recover: boolean;
}

const relationField = 18;
const rerun = 1;
const recover = 2;

/** `RunSpec.relation`: which run a new one is made from, if it says so. */
export function readRelation(spec: RunSpec | undefined): Relation | undefined {
  const unknown = spec?.$unknown?.find(({ no }) => no === relationField);
  if (unknown === undefined) return undefined;
  const reader = new BinaryReader(new BinaryReader(unknown.data).bytes());
  let run = "";
  let type = 0;
  while (reader.pos < reader.len) {
    const [no, wireType] = reader.tag();
    if (no === 1) run = fromBinary(RunIdentifierSchema, reader.bytes()).name;
    else if (no === 2) type = reader.int32();
    else reader.skip(wireType, no);
  }
  return run !== "" && (type === rerun || type === recover) ? { run, recover: type === recover } : undefined;
}

/** `RunService.SignalEvent`'s request. */
export type SignalEventRequest = Message<"flyteidl2.workflow.SignalEventRequest"> & {
  readonly actionId?: ActionIdentifier;
  readonly payload?: {
    readonly value:
      | { readonly case: "boolValue"; readonly value: boolean }
      | { readonly case: "intValue"; readonly value: bigint }
      | { readonly case: "floatValue"; readonly value: number }
      | { readonly case: "stringValue"; readonly value: string }
      | { readonly case: undefined; readonly value?: undefined };
  };
};

const { BOOL, DOUBLE, INT64, MESSAGE, STRING } = FieldDescriptorProto_Type;

function field(name: string, number: number, type: FieldDescriptorProto_Type, typeName = "") {
  return {
    name,
    jsonName: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    number,
    type,
    label: FieldDescriptorProto_Label.OPTIONAL,
    ...(typeName === "" ? {} : { typeName: `.flyteidl2.workflow.${typeName}` }),
  };
}

/** `RunService.SignalEvent`, by which Flyte's Python client answers a condition. */
export function signalEventMethod(): DescMethodUnary {
  const file = create(FileDescriptorProtoSchema, {
    name: "appenv/signal_event.proto",
    package: "flyteidl2.workflow",
    syntax: "proto3",
    messageType: [
      {
        name: "SignalEventRequest",
        field: [field("action_id", 1, MESSAGE, "SignalledAction"), field("payload", 3, MESSAGE, "EventPayload")],
      },
      {
        name: "SignalledAction",
        field: [field("run", 1, MESSAGE, "SignalledRun"), field("name", 2, STRING)],
      },
      {
        name: "SignalledRun",
        field: ["org", "project", "domain", "name"].map((name, index) => field(name, index + 1, STRING)),
      },
      {
        name: "EventPayload",
        oneofDecl: [{ name: "value" }],
        field: [
          field("bool_value", 1, BOOL),
          field("int_value", 2, INT64),
          field("float_value", 3, DOUBLE),
          field("string_value", 4, STRING),
        ].map((one) => ({ ...one, oneofIndex: 0 })),
      },
      { name: "SignalEventResponse" },
    ],
    service: [
      {
        name: "RunService",
        method: [
          {
            name: "SignalEvent",
            inputType: ".flyteidl2.workflow.SignalEventRequest",
            outputType: ".flyteidl2.workflow.SignalEventResponse",
          },
        ],
      },
    ],
  });
  const service = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService(
    "flyteidl2.workflow.RunService",
  );
  return service?.method["signalEvent"] as DescMethodUnary;
}
