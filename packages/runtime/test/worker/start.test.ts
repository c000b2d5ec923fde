import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FlyteFile } from "@appenv/core";
import { describe, expect, test } from "vitest";
import { fixture, runFile } from "../processes.ts";
import { FakePlatform, folder } from "./fake-platform.ts";
import { give, given } from "./results.ts";

describe("becoming a worker", () => {
  test("it says that it works, with env vars, directory and secrets set", async () => {
    const workdir = folder();
    const platform = await FakePlatform.start({ workdir });
    const result = await platform.run(
      "context",
      {},
      {
        run: "r7",
        action: "a5",
        attempt: 3,
        labels: { team: "red" },
        envVars: { RUN_VARIABLE: "of the run" },
      },
    );
    expect(given("context", result)).toEqual({
      ids: "p/d/r7/a5/tasks.context/3",
      label: "red",
      variable: "of the run",
      inProcess: "",
      environment: "yes",
      secret: "from the platform",
      directory: workdir,
    });
  });

  test.each([
    [{ launch: { file: "/nowhere.js", environment: "tasks" } }, "FILE_NOT_FOUND", "/nowhere.js"],
    [{ launch: { file: fixture("throwing-app.ts"), environment: "tasks" } }, "LOAD_FAILED", "this app throws"],
    [{ launch: { file: fixture("tasks.ts"), environment: "none" } }, "NO_ENVIRONMENT", "it has 'tasks', 'other'"],
    [{ workdir: "/nowhere" }, "START_FAILED", "nowhere"],
  ])("what cannot be loaded is said: %j", async (start, code, message) => {
    const platform = new FakePlatform();
    platform.work(start);
    expect(await platform.exited).toBe(1);
    const failed = platform.received.find(({ type }) => type === "failed");
    expect(failed).toMatchObject({ type: "failed", code, message: expect.stringContaining(message) });
  });

  test("an environment that the file imports and does not export is found", async () => {
    const platform = await FakePlatform.start({ launch: { file: fixture("tasks.ts"), environment: "other" } });
    const result = await platform.run("nothing");
    expect(given("nothing", result)).toBe("failed NOT_FOUND: 'other' has no task 'nothing': it has 'greet'.");
    expect(result.outcome).toMatchObject({ error: { retryable: false } });
  });

  test("attempts that come before it works are not lost", async () => {
    const platform = new FakePlatform();
    platform.work();
    expect(await give(platform, "add_one", { x: 1 })).toBe(2);
  });

  test("a replica of an app loads nothing of all this", async () => {
    const replica = fileURLToPath(new URL("../../src/replica/replica.ts", import.meta.url));
    const loaded = runFile(fixture("loaded-modules.ts"), [replica]);
    const [, text = ""] = await loaded.until(/loaded: (.*)\n/);
    expect(text).toContain("/http/ingress.ts");
    expect(text).not.toMatch(/\/protocol\/|msgpack|protobuf|src\/worker\//);
  });
});

describe("values", () => {
  test("inputs are what the schema makes of them, and defaults apply", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "transforms", { text: "ab" })).toBe("abab");
    expect(await give(platform, "transforms", { text: "ab", times: 3 })).toBe("ababab");
    expect(await give(platform, "nothing")).toBe(undefined);
  });

  test("an input that does not fit is refused and not tried again", async () => {
    const platform = await FakePlatform.start();
    const short = await platform.run("transforms", { text: "a" });
    expect(given("transforms", short)).toMatch(/^failed INVALID_INPUT: .*'tasks\.transforms'.* text: Too small/);
    expect(short.outcome).toMatchObject({ error: { kind: "USER", retryable: false } });
    const garbage = await platform.runRaw("add_one", Buffer.from("no message"));
    expect(given("add_one", garbage)).toMatch(/^failed INVALID_INPUT/);
    const wrong = await platform.run("wrong_output");
    expect(given("wrong_output", wrong)).toMatch(/^failed INVALID_OUTPUT: The output of 'tasks\.wrong_output'.*number/);
    expect(wrong.outcome).toMatchObject({ error: { retryable: false } });
    expect(await give(platform, "surprising_output")).toContain("is 5, but it is defined without an output");
  });

  test("a value that is too large is refused before it is sent", async () => {
    const platform = await FakePlatform.start();
    for (const how of ["input", "output", "trace"]) {
      const text = await give(platform, "large", { bytes: 5_000, how });
      expect(text).toMatch(/^failed PAYLOAD_TOO_LARGE: .* has 5\d+ bytes.*`maxInlineBytes` of 'tasks\.large' are 1000/);
    }
    expect(await give(platform, "large", { bytes: 1, how: "output" })).toBe("x");
  });

  test("a file is kept after its content, and opens as a plain path where it is used", async () => {
    const [workdir, objects] = [folder(), folder()];
    const platform = await FakePlatform.start({ workdir, objects });
    const first = given("makes_file", await platform.run("makes_file")) as FlyteFile;
    const again = given("makes_file", await platform.run("makes_file")) as FlyteFile;
    expect(first.path).toMatch(/\/files\/[0-9a-f]{2}\/[0-9a-f]{64}\/made\.txt$/);
    expect(first.path.startsWith(objects)).toBe(true);
    expect(again.path).toBe(first.path);
    expect(readFileSync(first.path, "utf8")).toBe("made by a task");
    writeFileSync(join(workdir, "input.txt"), "of the caller");
    expect(await give(platform, "reads_file", { file: new FlyteFile(join(workdir, "input.txt")) })).toBe(
      "of the caller",
    );
    expect(await give(platform, "passes_file")).toBe("made by a task");
    expect(await give(platform, "missing_file")).toMatch(
      /^failed INVALID_OUTPUT: The file .*nowhere\.txt cannot be given on/,
    );
  });
});
