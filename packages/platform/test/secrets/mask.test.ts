import { PassThrough } from "node:stream";
import type { FromReplica } from "@appenv/runtime";
import { describe, expect, test } from "vitest";
import { splitLines } from "../../src/replicas/split-lines.ts";
import { maskMessage } from "../../src/secrets/mask-message.ts";
import { alsoHiding, maskOf, type Mask } from "../../src/secrets/mask.ts";

function mask(...values: readonly string[]): Mask {
  const made = maskOf(values);
  if (made === undefined) throw new Error("nothing is masked");
  return made;
}

async function split(chunks: readonly string[], hide?: Mask): Promise<readonly string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  splitLines(
    stream,
    (some) => lines.push(...some),
    () => hide,
  );
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
  return lines;
}

describe("a mask", () => {
  test("hides every value wherever it stands, also in URLs and JSON", () => {
    const hide = mask('p"ss wörd', "other");
    expect(hide('p"ss wörd, again p"ss wörd and other')).toBe("***, again *** and ***");
    expect(hide(JSON.stringify({ key: 'p"ss wörd' }))).toBe('{"key":"***"}');
    expect(hide(`http://x/?key=${encodeURIComponent('p"ss wörd')}`)).toBe("http://x/?key=***");
    expect(hide("nothing to hide")).toBe("nothing to hide");
  });

  test("hides one more value when it has to, and stays as it is without one", () => {
    const hide = mask("first");
    expect(alsoHiding(hide, "added")?.("first added")).toBe("*** ***");
    expect(alsoHiding(hide, "added")?.longest).toBe(5);
    expect(alsoHiding(undefined, "added")?.("first added")).toBe("first ***");
    expect(alsoHiding(hide, undefined)).toBe(hide);
  });

  test("hides the longer one of two that begin alike, and takes no character for a pattern", () => {
    expect(mask("abcd", "abcdefgh")("abcdefgh abcd")).toBe("*** ***");
    expect(mask("a.*$&[")("axxx a.*$&[")).toBe("axxx ***");
  });

  test("hides a value of several lines line by line", () => {
    const hide = mask("-----BEGIN-----\r\nfirst line\nxy\n");
    expect(["-----BEGIN-----", "  first line", "xy"].map(hide)).toEqual(["***", "  ***", "xy"]);
    expect(hide(JSON.stringify("-----BEGIN-----\r\nfirst line\nxy"))).not.toContain("first");
  });

  test("leaves short values", () => {
    expect(maskOf(["abc", "", "x\ny"])).toBeUndefined();
    expect(mask("abc", "äöüß")("abc äöüß")).toBe("abc ***");
  });

  test("takes half a character of UTF-16", () => {
    expect(mask("abc\ud800def")("abc\ud800def")).toBe("***");
  });
});

describe("a message", () => {
  const hide = mask("hunter2");

  test("is masked where people read it, and nowhere else", () => {
    const error = { kind: "USER", code: "Error", message: "no hunter2", stack: "at hunter2", retryable: true } as const;
    const result = { attempt: 1, outcome: { type: "failed", error }, report: "<b>hunter2</b>", requested: ["hunter2"] };
    expect(maskMessage({ type: "results", results: [result] } as FromReplica, hide)).toEqual({
      type: "results",
      results: [
        {
          ...result,
          outcome: { type: "failed", error: { ...error, message: "no ***", stack: "at ***" } },
          report: "<b>***</b>",
        },
      ],
    });
    const lines = [{ attempt: 1, at: 5, stream: "stdout", text: "hunter2" } as const];
    expect(maskMessage({ type: "lines", lines }, hide)).toEqual({
      type: "lines",
      lines: [{ attempt: 1, at: 5, stream: "stdout", text: "***" }],
    });
    const failed: FromReplica = { type: "failed", code: "START_FAILED", message: "hunter2!", fix: "not hunter2" };
    expect(maskMessage(failed, hide)).toMatchObject({ message: "***!", fix: "not ***" });
  });

  test("hides them in what led to an error, too", () => {
    const thrown = [{ name: "Error", message: "no hunter2", cause: 1 }, { message: "for hunter2" }];
    const error = { kind: "USER", code: "Error", message: "", stack: undefined, retryable: true, thrown } as const;
    const outcome = { type: "failed", error } as const;
    const trace = { kind: "trace-result", attempt: 1, call: 1, name: "a", startedAt: 1, result: { error } } as const;
    for (const message of [
      { type: "results", results: [{ attempt: 1, outcome, report: undefined, requested: undefined }] },
      { type: "requests", requests: [trace] },
    ] as const) {
      const text = JSON.stringify(maskMessage(message, hide));
      expect(text).toContain("for ***");
      expect(text).not.toContain("hunter2");
    }
  });

  test("keeps its bytes and what belongs to the app", () => {
    const outputs = Buffer.from("hunter2");
    const done: FromReplica = {
      type: "results",
      results: [{ attempt: 1, outcome: { type: "succeeded", outputs }, report: undefined, requested: undefined }],
    };
    expect(maskMessage(done, hide)).toEqual(done);
    const question = { topic: "hunter2", payload: outputs, keep: 0 };
    const published: FromReplica = { type: "ask", call: 1, kind: "publish", question };
    expect(maskMessage(published, hide)).toBe(published);
  });

  test("that is a circle is no end", () => {
    const circle: { type: "lines"; lines: unknown[] } = { type: "lines", lines: [] };
    circle.lines.push(circle);
    expect(maskMessage(circle as FromReplica, hide)).toMatchObject({ type: "lines" });
  });
});

describe("lines", () => {
  test("are masked also where a value comes in two pieces", async () => {
    expect(await split(["a hunt", "er2 b\r\nc", " d"], mask("hunter2"))).toEqual(["a *** b", "c d"]);
    expect(await split(["a hunt", "er2 b\r\nc", " d"])).toEqual(["a hunter2 b", "c d"]);
  });

  test("that are too long are not split within a value", async () => {
    const filling = "x".repeat(70_000);
    const lines = await split([`${filling}hunt`, `er2${filling}`, "hunter2\n"], mask("hunter2"));
    expect(lines.join("")).toBe(`${filling}***${filling}***`);
    expect(lines.length).toBeGreaterThan(1);
  });
});
