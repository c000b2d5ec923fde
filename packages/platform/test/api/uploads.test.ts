import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { errorCodeHeader } from "@appenv/protocol";
import { describe, expect, test } from "vitest";
import { openBundles } from "../../src/api/uploads/bundles.ts";
import { UploadUrls } from "../../src/api/uploads/upload-urls.ts";
import { send, startApi, type ApiFixture } from "../support/api.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const content = "export const env = 1;\n";

function md5(text: string): Buffer {
  return createHash("md5").update(text).digest();
}

async function location(api: ApiFixture, changes: Record<string, unknown> = {}) {
  return api.data.createUploadLocation({
    project: "flytesnacks",
    domain: "development",
    filename: "0123456789abcdef.mjs",
    contentMd5: md5(content),
    expiresIn: durationFromMs(60_000),
    addContentMd5Metadata: true,
    ...changes,
  });
}

function bundleFiles(api: ApiFixture): string[] {
  return readdirSync(join(api.home, "bundles"));
}

describe("an upload", () => {
  test("is stored under its content's name, privately, and found by its URI", async () => {
    const api = await startApi();
    const { signedUrl, nativeUrl, headers, expiresAt } = await location(api);
    expect(headers).toEqual({ "Content-MD5": md5(content).toString("base64") });
    expect(Number(expiresAt?.seconds) * 1000).toBeGreaterThan(Date.now() + 50_000);
    expect(new URL(signedUrl).origin).toBe(api.endpoint);
    expect((await send(signedUrl, { method: "PUT", body: content, headers })).status).toBe(200);
    expect(nativeUrl).toBe(`appenv://bundles/${md5(content).toString("hex")}.mjs`);
    const file = api.bundles.file(nativeUrl);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await send(signedUrl, { method: "PUT", body: content, headers });
    expect([again.status, again.body]).toEqual([403, "The upload URL has expired or was used before.\n"]);
  });

  test("of anything but code is a file with its own name, whose path is its URI", async () => {
    const api = await startApi();
    const put = async (changes: Record<string, unknown>) => {
      const { signedUrl, nativeUrl } = await location(api, changes);
      expect((await send(signedUrl, { method: "PUT", body: content })).status).toBe(200);
      expect(readFileSync(nativeUrl, "utf8")).toBe(content);
      return relative(api.home, nativeUrl);
    };
    const hash = md5(content).toString("hex");
    expect(await put({ filename: "data set.csv" })).toBe(`files/${hash}/data set.csv`);
    expect(await put({ filename: "app.mjs" })).toBe(`files/${hash}/app.mjs`);
    expect(await put({ filename: "" })).toBe(`files/${hash}/${hash}`);
    expect(await put({ filename: "a.txt", filenameRoot: "prefix" })).toBe("files/prefix/a.txt");
    expect(await put({ filename: "0123456789abcdef.mjs", filenameRoot: "a/b/" })).toBe(
      "files/a/b/0123456789abcdef.mjs",
    );
    expect(bundleFiles(api)).toEqual([]);
  });

  test("with other content is refused, leaves nothing, and can be tried again", async () => {
    const api = await startApi();
    const { signedUrl, headers } = await location(api);
    const wrong = await send(signedUrl, { method: "PUT", body: "something else" });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      "The content has another MD5 than the upload URL was made for.\n",
    ]);
    const otherHash = { "Content-MD5": md5("something else").toString("base64") };
    expect((await send(signedUrl, { method: "PUT", body: content, headers: otherHash })).status).toBe(400);
    expect(bundleFiles(api)).toEqual([]);
    expect((await send(signedUrl, { method: "PUT", body: content, headers })).status).toBe(200);
  });

  test("is a PUT to a URL that was given, of at most 100 MiB", async () => {
    const api = await startApi();
    const { signedUrl } = await location(api);
    expect((await send(signedUrl)).status).toBe(405);
    expect((await send(`${api.endpoint}/upload/guess`, { method: "PUT", body: content })).status).toBe(403);
    const large = { "content-length": String(200 * 1024 * 1024) };
    const answer = await fetchStatus(signedUrl, large);
    expect(answer).toBe(413);
    expect(bundleFiles(api)).toEqual([]);
  });

  test("keeps no path that a client made up", async () => {
    const api = await startApi();
    const { signedUrl, nativeUrl } = await location(api, { filename: "../../../etc/passwd.$(x).MJS" });
    await send(signedUrl, { method: "PUT", body: content });
    expect(relative(api.home, nativeUrl)).toBe(`files/${md5(content).toString("hex")}/passwd.$(x).MJS`);
    expect(bundleFiles(api)).toEqual([]);
  });

  test.each([
    ["no hash", { contentMd5: new Uint8Array() }],
    ["a size above the limit", { contentLength: 101n * 1024n * 1024n }],
    ["a name that is a folder", { filename: ".." }],
    ["a folder that leads elsewhere", { filename: "x", filenameRoot: "a/../../b" }],
    ["a life of more than an hour", { expiresIn: durationFromMs(3_600_001) }],
  ])("is not allowed with %s", async (_, changes) => {
    const api = await startApi();
    await expect(location(api, changes)).rejects.toMatchObject({ code: Code.InvalidArgument });
  });

  test("is not allowed after its time", () => {
    let now = 0;
    const urls = new UploadUrls(() => now);
    const place = { directory: "/", name: "x.mjs", uri: "/x.mjs" };
    const request = { md5: md5(content), place, bytes: 0n, lifetimeMs: 1000 };
    const { token } = urls.issue(request);
    now = 999;
    const taken = urls.take(token);
    expect(taken?.place).toEqual(place);
    if (taken !== undefined) urls.giveBack(taken);
    now = 1000;
    expect(urls.take(token)).toBeUndefined();
    const [first] = Array.from({ length: 1001 }, () => urls.issue(request));
    expect(urls.take(first?.token ?? "")).toBeUndefined();
  });
});

test("a full disk refuses uploads and apps, says so, and keeps the files that were there", async (context) => {
  const disk = smallDisk(context);
  const api = await startApi("127.0.0.1", disk);
  const first = await location(api);
  await send(first.signedUrl, { method: "PUT", body: content });
  const large = "x".repeat(100_000);
  const second = await location(api, { contentMd5: md5(large) });
  const filler = fill(disk);
  const refused = await send(second.signedUrl, { method: "PUT", body: large });
  expect([refused.status, refused.headers[errorCodeHeader]]).toEqual([507, "DISK_FULL"]);
  expect(refused.body).toBe("The disk under the platform's state directory is full.\n");
  const create = api.keys.createApiKey({ name: "ci" });
  await expect(create).rejects.toMatchObject({ code: Code.ResourceExhausted });
  expect(readFileSync(api.bundles.file(first.nativeUrl), "utf8")).toBe(content);
  rmSync(filler);
  expect((await send(second.signedUrl, { method: "PUT", body: large })).status).toBe(200);
});

/** Sends the head of a request and no body. */
async function fetchStatus(url: string, headers: Record<string, string>): Promise<number> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "PUT", headers, agent: false }, (response) => {
      resolve(response.statusCode ?? 0);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

describe("bundles", () => {
  test("are deleted when nothing uses them any more, but not at once", async () => {
    const directory = tempDirectory();
    const bundles = openBundles(directory);
    const files = ["a", "b", "c"].map((letter) => `${letter.repeat(32)}.mjs`);
    for (const file of [...files, ".upload-left"]) writeFileSync(join(directory, file), "");
    for (const file of [...files.slice(0, 2), ".upload-left"]) utimesSync(join(directory, file), 1, 1);
    await bundles.clean((uri) => uri === bundles.uri(files[0] ?? ""));
    expect(readdirSync(directory)).toEqual([files[0], files[2]]);
  });

  test.each(["appenv://bundles/../state.db", "appenv://bundles/", "file:///etc/passwd", "appenv://bundles/.upload-x"])(
    "are not found outside their directory: %s",
    (uri) => {
      expect(() => openBundles(tempDirectory()).file(uri)).toThrow(`The bundle '${uri}' is not on this platform.`);
    },
  );
});
