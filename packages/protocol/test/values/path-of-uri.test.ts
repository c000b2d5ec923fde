import { FlyteDir, FlyteFile } from "@appenv/core";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { decodeOutput, encodeOutput, fromLiteral, LiteralSchema, toLiteral } from "../../src/values/index.ts";

function uriOf(path: string): string {
  const { value } = toLiteral({ kind: "file" }, new FlyteFile(path)).value.value as {
    value: { value: { uri: string } };
  };
  return value.value.uri;
}

function given(uri: string) {
  return create(LiteralSchema, {
    value: { case: "scalar", value: { value: { case: "blob", value: { uri, metadata: {} } } } },
  });
}

test("a file URI of this machine is a path on both sides; other URIs stay as they are", () => {
  expect(uriOf("file:///tmp/a%20b.txt")).toBe("/tmp/a b.txt");
  expect(uriOf("s3://bucket/a%20b.txt")).toBe("s3://bucket/a%20b.txt");
  expect(uriOf("/tmp/a%20b.txt")).toBe("/tmp/a%20b.txt");
  expect(fromLiteral({ kind: "dir" }, given("file://localhost/tmp/d"))).toEqual(new FlyteDir("/tmp/d"));
  expect(fromLiteral({ kind: "file" }, given("file://other/tmp/d"))).toEqual(new FlyteFile("file://other/tmp/d"));
});

test("so it is inside a struct", () => {
  const jsonSchema = {
    type: "object",
    properties: { file: { type: "object", "x-appenv": "file" }, dir: { type: "object", "x-appenv": "dir" } },
  };
  const type = { kind: "struct", jsonSchema } as const;
  const bytes = encodeOutput(type, { file: new FlyteFile("file:///tmp/a%20b"), dir: new FlyteDir("file:///tmp") });
  expect(decodeOutput(type, bytes)).toEqual({ file: new FlyteFile("/tmp/a b"), dir: new FlyteDir("/tmp") });
});
