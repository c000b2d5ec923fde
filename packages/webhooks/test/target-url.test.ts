import { describe, expect, test } from "vitest";
import { targetUrl } from "../src/webhook-app/endpoints/target-url.ts";

const endpoint = "http://127.0.0.1:4000/apps/shop";

describe("the address that call_app sends to", () => {
  test.each([
    ["greeting/Ada", "/apps/shop/greeting/Ada"],
    ["/greeting/Ada?x=1#part", "/apps/shop/greeting/Ada?x=1"],
    ["", "/apps/shop/"],
    ["/a%20b/..c/@host/c:d", "/apps/shop/a%20b/..c/@host/c:d"],
  ])("%j is below the app's endpoint", (path, expected) => {
    expect(targetUrl(endpoint, path, undefined).href).toBe(`http://127.0.0.1:4000${expected}`);
  });

  test.each([
    "http://169.254.169.254/latest/meta-data",
    "/http://169.254.169.254/",
    "HTTPS:evil.test",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//evil.test/x",
    "/\\evil.test/x",
    "\\\\evil.test",
    "../other",
    "/a/../../other",
    "/a/..",
    "/%2e%2e/other",
    "/..%2fother",
    "/%252e%252e%252fother",
    "/a%5c..%5cother",
    "/a\r\nX-Injected: 1",
    "/a%0d%0aX-Injected: 1",
    "/a\tb",
    "/a\0b",
    "/%",
    `/${"%25".repeat(3)}252525252525252e`,
  ])("%j is refused", (path) => {
    expect(() => targetUrl(endpoint, path, undefined)).toThrow("path must be a plain path");
  });

  test("query parameters cannot leave the query", () => {
    const { href } = targetUrl(endpoint, "/x", { "a b": "1&c=2#d", list: [1, true], object: { k: "v" } });
    expect(href).toBe(
      "http://127.0.0.1:4000/apps/shop/x?a+b=1%26c%3D2%23d&list=1&list=true&object=%7B%22k%22%3A%22v%22%7D",
    );
    expect(() => targetUrl(endpoint, "/x", "a=1")).toThrow("query_params");
  });

  test("an app without an address is not called", () => {
    expect(() => targetUrl("", "/x", undefined)).toThrow("no address");
  });
});
