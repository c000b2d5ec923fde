import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { startFakeS3, type FakeS3 } from "@appenv-internal/conformance/flyte-backend/s3";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { rolldown } from "rolldown";
import { onTestFinished } from "vitest";
import { packProgram } from "../../src/bootstrap/pack.ts";

/** The bootstrap as it travels in a container's arguments. */
export async function bootstrapProgram(): Promise<string> {
  const input = fileURLToPath(new URL("../../src/bootstrap/main.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "node", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  return packProgram(output[0].code);
}

/** A storage with code in it, and what a container that runs it leaves. */
export interface Cluster {
  readonly s3: FakeS3;
  /** Runs the bootstrap over code, as a pod does. */
  run(code: string, options?: RunOptions): Promise<Ran>;
}

interface RunOptions {
  readonly kind?: "app" | "task";
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of the code. */
  readonly hash?: string;
  readonly args?: readonly string[];
  /** Called with its output so far whenever there is more. */
  readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
}

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
  /** `error.pb`, decoded by Flyte's own definitions. */
  readonly error: unknown;
}

/** Starts the storage. */
export async function startCluster(program: string): Promise<Cluster> {
  const s3 = await startFakeS3({ me: "secret" });
  onTestFinished(() => s3.close());
  return { s3, run: (code, options = {}) => run(program, s3, code, options) };
}

async function run(program: string, s3: FakeS3, code: string, options: RunOptions): Promise<Ran> {
  const {
    kind = "task",
    env = {},
    args = ["--inputs", "s3://data/in.pb", "--outputs-path", "s3://data/out/1"],
  } = options;
  const packed = gzipSync(code);
  const hash = createHash("sha256").update(packed).digest("hex");
  s3.objects.set("code/app.mjs", packed);
  const words = ["--input-type=module", "-e", program, "s3://code/app.mjs", options.hash ?? hash, kind, ...args];
  const child = spawn(process.execPath, words, {
    env: {
      PATH: process.env["PATH"],
      TMPDIR: tempDirectory(),
      FLYTE_AWS_ENDPOINT: s3.endpoint,
      FLYTE_AWS_ACCESS_KEY_ID: "me",
      FLYTE_AWS_SECRET_ACCESS_KEY: "secret",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece: Buffer) => {
      output += piece.toString();
      options.onOutput?.(output, (signal) => void child.kill(signal));
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, output, error: readError(s3.objects.get("data/out/1/error.pb")) };
}

const descriptors = new URL("../../../../internal/flyteidl2/flyteidl2.binpb", import.meta.url);

function readError(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
  const schema = registry.getMessage("flyteidl2.core.ErrorDocument");
  if (schema === undefined) throw new Error("no such message");
  return (toJson(schema, fromBinary(schema, bytes), { registry }) as { error: unknown }).error;
}
