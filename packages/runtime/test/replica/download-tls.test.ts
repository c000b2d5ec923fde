import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlainServer, type Server as PlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { systemProgram } from "@appenv-internal/test-support/system";
import { download } from "../../src/replica/parameters/download.ts";

const openssl = systemProgram("openssl");

async function listen(server: PlainServer | Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test.skipIf(openssl.missing)("a download with TLS is not sent on to an address without it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "appenv-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, cert, target] = ["key", "cert", "target"].map((name) => join(folder, name)) as [string, string, string];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  execFileSync(openssl.path ?? "", [...made, ...about], { stdio: "ignore" });
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, readFileSync(cert, "utf8")]);
  onTestFinished(() => setDefaultCACertificates(before));

  const plain = await listen(createPlainServer((_, response) => response.end("from anybody")));
  const secure: number = await listen(
    createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) => {
      const location = url === "/away" ? `http://127.0.0.1:${plain}/` : `https://127.0.0.1:${secure}/here`;
      if (url === "/here") response.end("from the owner");
      else response.writeHead(302, { location }).end();
    }),
  );
  const from = `https://127.0.0.1:${secure}`;
  await expect(download(`${from}/away`, target)).rejects.toThrow("it is sent on to an address without TLS");
  expect(existsSync(target)).toBe(false);
  await download(`${from}/moved`, target);
  expect(readFileSync(target, "utf8")).toBe("from the owner");
});
