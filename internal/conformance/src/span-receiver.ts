import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A span as it was exported. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it begins a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** As OTLP counts them: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** `service.name` of the process. */
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** True if its status is an error. */
  readonly failed: boolean;
}

/** Spans that were received so far, and where. */
export interface SpanReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
}

interface OtlpSpan extends Omit<ReceivedSpan, "attributes" | "failed" | "service" | "startedAt" | "endedAt"> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly status?: { readonly code?: number };
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/**
 * Receives what the SDK's own exporter sends, in OTLP's JSON. It stands in for a collector, which no package registry offers
 * ready to run.
 */
export async function receiveSpans(): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { resourceSpans } = JSON.parse(await textOf(request)) as OtlpRequest;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)["service.name"]);
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push(read(span, service));
    }
    response.setHeader("content-type", "application/json").end("{}");
  };
  const server = createServer((request, response) => {
    // A process that is killed breaks off what it sends.
    take(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

function read({ attributes = [], status, ...span }: OtlpSpan, service: string): ReceivedSpan {
  const { traceId, spanId, parentSpanId = "", name, kind } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    service,
    attributes: valuesOf(attributes),
    startedAt: msOf(span.startTimeUnixNano),
    endedAt: msOf(span.endTimeUnixNano),
    failed: status?.code === 2,
  };
}

/** A number has room for microseconds, not for nanoseconds. */
function msOf(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1_000n) / 1_000;
}

function valuesOf(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** The spans of a trace as lines `service: name`, each below the one that it is under, in the order of their start. @param above - Default: the trace's begin. */
export function spanTree(
  spans: readonly ReceivedSpan[],
  trace: string,
  above: string = "",
  depth: number = 0,
): string[] {
  return spans
    .filter(({ traceId, parentSpanId }) => traceId === trace && parentSpanId === above)
    .toSorted((one, other) => one.startedAt - other.startedAt)
    .flatMap((span) => [
      `${"  ".repeat(depth)}${span.service}: ${span.name}`,
      ...spanTree(spans, trace, span.spanId, depth + 1),
    ]);
}
