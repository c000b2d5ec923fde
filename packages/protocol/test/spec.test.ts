import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AppSchema,
  fromSpec,
  K8sPodSchema,
  SpecSchema,
  toSpec,
  type AppDefinition,
  type AppLaunch,
} from "../src/index.ts";

const word = fc.string({ minLength: 1, maxLength: 20 });
const words = fc.array(word, { maxLength: 4 });
const quantity = fc.constantFrom("1", "500m", "512Mi", "2Gi");
const path = fc.constantFrom("/srv/app", "/home/a b/ü");
const url = fc.constantFrom("file:///srv/a.js", "file:///srv/b%20c.mjs");
const milliseconds = fc.integer({ min: 0, max: 3_600_000 });

const launch: fc.Arbitrary<AppLaunch> = fc.oneof(
  fc.record({
    kind: fc.constant("bundle" as const),
    uri: word,
    environment: word,
    workdir: path,
    preload: fc.array(url, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("image" as const), image: word, command: words, args: words }),
);

const definition: fc.Arbitrary<AppDefinition> = fc.record(
  {
    description: word,
    type: word,
    launch,
    port: fc.integer({ min: 1, max: 65_535 }),
    portName: fc.constant("h2c"),
    envVars: fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/), fc.string()),
    secrets: fc.array(fc.record({ key: word, group: word, envVar: word }, { requiredKeys: ["key"] }), { maxLength: 3 }),
    resources: fc
      .tuple(
        fc.uniqueArray(
          fc.oneof(
            fc.record({
              name: fc.constantFrom("cpu" as const, "memory" as const, "disk" as const),
              request: quantity,
              limit: quantity,
            }),
            fc.record(
              {
                name: fc.constant("gpu" as const),
                request: quantity,
                limit: quantity,
                device: fc.constantFrom("A100", "nvidia-h100"),
              },
              { requiredKeys: ["name", "request", "limit"] },
            ),
          ),
          { selector: ({ name }) => name },
        ),
        fc.constantFrom([], [{ name: "shm" as const, request: "1Gi", limit: "1Gi" }]),
      )
      .map((parts) => parts.flat()),
    replicas: fc.record({ min: fc.integer({ min: 0, max: 9 }), max: fc.integer({ min: 9, max: 99 }) }),
    metric: fc.oneof(
      fc.record({ concurrency: fc.integer({ min: 1, max: 1000 }) }),
      fc.record({ requestRate: fc.integer({ min: 1, max: 1000 }) }),
    ),
    scaledownAfterMs: milliseconds,
    requestTimeoutMs: milliseconds,
    requiresAuth: fc.boolean(),
    links: fc.array(fc.record({ path: word, title: word, isRelative: fc.boolean() }), { maxLength: 3 }),
    subdomain: word,
    customDomain: word,
    clusterPool: word,
    parameters: fc.array(
      fc.record(
        {
          name: word,
          type: fc.constantFrom("string" as const, "file" as const, "directory" as const, "app_endpoint" as const),
          value: fc.string(),
          public: fc.constant(true),
          envVar: fc.stringMatching(/^[A-Z]{1,8}$/),
          download: fc.boolean(),
          mount: path,
          ignorePatterns: fc.array(word, { minLength: 1, maxLength: 3 }),
        },
        { requiredKeys: ["name", "type", "value", "download"] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    traffic: fc.record(
      {
        latest: fc.integer({ min: 0, max: 100 }),
        sticky: fc.oneof(fc.constantFrom("cookie" as const, "none" as const), fc.record({ header: word })),
        rollback: fc.record({
          errorRate: fc.double({ min: 0, max: 0.99, noNaN: true }).map((rate) => Math.abs(rate)),
          minRequests: fc.nat(),
          windowMs: milliseconds,
          watchMs: milliseconds,
        }),
      },
      { requiredKeys: ["latest", "sticky"] },
    ),
    desiredState: fc.constantFrom("active" as const, "stopped" as const),
  },
  {
    requiredKeys: [
      "launch",
      "port",
      "envVars",
      "secrets",
      "resources",
      "replicas",
      "requiresAuth",
      "links",
      "clusterPool",
      "desiredState",
    ],
  },
);

describe("toSpec and fromSpec", () => {
  test("give every definition back, also over the wire", () => {
    fc.assert(
      fc.property(definition, (app) => {
        const wire = toBinary(SpecSchema, toSpec(app, "name"));
        expect(fromSpec(fromBinary(SpecSchema, wire))).toEqual(app);
      }),
    );
  });

  const simple: AppDefinition = {
    launch: { kind: "image", image: "registry/app:1", command: [], args: [] },
    port: 8080,
    envVars: {},
    secrets: [],
    resources: [],
    replicas: { min: 0, max: 1 },
    requiresAuth: true,
    links: [],
    clusterPool: "default",
    desiredState: "active",
  };

  test("cut the description to what Flyte allows, never inside a character", () => {
    const { profile } = toSpec({ ...simple, description: `${"x".repeat(99)}😀 and more`, type: "Fastify" }, "my-app");
    expect(profile).toMatchObject({ type: "Fastify", name: "my-app", shortDescription: "x".repeat(99) });
  });

  test("say whether anyone may call it", () => {
    expect(toSpec(simple).securityContext?.allowAnonymous).toBe(false);
    expect(toSpec({ ...simple, requiresAuth: false }).securityContext?.allowAnonymous).toBe(true);
  });

  test("put what a replica needs into words and env", () => {
    const spec = toSpec({
      ...simple,
      launch: { kind: "bundle", uri: "bundles/1.mjs", environment: "env", workdir: "/srv", preload: ["file:///a.js"] },
      envVars: { MODE: "test" },
    });
    expect(spec.appPayload.value).toMatchObject({
      image: "",
      command: [],
      args: ["appenv-replica", "--bundle", "bundles/1.mjs", "--environment", "env"],
      env: [
        { key: "MODE", value: "test" },
        { key: "APPENV_WORKDIR", value: "/srv" },
        { key: "APPENV_PRELOAD", value: '["file:///a.js"]' },
      ],
      ports: [{ containerPort: 8080 }],
    });
  });

  test.each([
    "no JSON",
    "{}",
    '[{"name":"p"},{"name":"p","type":"other","value":"v"},null,7]',
    '[{"name":"p","type":"file","value":"v","mount":7}]',
  ])("take parameters that cannot be read for none: %s", (value) => {
    const read = fromSpec(toSpec({ ...simple, envVars: { APPENV_PARAMETERS: value } }));
    expect([read.parameters, read.envVars]).toEqual([undefined, {}]);
  });

  test("take env vars with any name, and none for a prototype", () => {
    const envVars = JSON.parse('{"__proto__":"1","constructor":"2"}') as Record<string, string>;
    const read = fromSpec(toSpec({ ...simple, envVars }));
    expect(Object.entries(read.envVars)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
    expect(Object.getPrototypeOf(read.envVars)).toBe(Object.prototype);
  });

  test("read what Flyte's Python SDK writes", () => {
    // As `AppEnvironment(name="plain", image="python:3.13", command="python -m http.server", resources=(1, 2))` is sent.
    const { spec } = create(AppSchema, {
      spec: {
        appPayload: {
          case: "container",
          value: {
            image: "python:3.13",
            command: ["python", "-m", "http.server"],
            env: [{ key: "LOG_LEVEL", value: "30" }],
            ports: [{ containerPort: 8000, name: "http" }],
            resources: { requests: [{ name: 1, value: "1" }], limits: [{ name: 3, value: "1Gi" }] },
          },
        },
        securityContext: { allowAnonymous: true, secrets: [{ group: "g", key: "k", mountRequirement: 2 }] },
        desiredState: 3,
      },
    });
    expect(spec && fromSpec(spec)).toEqual({
      launch: { kind: "image", image: "python:3.13", command: ["python", "-m", "http.server"], args: [] },
      port: 8000,
      portName: "http",
      envVars: { LOG_LEVEL: "30" },
      secrets: [{ key: "k", group: "g" }],
      resources: [
        { name: "cpu", request: "1", limit: "1" },
        { name: "memory", request: "1Gi", limit: "1Gi" },
      ],
      replicas: { min: 0, max: 1 },
      requiresAuth: false,
      links: [],
      clusterPool: "default",
      desiredState: "active",
    });
  });

  test("read the app's container of a pod", () => {
    const pod = create(K8sPodSchema, {
      primaryContainerName: "app",
      podSpec: {
        containers: [
          { name: "sidecar", image: "sidecar:1" },
          {
            name: "app",
            image: "app:1",
            args: ["serve"],
            env: [{ name: "A", value: "1" }],
            ports: [{ containerPort: 81 }],
          },
        ],
      },
    });
    const read = fromSpec(create(SpecSchema, { appPayload: { case: "pod", value: pod } }));
    expect(read).toMatchObject({
      launch: { kind: "image", image: "app:1", args: ["serve"] },
      envVars: { A: "1" },
      port: 81,
    });
  });
});
