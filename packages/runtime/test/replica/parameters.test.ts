import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  AppEndpoint,
  AppEnvironment,
  ArtifactValue,
  FlyteDir,
  FlyteFile,
  getParameter,
  type ParameterList,
  type ParameterOverrides,
} from "@appenv/core";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { startApp } from "../../src/index.ts";
import { download } from "../../src/replica/parameters/download.ts";
import { plainEnvironment } from "../helpers.ts";

const options = { port: 8080, auth: { required: false, keyHashes: [] } };
const envVar = "RUNTIME_TEST_PARAMETER";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "appenv-parameters-"));
});
afterEach(() => rm(home, { recursive: true }));

/** Parameters as a hook sees them, with the result of `look` and the env var of the test. */
async function seenBy<T>(parameters: ParameterList, given: ParameterOverrides = {}, look?: () => T | Promise<T>) {
  const environment = plainEnvironment((_request, response) => response.end(), { parameters });
  let seen: Readonly<Record<string, unknown>> = {};
  let found: T | undefined;
  let variable: string | undefined;
  environment.onStartup(async (context) => {
    seen = context.parameters;
    found = await look?.();
    variable = process.env[envVar];
  });
  const app = await startApp(environment, { ...options, parameters: given });
  await app.stop("stop", 0);
  return { seen, found, variable };
}

/** A server of files; gives its address. */
async function serveFiles(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("parameters reach hooks and env vars while the app runs; values given at the start win", async () => {
  const declared = [{ name: "model", value: "small", envVar }];
  expect(await seenBy(declared)).toMatchObject({ seen: { model: "small" }, variable: "small" });
  expect(await seenBy(declared, { model: "large" })).toMatchObject({ seen: { model: "large" }, variable: "large" });
  expect(process.env[envVar]).toBeUndefined();
});

test("a text given for another kind of value stands for one of that kind", async () => {
  await writeFile(join(home, "a.txt"), "");
  const declared = [
    { name: "file", value: new FlyteFile("/nowhere") },
    { name: "dir", type: "directory" },
    { name: "url", value: new AppEndpoint("backend") },
  ] as const;
  const { seen } = await seenBy(declared, { file: join(home, "a.txt"), dir: home, url: "http://localhost:1" });
  expect(seen).toEqual({
    file: new FlyteFile(join(home, "a.txt")),
    dir: new FlyteDir(home),
    url: "http://localhost:1",
  });
});

describe("getParameter", () => {
  test("gives texts, paths of files, and errors that say what there is", async () => {
    const given = [
      { name: "model", value: "small" },
      { name: "home", value: new FlyteDir(home) },
    ];
    const { found } = await seenBy(given, {}, () => [getParameter("model"), getParameter("home")]);
    expect(found).toEqual(["small", home]);
    const wrong = seenBy(given, {}, () => getParameter("modle"));
    await expect(wrong).rejects.toMatchObject({
      code: "NO_PARAMETER",
      message: expect.stringMatching(/'modle'.*'model', 'home'/),
    });
  });

  test("says that it was called outside of an app", () => {
    expect(() => getParameter("model")).toThrow(
      expect.objectContaining({ code: "NO_PARAMETER", message: expect.stringContaining("outside of an app") }),
    );
  });
});

describe("files and directories", () => {
  test("are used where they are, or put at their mount", async () => {
    const file = join(home, "a.txt");
    await writeFile(file, "content");
    const { seen } = await seenBy([
      { name: "there", value: new FlyteFile(pathToFileURL(file).href) },
      { name: "exact", value: new FlyteFile(file), mount: join(home, "new", "b.txt") },
      { name: "inside", value: new FlyteFile(file), mount: `${join(home, "into")}/` },
      { name: "dir", value: new FlyteDir(home) },
    ]);
    expect(seen).toEqual({
      there: new FlyteFile(file),
      exact: new FlyteFile(join(home, "new", "b.txt")),
      inside: new FlyteFile(join(home, "into", "a.txt")),
      dir: new FlyteDir(home),
    });
    expect(await readFile(join(home, "into", "a.txt"), "utf8")).toBe("content");
    expect(await readFile(join(home, "new", "b.txt"), "utf8")).toBe("content");
  });

  test("that are not downloaded are given as they were stated", async () => {
    const { seen } = await seenBy([
      { name: "remote", value: new FlyteFile("s3://bucket/file"), download: false },
      { name: "local", value: new FlyteDir("not/there"), download: false },
    ]);
    expect(seen).toEqual({ remote: new FlyteFile("s3://bucket/file"), local: new FlyteDir("not/there") });
  });

  test("of a directory, what fits the patterns is left out, with a mount and without", async () => {
    const source = join(home, "data");
    for (const path of [
      "raw/big.bin",
      "deep/raw/kept.bin",
      "node_modules/x/index.js",
      "deep/node_modules/y.js",
      "a.tmp",
      ".b.tmp",
      ".git/config",
      "logs/.old/x",
    ]) {
      await mkdir(join(source, path, ".."), { recursive: true });
      await writeFile(join(source, path), path);
    }
    await writeFile(join(source, ".hidden"), "");
    await symlink(join(source, "deep"), join(source, "link"));
    const ignorePatterns = ["*.tmp", "node_modules/", "./raw", ".git", "logs/*"];
    const kept = [".hidden", "deep", "deep/raw", "deep/raw/kept.bin", "link", "link/raw", "link/raw/kept.bin", "logs"];
    const { seen } = await seenBy(
      [
        { name: "mounted", value: new FlyteDir(source), mount: join(home, "copy"), ignorePatterns },
        { name: "elsewhere", value: new FlyteDir(source), ignorePatterns },
      ],
      {},
    );
    const { mounted, elsewhere } = seen as { mounted: FlyteDir; elsewhere: FlyteDir };
    expect(mounted.path).toBe(join(home, "copy"));
    expect(basename(elsewhere.path)).toBe("data");
    expect(elsewhere.path).not.toBe(source);
    for (const { path } of [mounted, elsewhere]) {
      expect((await readdir(path, { recursive: true })).toSorted()).toEqual(kept);
    }
    // The source is as it was.
    expect(await readdir(join(source, "raw"))).toEqual(["big.bin"]);
  });

  test("a mount that cannot be written fails before anything is fetched", async () => {
    let asked = 0;
    const url = await serveFiles((_request, response) => {
      asked += 1;
      response.end("x");
    });
    await writeFile(join(home, "in-the-way"), "");
    const starting = seenBy([
      { name: "first", value: new FlyteFile(`${url}/a.txt`), mount: `${join(home, "files")}/` },
      { name: "second", value: new FlyteFile(`${url}/b.txt`), mount: join(home, "in-the-way", "b.txt") },
    ]);
    await expect(starting).rejects.toMatchObject({
      code: "PARAMETER_FAILED",
      message: expect.stringMatching(/'second'.*in-the-way/),
    });
    expect(asked).toBe(0);
    const onFolder = seenBy([{ name: "third", value: new FlyteFile(`${url}/a.txt`), mount: home }]);
    await expect(onFolder).rejects.toMatchObject({ message: expect.stringMatching(/'third'.*which is a directory/) });
    expect(asked).toBe(0);
  });
});

describe("files at a URL", () => {
  test("are downloaded to their mount, or to a place of this process", async () => {
    const url = await serveFiles((request, response) =>
      response.end(`${request.headers.authorization} ${request.url}`),
    );
    const { seen, found } = await seenBy(
      [
        { name: "mounted", value: new FlyteFile(`${url}/models/a%20b.bin?signature=s`), mount: `${home}/` },
        { name: "elsewhere", value: new FlyteFile(url.replace("//", "//ada:pass%20word@")), envVar },
      ],
      {},
      async () => [await readFile(join(home, "a b.bin"), "utf8"), await readFile(process.env[envVar] ?? "", "utf8")],
    );
    expect(seen["mounted"]).toEqual(new FlyteFile(join(home, "a b.bin")));
    expect((seen["elsewhere"] as FlyteFile).path).toMatch(/file$/);
    const credentials = `Basic ${Buffer.from("ada:pass word").toString("base64")}`;
    expect(found).toEqual(["undefined /models/a%20b.bin?signature=s", `${credentials} /`]);
  });

  test("an encoded slash leads nowhere else", async () => {
    const url = await serveFiles((_request, response) => response.end("x"));
    const { seen } = await seenBy([
      { name: "file", value: new FlyteFile(`${url}/a/..%2F..%2Fetc%2Fpasswd`), mount: `${home}/` },
    ]);
    expect(seen).toEqual({ file: new FlyteFile(join(home, "passwd")) });
  });

  test("an answer that is an error, or breaks off, leaves what was there before, and says no secrets", async () => {
    const url = await serveFiles((request, response) => {
      if (request.url?.startsWith("/missing") === true) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": "100" }).write("half");
      response.destroy();
    });
    await writeFile(join(home, "model.bin"), "before");
    const file = (path: string) => [
      { name: "model", value: new FlyteFile(url + path), mount: join(home, "model.bin") },
    ];
    const missing: unknown = await seenBy(file("/missing?signature=secret")).catch((error: unknown) => error);
    expect(missing).toMatchObject({
      code: "PARAMETER_FAILED",
      message: expect.stringMatching(/'model'.*\/missing: the answer is 404/),
    });
    expect((missing as Error).message).not.toContain("secret");
    await expect(seenBy(file("/broken"))).rejects.toMatchObject({ code: "PARAMETER_FAILED" });
    expect(await readdir(home)).toEqual(["model.bin"]);
    expect(await readFile(join(home, "model.bin"), "utf8")).toBe("before");
  });

  test("more bytes, or a longer time, than allowed end it", async () => {
    const url = await serveFiles((request, response) => {
      if (request.url === "/stated")
        return void response.writeHead(200, { "content-length": "2000" }).end("x".repeat(2_000));
      response.write("x".repeat(2_000));
      if (request.url === "/large") response.end();
    });
    const target = join(home, "file");
    for (const path of ["/stated", "/large"]) {
      await expect(download(url + path, target, { bytes: 1_000, ms: 60_000 })).rejects.toThrow("more than 1000 bytes");
    }
    await expect(download(`${url}/never-ends`, target, { bytes: 10_000, ms: 300 })).rejects.toThrow(
      "longer than 0.3 s",
    );
    expect(await readdir(home)).toEqual([]);
  });
});

describe("endpoints of other apps", () => {
  test("come from the platform", async () => {
    vi.stubEnv("INTERNAL_APP_ENDPOINT_PATTERN", "http://{app_fqdn}.apps.test");
    vi.stubEnv("APPENV_ENDPOINTS", JSON.stringify({ shown: "http://localhost:4000" }));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { seen } = await seenBy([
      { name: "inside", value: new AppEndpoint("backend-app") },
      { name: "public", value: new AppEndpoint("shown", { public: true }) },
    ]);
    expect(seen).toEqual({ inside: "http://backend-app.apps.test", public: "http://localhost:4000" });
  });

  test("or of an app that this process serves", async () => {
    const backend = plainEnvironment((_request, response) => response.end("here"), { name: "backend" });
    const listening = await backend.listen({ port: 0, host: "127.0.0.1", handleSignals: false });
    onTestFinished(() => listening.close());
    const front = new AppEnvironment({
      name: "front",
      requiresAuth: false,
      dependsOn: [backend],
      parameters: [{ name: "url", value: new AppEndpoint("backend") }],
    });
    front.server(({ parameters }) => async (_request, response) => {
      response.end(await (await fetch(parameters.url)).text());
    });
    const served = await front.listen({ port: 0, host: "127.0.0.1", handleSignals: false });
    onTestFinished(() => served.close());
    expect(await (await fetch(served.endpoint)).text()).toBe("here");
  });
});

test.each([
  ["no value", { name: "p" }, "has no value"],
  [
    "a file that is not there",
    { name: "p", value: new FlyteFile("/nowhere/at/all") },
    "/nowhere/at/all, which is not there",
  ],
  ["a directory where a file is meant", { name: "p", value: new FlyteFile(tmpdir()) }, "which is a directory"],
  ["a file far away", { name: "p", value: new FlyteFile("s3://bucket/file") }, "nothing here fetches 's3:'"],
  ["a directory at a URL", { name: "p", value: new FlyteDir("https://example.test/d") }, "only files can be fetched"],
  ["an endpoint without a platform", { name: "p", value: new AppEndpoint("backend") }, "was not told where"],
])("a parameter that cannot be resolved is named: %s", async (_name, parameter, message) => {
  await expect(seenBy([parameter])).rejects.toMatchObject({
    code: "PARAMETER_FAILED",
    message: expect.stringMatching(new RegExp(`'p'.*${message}`)),
  });
});

test("artifacts are refused with what to use instead; so are unknown names and values of another kind", async () => {
  const artifact = seenBy([{ name: "p", value: new ArtifactValue({ name: "model" }) }]);
  await expect(artifact).rejects.toMatchObject({ code: "UNSUPPORTED", fix: expect.stringContaining("RunOutput") });
  const declared = [{ name: "p", value: new FlyteFile("a") }, { name: "q" }];
  await expect(seenBy(declared, { r: "x" })).rejects.toMatchObject({
    code: "PARAMETER_FAILED",
    message: expect.stringContaining("'r'"),
    fix: expect.stringContaining("'p', 'q'"),
  });
  await expect(seenBy(declared, { p: new FlyteDir("a"), q: "x" })).rejects.toMatchObject({
    message: expect.stringMatching(/'p'.*cannot be a FlyteDir/),
  });
});
