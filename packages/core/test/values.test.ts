import { describe, expect, test } from "vitest";
import { AppEnvironment, Domain, Image, Resources, Secret, Timeouts } from "../src/index.ts";
import { quantityValue } from "../src/internal.ts";
import { expectError } from "./helpers.ts";

const withOption = (options: object) => () => new AppEnvironment({ name: "app", ...options });

describe("resources", () => {
  test("amounts are kept as written, alone or as request and limit", () => {
    const resources = new Resources({ cpu: [1, "2"], memory: "512Mi", gpu: "A100:1", disk: "10Gi", shm: "1Gi" });
    expect(resources).toEqual({ cpu: [1, "2"], memory: "512Mi", gpu: "A100:1", disk: "10Gi", shm: "1Gi" });
  });

  test.each([
    ["cpu", "much"],
    ["cpu", 0],
    ["memory", "512MB"],
    ["memory", ["1Gi", "no"]],
    ["disk", "big"],
    ["shm", "-1Gi"],
    ["gpu", "A100"],
  ])("%s of %j is refused", (option, value) => {
    expectError(() => new Resources({ [option]: value } as never), "INVALID_OPTION", `resources.${option}`);
  });

  test.each([
    ["500m", 0.5],
    ["2", 2],
    ["1Ki", 1024],
    ["512Mi", 536_870_912],
    ["1.5G", 1_500_000_000],
  ])("%s is %d", (text, value) => {
    expect(quantityValue(text, "memory")).toBe(value);
  });

  test("resources must be an object", () => {
    expectError(withOption({ resources: "1" }), "INVALID_OPTION", 'resources is "1"');
  });
});

describe("secrets", () => {
  test("the env var is made of group and key", () => {
    expect(new Secret({ key: "api-key" }).envVar).toBe("API_KEY");
    expect(new Secret({ group: "my-db", key: "password" }).envVar).toBe("MY_DB_PASSWORD");
    expect(new Secret({ key: "token", asEnvVar: "GH_TOKEN" }).envVar).toBe("GH_TOKEN");
  });

  test("a mounted secret has no env var, unless one is named", () => {
    const mount = "/etc/flyte/secrets";
    expect(new Secret({ key: "cert", mount })).toMatchObject({ mount, envVar: undefined });
    expect(new Secret({ key: "cert", mount, asEnvVar: "CERT" }).envVar).toBe("CERT");
  });

  test("a key, a secret and a list of either are taken", () => {
    expect(Secret.listFrom(undefined)).toEqual([]);
    expect(Secret.listFrom("a").map(({ key }) => key)).toEqual(["a"]);
    const list = Secret.listFrom(["a", { key: "b" }, new Secret({ key: "c" })]);
    expect(list.map(({ key }) => key)).toEqual(["a", "b", "c"]);
  });

  test.each([
    [{ key: "" }, "secret key"],
    [{ key: "a b" }, "secret key"],
    [{ key: "a", asEnvVar: "lower" }, "asEnvVar of secret 'a'"],
    [{ key: "1st" }, "asEnvVar of secret '1st'"],
    [{ key: "a", group: "b c" }, "asEnvVar of secret 'a'"],
    [{ key: "a", mount: "/tmp" }, "/etc/flyte/secrets"],
    [5, "secrets"],
  ])("%j is refused", (secret, part) => {
    expectError(withOption({ secrets: [secret] }), "INVALID_OPTION", part);
  });
});

describe("timeouts", () => {
  test.each([
    [undefined, undefined],
    [0, 0],
    [30, 30_000],
    ["1h", 3_600_000],
  ])("request %s is %s ms", (request, ms) => {
    expect(new Timeouts(request === undefined ? {} : { request }).requestMs).toBe(ms);
  });

  test("more than an hour and less than nothing are refused", () => {
    expectError(() => new Timeouts({ request: 3601 }), "INVALID_OPTION", "timeouts.request", "3601", "at most 1 hour");
    expectError(() => new Timeouts({ request: -1 }), "INVALID_DURATION", "timeouts.request", "-1");
  });
});

describe("domain", () => {
  test("labels and host names are kept", () => {
    const domain = new Domain({ subdomain: "hello", customDomain: "hello.example.com" });
    expect(domain).toEqual({ subdomain: "hello", customDomain: "hello.example.com" });
  });

  test.each([
    [{ subdomain: "a.b" }, "domain.subdomain"],
    [{ subdomain: "-a" }, "domain.subdomain"],
    [{ subdomain: 5 }, "domain.subdomain"],
    [{ customDomain: "localhost" }, "domain.customDomain"],
    [{ customDomain: "a..b" }, "domain.customDomain"],
    ["hello", "domain"],
  ])("%j is refused", (domain, part) => {
    expectError(withOption({ domain }), "INVALID_OPTION", part);
  });
});

describe("image", () => {
  test("auto, a reference and an image are taken", () => {
    expect(Image.from("auto")).toBe("auto");
    expect(Image.from("example.com/app:1")).toEqual({ reference: "example.com/app:1" });
    const image = new Image("app");
    expect(Image.from(image)).toBe(image);
  });

  test.each(["", "two words", 5])("%j is refused", (image) => {
    expectError(withOption({ image }), "INVALID_OPTION", "image");
  });
});

describe("links", () => {
  test("several keep their order and fields", () => {
    const links = [
      { path: "/docs", title: "Docs", isRelative: true },
      { path: "https://example.com/board", title: "Board" },
    ];
    expect(new AppEnvironment({ name: "app", links }).links).toEqual([links[0], { ...links[1], isRelative: false }]);
  });

  test.each([
    [[{ path: "/docs", title: "Docs" }], "links[0].path"],
    [[{ path: "docs", title: "Docs", isRelative: true }], "links[0].path"],
    [[{ path: "https://example.com", title: "" }], "links[0].title"],
    [[null], "links[0].title"],
    ["https://example.com", "links"],
  ])("%j is refused", (links, part) => {
    expectError(withOption({ links }), "INVALID_OPTION", part);
  });
});

describe("health", () => {
  test("the default is /health with 2 seconds for a check", () => {
    const health = { path: "/health", checks: {}, dependencies: true, timeoutMs: 2_000 };
    expect(new AppEnvironment({ name: "app" }).health).toEqual(health);
  });

  test.each([
    [{ path: "health" }, "health.path"],
    [{ path: "/health?x" }, "health.path"],
    [{ checks: { database: true } }, "health.checks.database"],
    [{ checks: null }, "health.checks"],
    [{ timeout: 0 }, "health.timeout"],
    ["/health", "health"],
  ])("%j is refused", (health, part) => {
    expectError(withOption({ health }), "INVALID_OPTION", part);
  });
});

describe("traffic", () => {
  test("without it a new revision takes over, and nothing goes back by itself", () => {
    const { traffic } = new AppEnvironment({ name: "app" });
    expect(traffic).toEqual({ latest: 100, sticky: "cookie", rollback: undefined });
  });

  test("durations are milliseconds, headers lower case, and the rest has defaults", () => {
    const { traffic } = new AppEnvironment({
      name: "app",
      traffic: { latest: 10, sticky: { header: "X-User" }, rollback: { errorRate: 0.05, window: "2m" } },
    });
    const rollback = { errorRate: 0.05, minRequests: 20, windowMs: 120_000, watchMs: 600_000 };
    expect(traffic).toEqual({ latest: 10, sticky: { header: "x-user" }, rollback });
  });

  test.each([
    [5, "traffic"],
    [{ latest: 101 }, "traffic.latest"],
    [{ latest: 0.5 }, "traffic.latest"],
    [{ latest: "10%" }, "traffic.latest"],
    [{ sticky: "ip" }, "traffic.sticky"],
    [{ sticky: { header: "x user" } }, "traffic.sticky"],
    [{ rollback: true }, "traffic.rollback"],
    [{ rollback: { errorRate: 5 } }, "traffic.rollback.errorRate"],
    [{ rollback: {} }, "traffic.rollback.errorRate"],
    [{ rollback: { errorRate: 0, minRequests: 0 } }, "traffic.rollback.minRequests"],
    [{ rollback: { errorRate: 0, window: "10ms" } }, "traffic.rollback.window"],
  ])("%j is refused", (traffic, option) => {
    expectError(withOption({ traffic }), "INVALID_OPTION", option);
  });
});

describe("limits", () => {
  test("a body may be a number of bytes or a quantity", () => {
    expect(new AppEnvironment({ name: "app" }).limits.bodyBytes).toBe(32 * 2 ** 20);
    expect(new AppEnvironment({ name: "app", limits: { body: 100 } }).limits.bodyBytes).toBe(100);
    expect(new AppEnvironment({ name: "app", limits: { body: "10Mi" } }).limits.bodyBytes).toBe(10 * 2 ** 20);
  });

  test.each([{ body: "ten" }, { body: -1 }, 5])("%j is refused", (limits) => {
    expectError(withOption({ limits }), "INVALID_OPTION", "limits");
  });
});
