import { createHash, randomBytes } from "node:crypto";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { expect, onTestFinished, test } from "vitest";
import { uploadCode, type Code } from "../../src/cluster/upload-code.ts";
import { connect } from "../../src/control-plane/connect.ts";
import { errorOf } from "../support/error-of.ts";

function codeOf(length: number): Code {
  const bytes = new Uint8Array(randomBytes(length));
  return { bytes, hash: createHash("sha256").update(bytes).digest("hex") };
}

test("an upload that is cut half-way, or that the storage is too busy for, is repeated until it is whole", async () => {
  const backend = await startFlyteBackend();
  onTestFinished(() => backend.close());
  const controlPlane = await connect({ endpoint: backend.endpoint });
  const code = codeOf(2 ** 20);
  backend.s3.faults.push("cut", 503);
  const { uri, hash } = await uploadCode(controlPlane, code);
  expect(backend.s3.objects.get(uri.slice("s3://".length))).toEqual(Buffer.from(code.bytes));
  expect(hash).toBe(code.hash);
  expect(backend.s3.faults).toEqual([]);

  // A refusal stays one.
  backend.s3.faults.push(403);
  const refused = await errorOf(uploadCode(controlPlane, codeOf(100)));
  expect(refused).toMatchObject({ code: "CONTROL_PLANE", message: expect.stringContaining("HTTP 403") });
  const large = await errorOf(uploadCode(controlPlane, { bytes: new Uint8Array(101 * 2 ** 20), hash: "" }));
  expect(large).toMatchObject({ code: "PAYLOAD_TOO_LARGE", message: expect.stringContaining("101 MiB") });
});
