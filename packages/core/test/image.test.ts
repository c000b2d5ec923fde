import { describe, expect, test } from "vitest";
import { AppEnvironment, Image, type NodeImageOptions } from "../src/index.ts";
import { expectError } from "./helpers.ts";

describe("Image.fromNode", () => {
  test("a definition has an order of its own, so that the order of the options is no change", () => {
    const one = Image.fromNode({
      node: "24.18.1",
      npm: ["sharp@0.34.5", "@img/x@1.0.0-rc.1"],
      envVars: { B: "2", A: "1" },
    });
    const other = Image.fromNode({ node: "24.18.1" })
      .withEnvVars({ A: "1" })
      .withEnvVars({ B: "2" })
      .withNpmPackages("@img/x@1.0.0-rc.1")
      .withNpmPackages("sharp@0.34.5", "sharp@0.34.5");
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    expect(one.definition).toEqual({
      base: "docker.io/library/node:24.18.1-bookworm-slim",
      npm: ["@img/x@1.0.0-rc.1", "sharp@0.34.5"],
      apt: [],
      envVars: { A: "1", B: "2" },
      name: "appenv",
      platforms: ["linux/amd64"],
    });
  });

  test("additions make a new image, and one by reference is the base of it", () => {
    const plain = new Image("registry.example.com:5000/team/base:1");
    const more = plain.withAptPackages("ffmpeg", "g++").withRegistry("registry.example.com/team");
    expect(plain.reference).toBe("registry.example.com:5000/team/base:1");
    expect(more.reference).toBeUndefined();
    expect(more.definition).toMatchObject({
      base: plain.reference,
      apt: ["ffmpeg", "g++"],
      registry: "registry.example.com/team",
    });
    expect(new AppEnvironment({ name: "app", image: more }).image).toBe(more);
  });

  test.each<[NodeImageOptions, string]>([
    [{ npm: ["sharp"] }, "an item of npm"],
    [{ npm: ["sharp@^0.34.5"] }, "an item of npm"],
    [{ npm: ["--registry=http://evil@1.0.0"] }, "an item of npm"],
    [{ npm: ["a@1.0.0; rm -rf /"] }, "an item of npm"],
    [{ npm: ["a@1.0.0", "a@1.0.1"] }, "npm has 'a' twice"],
    [{ npm: ["@a/b@1.0.0", "@a/b@1.0.1"] }, "npm has '@a/b' twice"],
    [{ apt: ["curl", "curl=1.2"] }, "apt has 'curl' twice"],
    [{ apt: ["curl-"] }, "an item of apt"],
    [{ apt: ["-o=Debug"] }, "an item of apt"],
    [{ apt: ["curl $(id)"] }, "an item of apt"],
    [{ node: "latest" }, "node"],
    [{ node: "24", base: "node:24" }, "node"],
    [{ base: "node:24\nRUN id" }, "base"],
    [{ base: "node:$TAG" }, "base"],
    [{ envVars: { A: "1\nRUN id" } }, "envVars.A"],
    [{ envVars: { "A=1 B": "2" } }, "a name in envVars"],
    [{ name: "Team" }, "name"],
    [{ registry: "https://registry.example.com" }, "registry"],
    [{ platforms: ["windows/amd64" as never] }, "an item of platforms"],
    [{ pip: ["numpy"] } as never, "has no option 'pip'"],
  ])("%j is refused", (options, part) => {
    expectError(() => Image.fromNode(options), "INVALID_OPTION", part);
  });
});
