import { afterEach, expect, test, vi } from "vitest";
import { processEnv } from "../../src/replicas/pool/process-env.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a process of the platform knows where the machine's collector is, and neither its credentials nor the platform's own", () => {
  const known = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_TRACES_SAMPLER_ARG: "0.1",
    OTEL_BSP_SCHEDULE_DELAY: "100",
  };
  const kept = {
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=secret",
    OTEL_SERVICE_NAME: "platform",
    OTEL_RESOURCE_ATTRIBUTES: "a=b",
    NODE_OPTIONS: "--no-warnings",
  };
  for (const [name, value] of Object.entries({ ...known, ...kept })) vi.stubEnv(name, value);
  const env = processEnv({ OTEL_TRACES_SAMPLER_ARG: "0.2" });
  expect(env).toMatchObject({ ...known, OTEL_TRACES_SAMPLER_ARG: "0.2" });
  expect(Object.keys(env).filter((name) => name in kept)).toEqual([]);
});
