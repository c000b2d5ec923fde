import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { refuse } from "@appenv-internal/conformance/flyte-backend/signature-v4";
import { startFakeS3, type FakeS3 } from "@appenv-internal/conformance/flyte-backend/s3";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openStorage, StorageError } from "../src/index.ts";

const key = { FLYTE_AWS_ACCESS_KEY_ID: "me", FLYTE_AWS_SECRET_ACCESS_KEY: "secret" };

async function s3(): Promise<FakeS3> {
  const server = await startFakeS3({ me: "secret", role: "of the role" });
  onTestFinished(() => server.close());
  return server;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("S3", () => {
  test("the check of signatures agrees with the example that AWS publishes", () => {
    vi.useFakeTimers({ now: Date.parse("2013-05-24T00:00:00Z") });
    onTestFinished(() => void vi.useRealTimers());
    const request = {
      method: "GET",
      url: "/test.txt",
      headers: {
        host: "examplebucket.s3.amazonaws.com",
        range: "bytes=0-9",
        "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-amz-date": "20130524T000000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      },
    };
    const secrets = { AKIAIOSFODNN7EXAMPLE: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
    expect(refuse(request, secrets)).toBeUndefined();
    const other = { ...request, url: "/other.txt" };
    expect(refuse(other, secrets)).toMatchObject({ code: "SignatureDoesNotMatch" });
  });

  test.each(["a/b.pb", "with space/ä+(b)!'*~.pb", "x%20y/=&?#z"])("gives back what was put at %s", async (name) => {
    const server = await s3();
    const storage = openStorage({ ...key, FLYTE_AWS_ENDPOINT: server.endpoint });
    expect(await storage.get(`s3://bucket/${name}`)).toBeUndefined();
    await storage.put(`s3://bucket/${name}`, Buffer.from("bytes"));
    expect([...server.objects.keys()]).toEqual([`bucket/${name}`]);
    expect(Buffer.from((await storage.get(`s3://bucket/${name}`)) ?? []).toString()).toBe("bytes");
  });

  test("repeats what a server is too busy for, and a body that is cut", async () => {
    const server = await s3();
    const storage = openStorage({ ...key, FLYTE_AWS_ENDPOINT: server.endpoint });
    server.faults.push(503);
    await storage.put("s3://bucket/key", Buffer.alloc(100_000, 7));
    server.faults.push("cut", 500);
    expect((await storage.get("s3://bucket/key"))?.length).toBe(100_000);
    expect(server.faults).toEqual([]);
  });

  test("a wrong secret is refused with S3's reason, at once, and is not in the message", async () => {
    const server = await s3();
    const storage = openStorage({
      ...key,
      FLYTE_AWS_SECRET_ACCESS_KEY: "wrong-secret",
      FLYTE_AWS_ENDPOINT: server.endpoint,
    });
    const error = await storage.get("s3://bucket/key").catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect(String(error)).toContain("GET s3://bucket/key was answered with HTTP 403 (SignatureDoesNotMatch");
    expect(String(error)).not.toContain("wrong-secret");
    expect(server.log).toHaveLength(1);
  });

  test("a pod's role gives credentials, which are kept until shortly before their end", async () => {
    const server = await s3();
    const asked: string[] = [];
    const sts = await serve((request, response) => {
      request.setEncoding("utf8").on("data", (body: string) => asked.push(body));
      request.on("end", () => {
        const expiration = new Date(Date.now() + (asked.length === 1 ? 60_000 : 3_600_000)).toISOString();
        response.end(
          `<R><Credentials><AccessKeyId>role</AccessKeyId><SecretAccessKey>of the role</SecretAccessKey>` +
            `<SessionToken>session</SessionToken><Expiration>${expiration}</Expiration></Credentials></R>`,
        );
      });
    });
    const tokenFile = join(mkdtempSync(join(tempDirectory(), "token-")), "token");
    writeFileSync(tokenFile, "the-token\n");
    const storage = openStorage({
      AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ENDPOINT_URL_STS: sts,
      AWS_ENDPOINT_URL: server.endpoint,
    });
    for (const name of ["a", "b", "c"]) await storage.put(`s3://bucket/${name}`, Buffer.from(name));
    expect(server.objects.size).toBe(3);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain("WebIdentityToken=the-token");
  });

  test("without credentials says which env vars give them", async () => {
    await expect(openStorage({}).get("s3://bucket/key")).rejects.toThrow(/FLYTE_AWS_ACCESS_KEY_ID/);
  });
});

describe("other storages", () => {
  test("Google's is read and written with the token of the pod's service account", async () => {
    const objects = new Map<string, Buffer>();
    const seen: string[] = [];
    const google = await serve((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      seen.push(`${request.method} ${url.pathname}${url.search}`);
      if (url.pathname.startsWith("/computeMetadata/")) {
        return void response.end(JSON.stringify({ access_token: "token", expires_in: 3600 }));
      }
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (request.method === "POST") objects.set(url.searchParams.get("name") ?? "", Buffer.concat(chunks));
        const found = objects.get(decodeURIComponent(url.pathname.split("/o/")[1] ?? ""));
        if (request.method === "GET" && found === undefined) response.writeHead(404);
        response.end(found);
      });
    });
    const storage = openStorage({ STORAGE_EMULATOR_HOST: google, GCE_METADATA_HOST: google.slice(7) });
    await storage.put("gs://bucket/a/b c.pb", Buffer.from("bytes"));
    expect(Buffer.from((await storage.get("gs://bucket/a/b c.pb")) ?? []).toString()).toBe("bytes");
    expect(await storage.get("gs://bucket/none")).toBeUndefined();
    expect(seen[0]).toBe("POST /upload/storage/v1/b/bucket/o?uploadType=media&name=a%2Fb%20c.pb");
  });

  test("files of this machine are whole or not there", async () => {
    const storage = openStorage({});
    const uri = pathToFileURL(join(tempDirectory(), "deep/down/file.pb")).href;
    expect(await storage.get(uri)).toBeUndefined();
    await storage.put(uri, Buffer.from("bytes"));
    expect(Buffer.from((await storage.get(uri)) ?? []).toString()).toBe("bytes");
  });

  test("of an unknown kind are refused with the kinds there are", async () => {
    await expect(openStorage({}).get("ftp://host/key")).rejects.toThrow(
      "in no storage that can be read: s3:, gs:, abfs:",
    );
  });
});
