import { create, toBinary } from "@bufbuild/protobuf";
import { encode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskInterface } from "@appenv/core/internal";
import {
  cacheKey,
  childName,
  encodeInputs,
  InputsSchema,
  inputsHash,
  type ChildParts,
} from "../../src/values/index.ts";

const struct = { kind: "struct", jsonSchema: {} } as const;
const definition: TaskInterface = {
  inputs: [
    { name: "m", type: { kind: "map", of: { kind: "integer" } } },
    { name: "s", type: struct },
    { name: "x", type: { kind: "integer" } },
  ],
  output: undefined,
};
const inputs = encodeInputs(definition, { m: { a: 1, b: 2 }, s: { c: [1], d: { e: 1, f: 2 } }, x: 1 });

function hashOf(type: TaskInterface["inputs"][number]["type"], value: unknown): string {
  return inputsHash(encodeInputs({ inputs: [{ name: "x", type }], output: undefined }, { x: value }));
}

describe("inputsHash", () => {
  it("does not depend on the order of inputs and keys, whoever wrote them", () => {
    const foreign = encode({ d: { f: 2, e: 1 }, c: [1] });
    const literals = [
      {
        name: "x",
        value: {
          value: {
            case: "scalar",
            value: { value: { case: "primitive", value: { value: { case: "integer", value: 1n } } } },
          },
        },
      },
      {
        name: "s",
        value: {
          value: { case: "scalar", value: { value: { case: "binary", value: { value: foreign, tag: "msgpack" } } } },
        },
      },
      {
        name: "m",
        value: {
          value: {
            case: "map",
            value: {
              literals: Object.fromEntries(
                [
                  ["b", 2n],
                  ["a", 1n],
                ].map(([key, value]) => [
                  key,
                  {
                    value: {
                      case: "scalar",
                      value: { value: { case: "primitive", value: { value: { case: "integer", value } } } },
                    },
                  },
                ]),
              ),
            },
          },
        },
      },
    ];
    const bytes = toBinary(InputsSchema, create(InputsSchema, { literals } as never));
    expect(inputsHash(bytes)).toBe(inputsHash(inputs));
  });

  it("differs when a value differs, and only then", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(!JSON.stringify([one, other]).includes("__proto__"));
        const [first, second] = [one, other].map((value) => inputsHash(encodeStructInput(value)));
        const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(first === second).toBe(isSame);
      }),
      { numRuns: 300 },
    );
  });

  it("tells types apart", () => {
    const hashes = [
      hashOf({ kind: "integer" }, 1),
      hashOf({ kind: "float" }, 1),
      hashOf({ kind: "string" }, "1"),
      hashOf({ kind: "boolean" }, true),
      hashOf({ kind: "list", of: { kind: "integer" } }, [1]),
      hashOf(struct, 1),
      hashOf({ kind: "duration" }, 1),
      hashOf({ kind: "datetime" }, new Date(1_000)),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("leaves out ignored inputs", () => {
    const other = encodeInputs(definition, { m: { a: 1, b: 2 }, s: { c: [1], d: { e: 1, f: 2 } }, x: 2 });
    expect(inputsHash(inputs)).not.toBe(inputsHash(other));
    expect(inputsHash(inputs, ["x"])).toBe(inputsHash(other, ["x"]));
  });
});

function encodeStructInput(value: unknown): Uint8Array {
  return encodeInputs({ inputs: [{ name: "s", type: struct }], output: undefined }, { s: value });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return { object: entries.toSorted(([one], [other]) => (one < other ? -1 : 1)) };
}

describe("childName", () => {
  const text = fc.string({ maxLength: 10 });
  const parts = fc.record({
    parent: text,
    place: text,
    kind: fc.constantFrom("task", "trace", "condition"),
    what: text,
    inputsHash: text,
    group: text,
    occurrence: fc.nat(),
  });

  it("is 30 characters of a-z and 0-9, the first a letter, and always the same", () => {
    fc.assert(
      fc.property(parts, (child) => {
        const name = childName(child);
        expect(name).toMatch(/^[a-z][a-z0-9]{29}$/);
        const reordered = Object.fromEntries(Object.entries(child).toReversed()) as unknown as ChildParts;
        expect(childName(reordered)).toBe(name);
      }),
    );
  });

  it("differs for different children", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(parts, { minLength: 200, maxLength: 200, selector: (child) => JSON.stringify(child) }),
        (children) => {
          expect(new Set(children.map((child) => childName(child))).size).toBe(children.length);
        },
      ),
      { numRuns: 10 },
    );
  });

  it("does not collide among 50,000 children", () => {
    const child = { parent: "a0", place: "", kind: "task", what: "e.t", inputsHash: "h", group: "" };
    const names = new Set(Array.from({ length: 50_000 }, (_, occurrence) => childName({ ...child, occurrence })));
    expect(names.size).toBe(50_000);
  });

  it("does not take the end of one part for the beginning of the next", () => {
    const child = { place: "", kind: "task", inputsHash: "h", group: "", occurrence: 0 };
    expect(childName({ ...child, parent: "a", what: "bc" })).not.toBe(childName({ ...child, parent: "ab", what: "c" }));
  });

  it("stays the same in later versions: runs on disk are replayed by it", () => {
    const child = { parent: "a0", place: "", kind: "task", what: "e.t", inputsHash: "x", group: "", occurrence: 0 };
    expect(childName(child)).toBe("wdtrd8g5zvzuphwz6b2qba34wflrpg");
  });
});

describe("cacheKey", () => {
  const cache = { behavior: "auto", version: "1", serialize: false, ignoredInputs: [], salt: "" } as const;
  const parts = { task: { project: "p", domain: "d", name: "e.t" }, interface: definition, cache, inputs };
  const key = cacheKey(parts);

  it.each([
    ["the task", { task: { ...parts.task, name: "e.u" } }],
    ["the project", { task: { ...parts.task, project: "q" } }],
    ["the interface", { interface: { ...definition, output: { kind: "none" } as const } }],
    ["the version", { cache: { ...cache, version: "2" } }],
    ["the salt", { cache: { ...cache, salt: "s" } }],
    ["the inputs", { inputs: encodeInputs(definition, { m: {}, s: 1, x: 1 }) }],
  ])("changes with %s", (_what, change) => {
    expect(cacheKey({ ...parts, ...change })).not.toBe(key);
  });

  it("does not change with what does not matter to a result", () => {
    expect(cacheKey({ ...parts, cache: { ...cache, serialize: true } })).toBe(key);
    const ignoring = { ...cache, ignoredInputs: ["x"] };
    const other = encodeInputs(definition, { m: { a: 1, b: 2 }, s: { c: [1], d: { e: 1, f: 2 } }, x: 9 });
    expect(cacheKey({ ...parts, cache: ignoring, inputs: other })).toBe(cacheKey({ ...parts, cache: ignoring }));
  });
});
