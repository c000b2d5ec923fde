import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, type FileDescriptorSet } from "@bufbuild/protobuf/wkt";

const python = fileURLToPath(new URL("../../.python-client/bin/python", import.meta.url));
const script = fileURLToPath(new URL("descriptors.py", import.meta.url));

/** True if Flyte's Python packages are installed: `npm run setup:system` installs them. */
export const hasPythonPackage: boolean = existsSync(python);

/** The descriptors inside PyPI's `flyteidl2`, as it is installed. */
export function readPythonDescriptors(): FileDescriptorSet {
  return fromBinary(FileDescriptorSetSchema, execFileSync(python, [script], { maxBuffer: 64 * 1024 * 1024 }));
}
