import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

// Nothing of this is AppEnv's: it is how OpenTelemetry's SDK is set up in any program. The exporter reads
// OTEL_EXPORTER_OTLP_ENDPOINT, by default http://localhost:4318, where a collector listens.
new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": process.env["OTEL_SERVICE_NAME"] ?? "shop-client" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 500 })],
}).register();
