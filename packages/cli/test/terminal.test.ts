import { stripVTControlCharacters } from "node:util";
import { AppEnvError } from "@appenv/core";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createOutput } from "../src/output/output.ts";
import { appLine, printLines } from "../src/output/logs.ts";
import { errorFormat, reportError } from "../src/output/report-error.ts";
import { table } from "../src/output/table.ts";

const evil = "\u001B]0;owned\u0007\u001B[2J\u009B\u202E";

/** Collects the output to stdout and stderr while both are a terminal or neither is. */
function written(isTTY: boolean): () => string {
  const before = [process.stdout, process.stderr].map((stream) => [stream, stream.isTTY] as const);
  const texts: string[] = [];
  for (const [stream] of before) {
    stream.isTTY = isTTY;
    vi.spyOn(stream, "write").mockImplementation((text) => texts.push(String(text)) > 0);
  }
  onTestFinished(() => {
    for (const [stream, value] of before) stream.isTTY = value;
  });
  return () => texts.join("");
}

afterEach(() => void vi.restoreAllMocks());

async function writeAll(json: boolean): Promise<void> {
  const output = createOutput({ json });
  const entry = { timestamp: undefined, replica: "r1", message: evil, stream: "app" } as const;
  async function* entries(): AsyncGenerator<typeof entry> {
    yield entry;
  }
  await printLines(entries(), appLine, output, new AbortController().signal);
  output.result({ name: evil }, table(["NAME", "MESSAGE"], [["app", evil]]));
  output.note(`It waits for '${evil}'`);
  reportError(new AppEnvError("TASK_FAILED", evil, { cause: new Error(`why ${evil}`) }), errorFormat({ json }));
}

test.each([false, true])(
  "nothing of an app is obeyed by a terminal: logs, tables, notes, errors (json: %s)",
  async (json) => {
    const text = written(true);
    await writeAll(json);
    const own = stripVTControlCharacters(text()).replaceAll("\n", "");
    expect(own).not.toMatch(/[\p{Cc}\u202E]/u);
    expect(own).toContain(json ? "\\u001b]0;owned\\u0007" : "\\x1B]0;owned\\x07");
  },
);

test("piped output is as the app wrote it", async () => {
  const text = written(false);
  await writeAll(false);
  expect(text()).toContain(`r1  ${evil}`);
});

test("a cell of a table is one line, as wide as it is shown", () => {
  written(true);
  const [, first, second] = table(
    ["NAME", "MESSAGE"],
    [
      ["a\nb", "one"],
      ["\u0007", "two"],
    ],
  ).split("\n");
  expect([first, second]).toEqual(["a b   one", "\\x07  two"]);
});
