import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { TaskInterface } from "@appenv/core/internal";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  actionPhase,
  actionPhaseName,
  ActionPhaseNumber,
  fromActionIdentifier,
  fromTaskIdentifier,
  fromTaskSpec,
  interfaceOfSpec,
  TaskSpecSchema,
  toActionIdentifier,
  toTaskIdentifier,
  toTaskSpec,
  type TaskDefinition,
  type TaskSpec,
} from "../../src/tasks/index.ts";

const word = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const text = fc.string({ maxLength: 300, unit: "grapheme" });
const ms = fc.integer({ min: 0, max: 1e12 });
const undefinable = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(item, { nil: undefined });
const envVars = fc.dictionary(
  fc.stringMatching(/^[A-Z_]{1,8}$/).filter((name) => !name.startsWith("APPENV_")),
  text,
  { maxKeys: 4, noNullPrototype: true },
);

const definition: TaskInterface = {
  inputs: [
    {
      name: "at",
      type: { kind: "union", variants: [{ kind: "datetime" }, { kind: "none", absent: true }] },
      default: { value: null },
    },
    { name: "n", type: { kind: "integer", bigint: true }, default: { value: 5n } },
    {
      name: "things",
      type: { kind: "list", of: { kind: "struct", jsonSchema: { title: "Thing", type: "object" } } },
      description: "All.",
    },
    { name: "x", type: { kind: "enum", values: ["a", "b"] }, default: { value: "b" } },
  ],
  output: { kind: "map", of: { kind: "struct", jsonSchema: { type: "array", prefixItems: [{ type: "string" }] } } },
};

const settings: fc.Arbitrary<TaskDefinition["settings"]> = fc.record({
  description: undefinable(text.filter((item) => item !== "")),
  shortName: undefinable(word),
  retries: fc.nat(10),
  backoff: undefinable(fc.record({ baseMs: ms, factor: fc.double({ min: 1, max: 10, noNaN: true }), capMs: ms })),
  maxRuntimeMs: undefinable(ms),
  maxQueuedMs: undefinable(ms),
  deadlineMs: undefinable(ms),
  cache: fc.record({
    behavior: fc.constantFrom("auto", "override", "disable"),
    version: text,
    serialize: fc.boolean(),
    ignoredInputs: fc.array(word, { maxLength: 3 }),
    salt: text,
  }),
  report: fc.boolean(),
  maxInlineBytes: fc.nat(),
  isolated: fc.boolean(),
  concurrency: undefinable(fc.nat()),
  interruptible: fc.boolean(),
});

const task: fc.Arbitrary<TaskDefinition> = fc
  .record(
    {
      environment: word,
      taskName: word,
      launch: fc.oneof(
        fc.record({
          kind: fc.constant("bundle" as const),
          uri: word,
          environment: word,
          workdir: word,
          preload: fc.array(word, { maxLength: 3 }),
        }),
        fc.record({ kind: fc.constant("image" as const), image: word, command: fc.array(word), args: fc.array(word) }),
      ),
      interface: fc.constantFrom(definition, { inputs: [], output: undefined }),
      settings,
      envVars,
      secrets: fc.array(fc.record({ key: word, group: word, envVar: word }, { requiredKeys: ["key"] }), {
        maxLength: 2,
      }),
      resources: fc.constantFrom([], [{ name: "cpu" as const, request: "1", limit: "2" }]),
      environmentConcurrency: fc.nat(),
      reusable: fc.record({ replicas: fc.nat(), concurrency: fc.nat(), idleTtlMs: ms }),
      environmentDescription: word,
    },
    {
      requiredKeys: [
        "environment",
        "taskName",
        "launch",
        "interface",
        "settings",
        "envVars",
        "secrets",
        "resources",
        "reusable",
      ],
    },
  )
  .map((item) => item as TaskDefinition);

const id = { project: "p", domain: "d", name: "env.add", version: "v1" };

function throughBytes(definitionOfTask: TaskDefinition): TaskSpec {
  return fromBinary(TaskSpecSchema, toBinary(TaskSpecSchema, toTaskSpec(id, definitionOfTask)));
}

describe("toTaskSpec", () => {
  it("keeps everything of a task", () => {
    fc.assert(
      fc.property(task, (item) => {
        expect(fromTaskSpec(throughBytes(item))).toEqual(item);
      }),
      { numRuns: 200 },
    );
  });

  it("puts what Flyte has fields for there, and the rest in one env var", () => {
    const spec = throughBytes({
      environment: "env",
      taskName: "add",
      launch: { kind: "bundle", uri: "appenv://b", environment: "env", workdir: "/w", preload: [] },
      interface: definition,
      settings: {
        description: "Adds.\nMore of it.",
        shortName: undefined,
        retries: 3,
        backoff: { baseMs: 500, factor: 2, capMs: 30_000 },
        maxRuntimeMs: 30_000,
        maxQueuedMs: 1_000,
        deadlineMs: 60_000,
        cache: { behavior: "auto", version: "h", serialize: true, ignoredInputs: ["n"], salt: "s" },
        report: true,
        maxInlineBytes: 10,
        isolated: true,
        concurrency: 2,
        interruptible: true,
      },
      envVars: { A: "1" },
      secrets: [{ key: "k", envVar: "K" }],
      resources: [{ name: "memory", request: "1Gi", limit: "1Gi" }],
      reusable: { replicas: 2, concurrency: 100, idleTtlMs: 30_000 },
    });
    expect(spec).toMatchObject({
      shortName: "add",
      environment: { name: "env" },
      documentation: { shortDescription: "Adds.", longDescription: "Adds.\nMore of it." },
      defaultInputs: [{ name: "at" }, { name: "n" }, { name: "x" }],
      taskTemplate: {
        id: { ...id },
        type: "node",
        metadata: {
          discoverable: true,
          discoveryVersion: "h",
          cacheSerializable: true,
          cacheIgnoreInputVars: ["n"],
          retries: { retries: 3, backoff: { base: { nanos: 500_000_000 }, factor: 2, cap: { seconds: 30n } } },
          timeout: { seconds: 30n },
          timeouts: { queuedTimeout: { seconds: 1n }, deadline: { seconds: 60n } },
          interruptibleValue: { case: "interruptible", value: true },
          generatesDeck: true,
        },
        target: {
          case: "container",
          value: {
            env: [
              { key: "A", value: "1" },
              { key: "APPENV_WORKDIR" },
              { key: "APPENV_PRELOAD" },
              { key: "APPENV_TASK" },
            ],
          },
        },
      },
    });
    expect(spec.taskTemplate?.interface?.inputs?.variables.map(({ key }) => key)).toEqual(["at", "n", "things", "x"]);
    expect(spec.taskTemplate?.interface?.outputs?.variables.map(({ key }) => key)).toEqual(["o0"]);
    expect(interfaceOfSpec(spec)).toStrictEqual(definition);
  });

  it("is undefined for a task of another SDK, whose interface can be read all the same", () => {
    const spec = throughBytes(fc.sample(task, { numRuns: 1, seed: 1 })[0] as TaskDefinition);
    const target = spec.taskTemplate?.target;
    if (target?.case === "container") target.value.env = [];
    spec.taskTemplate!.interface!.inputs!.variables = [];
    expect(fromTaskSpec(spec)).toBeUndefined();
    expect(interfaceOfSpec(spec).inputs).toEqual([]);
  });
});

describe("identities and phases", () => {
  it("come back as they were", () => {
    const action = { project: "p", domain: "d", run: "r", action: "a0" };
    expect(fromTaskIdentifier(toTaskIdentifier(id))).toStrictEqual(id);
    expect(fromActionIdentifier(toActionIdentifier(action))).toStrictEqual(action);
    expect(fromActionIdentifier(undefined)).toStrictEqual({ project: "", domain: "", run: "", action: "" });
  });

  it("know every phase of Flyte's", () => {
    const names = Object.values(ActionPhaseNumber).filter((name) => typeof name === "string" && name !== "UNSPECIFIED");
    expect(names.map((name) => actionPhaseName(actionPhase(name as never)))).toEqual(names);
    expect(actionPhaseName(99 as never)).toBe("QUEUED");
  });
});
