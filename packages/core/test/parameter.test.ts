import { expect, test } from "vitest";
import { AppEndpoint, AppEnvironment, ArtifactValue, FlyteDir, FlyteFile, Parameter, RunOutput } from "../src/index.ts";
import { expectError } from "./helpers.ts";

test("every kind of value is kept", () => {
  const values = [
    "text",
    new FlyteFile("model.bin"),
    new FlyteDir("/data"),
    new RunOutput({ type: "file", runName: "r1" }),
    new ArtifactValue({ name: "model" }),
    new AppEndpoint("backend"),
  ];
  const parameters = values.map((value, index) => ({ name: `p${index}`, value }));
  const environment = new AppEnvironment({ name: "app", parameters });
  expect(environment.parameters.map(({ value }) => value)).toEqual(values);
});

const download = (options: object) => new Parameter({ name: "p", ...options }).download;

test("files and directories are fetched by default, always with a mount; other values never", () => {
  expect(download({ value: new FlyteFile("a") })).toBe(true);
  expect(download({ value: new FlyteFile("a"), download: false })).toBe(false);
  expect(download({ value: new FlyteDir("a"), download: false, mount: "/data" })).toBe(true);
  expect(download({ value: "text" })).toBe(false);
  expect(download({ value: "text", mount: "/data" })).toBe(false);
  expect(download({ value: new AppEndpoint("backend") })).toBe(false);
});

test("ignore patterns and mount are kept", () => {
  const parameter = new Parameter({ name: "p", value: new FlyteDir("a"), mount: "/data/", ignorePatterns: ["*.tmp"] });
  expect(parameter).toMatchObject({ mount: "/data/", ignorePatterns: ["*.tmp"] });
});

const valueOf = (options: object) => new Parameter({ name: "p", ...options }).value;

test("a stated type says what a text stands for, and refuses what is of another", () => {
  expect(valueOf({ type: "file", value: "a" })).toEqual(new FlyteFile("a"));
  expect(valueOf({ type: "directory", value: "a" })).toEqual(new FlyteDir("a"));
  expect(valueOf({ type: "app_endpoint", value: "backend" })).toEqual(new AppEndpoint("backend"));
  expect(valueOf({ type: "app_endpoint", value: "http://localhost:1" })).toBe("http://localhost:1");
  expect(valueOf({ type: "string", value: new AppEndpoint("backend") })).toEqual(new AppEndpoint("backend"));
  expect(download({ type: "file" })).toBe(true);
  expect(download({ type: "string", mount: "/data" })).toBe(false);
  expect(download({ value: new RunOutput({ type: "string", runName: "r" }), mount: "/data" })).toBe(false);
  const wrong = { name: "p", type: "file", value: new FlyteDir("a") } as const;
  expectError(() => new Parameter(wrong), "INVALID_OPTION", "value of parameter 'p'", '"file"');
});

test.each([
  [{ name: "" }, "parameter name"],
  [{ name: "p", type: "number" }, "type of parameter 'p'"],
  [{ name: "p", ignorePatterns: [5] }, "ignorePatterns of parameter 'p'"],
  [{ name: "p", value: 5 }, "value of parameter 'p'"],
  [{ name: "p", value: {} }, "value of parameter 'p'"],
  [{ name: "p", envVar: "1X" }, "envVar of parameter 'p'"],
  [{ name: "p", envVar: "A-B" }, "envVar of parameter 'p'"],
  [{ name: "p", mount: 5 }, "mount of parameter 'p'"],
  [{ name: "p", ignorePatterns: "*.tmp" }, "ignorePatterns of parameter 'p'"],
])("%j is refused", (options, part) => {
  expectError(() => new Parameter(options as never), "INVALID_OPTION", part);
});

test("a name is used once", () => {
  const parameters = [{ name: "p" }, { name: "p" }];
  expectError(() => new AppEnvironment({ name: "app", parameters }), "INVALID_OPTION", "parameters", '"p"', "once");
  expectError(() => new AppEnvironment({ name: "app", parameters: {} as never }), "INVALID_OPTION", "a list");
});

test("a run output is of a run or of a task, first output by default", () => {
  expect(new RunOutput({ type: "string", runName: "r1" }).options.getter).toEqual([0]);
  const options = { type: "file", taskName: "env.task", taskVersion: "v1", getter: ["a", 1] } as const;
  expect(new RunOutput(options).options).toEqual(options);
  expectError(() => new RunOutput({ type: "dir" as never, runName: "r" }), "INVALID_OPTION", "RunOutput.type");
  expectError(() => new RunOutput({ type: "file" }), "INVALID_OPTION", "exactly one of runName and taskName");
  expectError(() => new RunOutput({ type: "file", runName: "r", taskName: "t" }), "INVALID_OPTION", "exactly one");
  expectError(() => new RunOutput({ type: "file", runName: "r", taskVersion: "v" }), "INVALID_OPTION", "taskVersion");
});

test("empty paths and names are refused", () => {
  expectError(() => new FlyteFile(""), "INVALID_OPTION", "FlyteFile");
  expectError(() => new FlyteDir(5 as never), "INVALID_OPTION", "FlyteDir is 5");
  expectError(() => new AppEndpoint(""), "INVALID_OPTION", "AppEndpoint");
  expectError(() => new ArtifactValue({ name: "" }), "INVALID_OPTION", "ArtifactValue.name");
});

test("files and directories of another copy of the package are known", async () => {
  const copy = (await import("../src/values/places.ts?copy" as string)) as {
    FlyteFile: typeof FlyteFile;
    FlyteDir: typeof FlyteDir;
  };
  const [file, dir] = [new copy.FlyteFile("a"), new copy.FlyteDir("b")];
  expect(copy.FlyteFile).not.toBe(FlyteFile);
  expect([
    file instanceof FlyteFile,
    dir instanceof FlyteDir,
    file instanceof FlyteDir,
    dir instanceof FlyteFile,
  ]).toEqual([true, true, false, false]);
  expect([null, undefined, "a", { path: "a" }].some((value) => (value as unknown) instanceof FlyteFile)).toBe(false);
});

test("so are other values of parameters", async () => {
  type Copy = Pick<typeof import("../src/index.ts"), "AppEndpoint" | "ArtifactValue" | "RunOutput">;
  const copy = (await import("../src/values/parameter-value.ts?copy" as string)) as Copy;
  const values = [
    new copy.RunOutput({ type: "string", runName: "r1" }),
    new copy.ArtifactValue({ name: "model" }),
    new copy.AppEndpoint("backend"),
  ];
  expect(copy.AppEndpoint).not.toBe(AppEndpoint);
  const types = [RunOutput, ArtifactValue, AppEndpoint];
  expect(values.map((value) => types.map((type) => (value as unknown) instanceof type))).toEqual([
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
  expect(values.map((value) => new Parameter({ name: "p", value }).type)).toEqual([
    "string",
    undefined,
    "app_endpoint",
  ]);
});
