import { context, propagation, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { expect, onTestFinished, test } from "vitest";
import { traceIds } from "../../src/index.ts";
import { runInRequest, tracedLines, tracedOutput } from "../../src/internal.ts";

const [traceId, spanId] = ["a".repeat(32), "b".repeat(16)];

/** Runs code in a span, and gives its ids. */
function inSpan(run: (ids: { trace_id: string; span_id: string }) => void): void {
  new NodeTracerProvider().register();
  onTestFinished(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });
  trace.getTracer("test").startActiveSpan("test", (span) => {
    const { traceId: trace_id, spanId: span_id } = span.spanContext();
    run({ trace_id, span_id });
    span.end();
  });
}

test("the ids are those of the active span, or of the trace that came with the request", () => {
  expect(traceIds()).toEqual({});
  const came = { identity: undefined, trace: { traceparent: `00-${traceId}-${spanId}-01` } };
  runInRequest(came, () => expect(traceIds()).toEqual({ trace_id: traceId, span_id: spanId }));
  inSpan((ids) => expect(traceIds()).toEqual(ids));
});

test("lines that are JSON objects get the ids of the active span", () => {
  inSpan((ids) => {
    const text = JSON.stringify(ids).slice(1, -1);
    expect(tracedLines('{"msg":"a"}\n')).toBe(`{"msg":"a",${text}}\n`);
    expect(tracedLines("{}")).toBe(`{${text}}`);
    expect(tracedLines('plain\n{"a":1}\r\n{"b":{"c":"}"}}\n')).toBe(
      `plain\n{"a":1,${text}}\r\n{"b":{"c":"}"},${text}}\n`,
    );
    expect(tracedOutput('{"a":1}\n')).toBe(`{"a":1,${text}}\n`);
    expect(tracedOutput('{"a":1}')).toBe('{"a":1}');
    expect(JSON.parse(tracedLines('{ "a": "x" }'))).toEqual({ a: "x", ...ids });
  });
});

test.each([
  "hello {name}\n",
  "{ name: 'shop' }\n",
  '{"a":1} and more\n',
  '{\n  "a": 1\n}\n',
  '["a"]\n',
  '{"a":',
  '{"trace_id":"mine","msg":"a"}\n',
  "",
])("other lines stay as they are: %j", (text) => {
  inSpan(() => expect(tracedLines(text)).toBe(text));
});

test("without a span all lines stay as they are", () => {
  expect(tracedLines('{"msg":"a"}\n')).toBe('{"msg":"a"}\n');
  const came = { identity: undefined, trace: { traceparent: `00-${traceId}-${spanId}-01` } };
  runInRequest(came, () => expect(tracedLines('{"msg":"a"}\n')).toBe('{"msg":"a"}\n'));
});
