import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Image } from "@appenv/core";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { dockerfileOf } from "../../src/image/dockerfile.ts";
import { imageReference, resolveImage } from "../../src/image/resolve-image.ts";
import { errorOf } from "../support/error-of.ts";

const image = Image.fromNode({ npm: ["sharp@0.34.5"], apt: ["ffmpeg"], envVars: { GREETING: 'say "$HOME"\\' } });

afterEach(() => vi.unstubAllEnvs());

/** A registry with Docker's token scheme: it has the tags of `has`, and shows them to `ada` alone. */
async function startRegistry(has: Set<string>): Promise<string> {
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    const at = `http://${request.headers.host}`;
    const { pathname, searchParams } = new URL(request.url ?? "", at);
    if (pathname === "/token") {
      const isAda = authorization === `Basic ${Buffer.from("ada:secret").toString("base64")}`;
      const isMeant =
        searchParams.get("service") === "test" && /^repository:team\/.+:pull$/.test(searchParams.get("scope") ?? "");
      response.writeHead(isAda && isMeant ? 200 : 401).end(JSON.stringify({ token: "pull-token" }));
    } else if (authorization !== "Bearer pull-token") {
      response.writeHead(401, { "www-authenticate": `Bearer realm="${at}/token",service="test"` }).end();
    } else response.writeHead(has.has(pathname.split("/").at(-1) ?? "") ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Programs on a PATH of their own that note their arguments and the Dockerfile, and fail where the arguments match `failing`. */
function programs(
  names: readonly string[],
  failing = "nothing",
): { readonly calls: () => string[]; readonly dockerfile: () => string } {
  const folder = tempDirectory();
  for (const name of names) {
    const file = join(folder, name);
    const script = [
      `#!${process.execPath}`,
      `import { appendFileSync, copyFileSync } from "node:fs";`,
      `const args = process.argv.slice(2), words = args.join(" ");`,
      `appendFileSync(${JSON.stringify(join(folder, "calls"))}, ${JSON.stringify(`${name} `)} + words.replace(/\\S*appenv-image-\\w+/g, "DIR") + "\\n");`,
      `const at = args.indexOf("--file");`,
      `if (at !== -1) copyFileSync(args[at + 1], ${JSON.stringify(join(folder, "Dockerfile"))});`,
      `if (new RegExp(${JSON.stringify(failing)}).test(words)) { console.error("step 1\\ndenied: no access"); process.exit(1); }`,
    ];
    // Node takes a file without an ending for a module by the nearest manifest.
    writeFileSync(file, script.join("\n"));
    chmodSync(file, 0o755);
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  vi.stubEnv("PATH", folder);
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
  return { calls: () => read("calls").trim().split("\n"), dockerfile: () => read("Dockerfile") };
}

function logIn(host: string): void {
  const folder = tempDirectory();
  mkdirSync(folder, { recursive: true });
  const auth = Buffer.from("ada:secret").toString("base64");
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  vi.stubEnv("DOCKER_CONFIG", folder);
}

test("the Dockerfile quotes env vars and ends with a user that is not root", () => {
  expect(dockerfileOf(image.definition!)).toBe(`FROM docker.io/library/node:24-bookworm-slim
USER 0:0
RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ffmpeg \\
 && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /opt/appenv \\
 && npm install --prefix /opt/appenv --no-audit --no-fund --no-update-notifier --cache /tmp/npm sharp@0.34.5 \\
 && ln -s /opt/appenv/node_modules / \\
 && rm -rf /tmp/npm
ENV GREETING="say \\"\\$HOME\\"\\\\"
USER 1000:1000
`);
});

describe("resolveImage", () => {
  test("an image by reference is that reference", async () => {
    expect(await resolveImage(new Image("registry.example.com/app:1"))).toBe("registry.example.com/app:1");
  });

  test("it builds and pushes once, and not at all when the registry has the tag", async () => {
    const has = new Set<string>();
    const host = await startRegistry(has);
    logIn(host);
    const { calls, dockerfile } = programs(["docker"], "^buildx version");
    const there = image.withRegistry(`${host}/team`);
    const reference = await imageReference(there);
    expect(reference).toMatch(/^127\.0\.0\.1:\d+\/team\/appenv:[0-9a-f]{20}$/);
    expect(await Promise.all([resolveImage(there), resolveImage(there)])).toEqual([reference, reference]);
    const build = [
      "docker version",
      `docker build --platform linux/amd64 --tag ${reference} --file DIR/Dockerfile DIR`,
    ];
    expect(calls()).toEqual(["docker buildx version", ...build, `docker push ${reference}`]);
    expect(dockerfile()).toBe(dockerfileOf(there.definition!));
    has.add(reference.split(":").at(-1)!);
    const said: string[] = [];
    expect(await resolveImage(there, { onProgress: (line) => said.push(line) })).toBe(reference);
    expect(said).toEqual([`The image ${reference} is in the registry.`]);
    expect(calls()).toHaveLength(4);
  });

  test("other definitions have other tags", async () => {
    vi.stubEnv("FLYTE_IMAGE_REGISTRY", "registry.example.com/team");
    const others = [
      image,
      image.withEnvVars({ GREETING: "hi" }),
      image.withNpmPackages("ws@8.18.0"),
      Image.fromNode({ platforms: ["linux/arm64"] }),
    ];
    const references = await Promise.all(others.map(imageReference));
    expect(new Set(references).size).toBe(4);
  });

  test.each([
    [
      "buildx",
      "docker",
      ["buildx build --platform linux/amd64,linux/arm64 --tag REF --push --file DIR/Dockerfile DIR"],
    ],
    [
      "podman",
      "podman",
      [
        "build --platform linux/amd64,linux/arm64 --manifest REF --file DIR/Dockerfile DIR",
        "manifest push --all --tls-verify=false REF docker://REF",
      ],
    ],
    [
      "buildah",
      "buildah",
      [
        "build --platform linux/amd64,linux/arm64 --manifest REF --file DIR/Dockerfile DIR",
        "manifest push --all --tls-verify=false REF docker://REF",
      ],
    ],
  ])("%s builds for several machines at once", async (builder, program, expected) => {
    const host = await startRegistry(new Set());
    vi.stubEnv("FLYTE_IMAGE_BUILDER", builder);
    const { calls } = programs([program]);
    const both = Image.fromNode({ platforms: ["linux/amd64", "linux/arm64"], registry: `${host}/team` });
    const reference = await resolveImage(both);
    const seen = calls().map((line) => line.replace(`${program} `, "").replaceAll(reference, "REF"));
    expect(seen.slice(-expected.length)).toEqual(expected);
  });

  test.each([
    [
      "a push that is refused",
      "^push",
      "IMAGE_FAILED",
      "could not be pushed by docker:\nstep 1\ndenied: no access",
      "docker login",
    ],
    [
      "a build that fails",
      "^build ",
      "IMAGE_FAILED",
      "could not be built by docker:\nstep 1\ndenied: no access",
      "message",
    ],
    [
      "an engine that is not running",
      "^version",
      "NO_IMAGE_BUILDER",
      "docker does not work (denied: no access)",
      "start its engine",
    ],
  ])("%s is said", async (_, failing, code, message, fix) => {
    const host = await startRegistry(new Set());
    programs(["docker"], `${failing}|buildx`);
    const error = await errorOf(resolveImage(image.withRegistry(`${host}/team`)));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.fix).toContain(fix);
  });

  test("without a builder or a registry it says what is missing", async () => {
    programs([]);
    const error = await errorOf(resolveImage(image.withRegistry(`${await startRegistry(new Set())}/team`)));
    expect(error.message).toBe(
      "An image has to be built, and nothing here can: docker buildx is not installed; docker is not installed; podman is not installed; buildah is not installed.",
    );
    vi.stubEnv("FLYTE_ADMIN_ENDPOINT", "flyte.example.com");
    expect((await errorOf(resolveImage(image))).fix).toContain("image.registry");
    vi.stubEnv("FLYTE_ADMIN_ENDPOINT", "localhost:30080");
    expect(await imageReference(image)).toMatch(/^localhost:30000\/appenv:/);
    vi.stubEnv("FLYTE_IMAGE_BUILDER", "remote");
    expect((await errorOf(resolveImage(image))).code).toBe("UNSUPPORTED");
  });
});
