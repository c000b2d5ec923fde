import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { normalizeEndpoint } from "../../src/config/endpoint.ts";
import { errorOf } from "../support/error-of.ts";
import { Project } from "../support/project.ts";

const file = (endpoint: string): string => `admin:\n  endpoint: ${endpoint}\n  insecure: true\n`;

/** Reads the configuration as if `cwd` and `home` were the only directories. */
function load(project: Project, env: NodeJS.ProcessEnv = {}, cwd = "work") {
  mkdirSync(project.path(cwd), { recursive: true });
  return loadConfig({ env, cwd: project.path(cwd), home: project.path("home") });
}

describe("loadConfig", () => {
  test("follows Flyte's search order", async () => {
    using project = new Project({
      "work/config.yaml": file("one"),
      "work/.flyte/config.yaml": file("two"),
      ".git/HEAD": "",
      ".flyte/config.yaml": file("three"),
      "uctl.yaml": file("four"),
      "flytectl.yaml": file("five"),
      "home/.union/config.yaml": file("six"),
      "home/.flyte/config.yaml": file("seven"),
    });
    const env = { UCTL_CONFIG: project.path("uctl.yaml"), FLYTECTL_CONFIG: project.path("flytectl.yaml") };
    const order = ["work/config.yaml", "work/.flyte/config.yaml", ".flyte/config.yaml", "uctl.yaml", "flytectl.yaml"];
    const found: (string | undefined)[] = [];
    for (const name of [...order, "home/.union/config.yaml", "home/.flyte/config.yaml"]) {
      found.push((await load(project, env)).endpoint);
      project.remove(name);
    }
    const numbers = ["one", "two", "three", "four", "five", "six", "seven"];
    expect(found).toEqual(numbers.map((number) => `http://${number}`));
    expect((await load(project, env)).endpoint).toBeUndefined();
  });

  test("reads every key", async () => {
    using project = new Project({
      "work/.flyte/config.yaml":
        "admin:\n  endpoint: dns:///flyte.example.com\n  insecure: false\n  insecureSkipVerify: true\n" +
        "  caCertFilePath: /ca.pem\n  authType: clientsecret\n  clientId: me\n  clientSecretEnvVar: SECRET\n" +
        "  clientSecretLocation: /secret\n  scopes: [a, b]\n  command: [get, token]\n" +
        "  proxyCommand: [get, proxy-token]\n  httpProxyURL: http://proxy.example.com\n" +
        "task:\n  project: p\n  domain: d\n  org: o\nconsole:\n  endpoint: https://console.example.com\n" +
        "image:\n  builder: podman\n  registry: registry.example.com/team\nunknown: 3\n",
    });
    expect(await load(project)).toEqual({
      file: project.path("work/.flyte/config.yaml"),
      endpoint: "https://flyte.example.com",
      insecure: false,
      insecureSkipVerify: true,
      caCertFilePath: "/ca.pem",
      authType: "ClientSecret",
      clientId: "me",
      clientSecretEnvVar: "SECRET",
      clientSecretLocation: "/secret",
      scopes: ["a", "b"],
      command: ["get", "token"],
      proxyCommand: ["get", "proxy-token"],
      httpProxyUrl: "http://proxy.example.com",
      imageBuilder: "podman",
      imageRegistry: "registry.example.com/team",
      project: "p",
      domain: "d",
      org: "o",
      consoleEndpoint: "https://console.example.com",
    });
  });

  test("lets env vars win, with and without a file", async () => {
    using project = new Project({ "work/.flyte/config.yaml": file("from-file") });
    const env = { FLYTE_ADMIN_ENDPOINT: "from-env:81", FLYTE_TASK_PROJECT: "p", FLYTE_ADMIN_CLIENT_ID: "x" };
    expect(await load(project, env)).toMatchObject({ endpoint: "http://from-env:81", project: "p", clientId: "x" });
    project.remove("work/.flyte/config.yaml");
    expect(await load(project, { ...env, FLYTE_ADMIN_INSECURE: "true" })).toMatchObject({
      endpoint: "http://from-env:81",
      insecure: true,
    });
  });

  test("configures no endpoint without admin.endpoint", async () => {
    using project = new Project({ "work/.flyte/config.yaml": "task:\n  project: p\n" });
    const config = await load(project);
    expect(config.endpoint).toBeUndefined();
    expect(config.project).toBe("p");
  });

  test("leaves another tool's config.yaml alone", async () => {
    using project = new Project({ "work/config.yaml": "server: [\n", "home/.flyte/config.yaml": file("mine") });
    expect((await load(project)).endpoint).toBe("http://mine");
  });

  test("reads a key of four parts, and takes any other for a token", async () => {
    using project = new Project({});
    const key = Buffer.from("flyte.example.com:me:secret:org").toString("base64");
    expect(await load(project, { FLYTE_API_KEY: key })).toMatchObject({
      endpoint: "https://flyte.example.com",
      authType: "ClientSecret",
      clientId: "me",
      clientSecret: "secret",
      org: "org",
    });
    expect(await load(project, { FLYTE_API_KEY: "plain-token" })).toMatchObject({ bearerToken: "plain-token" });
  });

  test("finds the platform from inside a replica", async () => {
    using project = new Project({});
    const env = {
      _U_EP_OVERRIDE: "flyte.flyte.svc:8090",
      _U_INSECURE: "true",
      FLYTE_INTERNAL_EXECUTION_PROJECT: "p",
      FLYTE_INTERNAL_EXECUTION_DOMAIN: "d",
    };
    expect(await load(project, env)).toMatchObject({
      endpoint: "http://flyte.flyte.svc:8090",
      insecure: true,
      project: "p",
      domain: "d",
    });
  });

  test("takes the key that Flyte gives to containers, and its word on certificates", async () => {
    using project = new Project({});
    const key = Buffer.from("flyte.example.com:id:secret:").toString("base64");
    const env = { _UNION_EAGER_API_KEY: key, _U_INSECURE_SKIP_VERIFY: "true", _U_EP_OVERRIDE: "flyte.flyte.svc:8090" };
    const expected = { endpoint: "https://flyte.example.com", authType: "ClientSecret", clientSecret: "secret" };
    expect(await load(project, env)).toMatchObject({ ...expected, insecureSkipVerify: true });
    expect(await load(project, { EAGER_API_KEY: key, FLYTE_API_KEY: "mine" })).toMatchObject({ bearerToken: "mine" });
  });

  test.each([
    ["admin:\n  endpoint: [\n", "is not valid YAML"],
    ["- admin\n", "must hold sections"],
    ["admin:\n  endpoint: {}\n", "admin.endpoint in "],
    ["admin:\n  insecure: maybe\n", "admin.insecure in "],
    ["admin:\n  authType: Magic\n", "one of Pkce, ClientSecret"],
    ["admin:\n  scopes: 3\n", "a list of texts"],
  ])("names file and key of %j", async (text, part) => {
    using project = new Project({ "work/.flyte/config.yaml": text });
    const error = await errorOf(load(project));
    expect(error.code).toBe("INVALID_CONFIG");
    expect(error.message).toContain(part);
    expect(error.message).toContain(project.path("work/.flyte/config.yaml"));
  });

  test("names a wrong variable", async () => {
    using project = new Project({});
    const error = await errorOf(load(project, { FLYTE_ADMIN_INSECURE: "perhaps" }));
    expect(error.message).toBe('The variable FLYTE_ADMIN_INSECURE is "perhaps", but must be true or false.');
  });
});

test.each([
  ["dns:///flyte.example.com", false, "https://flyte.example.com"],
  ["dns:///localhost:8090", true, "http://localhost:8090"],
  ["http://localhost:7070/", false, "http://localhost:7070"],
  ["flyte.example.com:443", false, "https://flyte.example.com:443"],
])("%s (insecure: %s) is %s", (endpoint, insecure, url) => {
  expect(normalizeEndpoint(endpoint, insecure)).toBe(url);
});

test.each(["", "http://", "https://a b"])("%j is no address", (endpoint) => {
  expect(() => normalizeEndpoint(endpoint)).toThrow("is no address");
});
