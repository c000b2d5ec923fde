import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FlyteDir, FlyteFile } from "@appenv/core";
import { OutputsSchema, type Literal } from "@appenv/protocol/tasks";
import { KeptFiles } from "@appenv/runtime/kept-files";

/** Places of files that a program gives back. */
export interface KeptPlaces {
  /** The directory of the run, which goes with it. */
  readonly run: string;
  /** The directory of files that tasks give one another, by their content. */
  readonly objects: string;
}

/**
 * Keeps files and directories among the outputs that would go with the run, or when the machine starts again: Flyte's SDKs
 * leave those where they are that are on the same disk. Gives the outputs with their new paths.
 *
 * @throws AppEnvError INVALID_OUTPUT if one is not there.
 */
export async function keepFiles(outputs: Uint8Array, { run, objects }: KeptPlaces): Promise<Uint8Array> {
  const message = fromBinary(OutputsSchema, outputs);
  const blobs = message.literals.flatMap(({ value }) => (value === undefined ? [] : blobsIn(value)));
  const passing = blobs.filter(({ uri }) => [run, tmpdir()].some((place) => pathOf(uri).startsWith(place + sep)));
  const kept = new KeptFiles(objects);
  for (const blob of passing) blob.uri = await keep(pathOf(blob.uri), kept);
  return passing.length === 0 ? outputs : toBinary(OutputsSchema, message);
}

interface Blob {
  uri: string;
}

function blobsIn({ value }: Literal): Blob[] {
  if (value.case === "collection") return value.value.literals.flatMap((literal) => blobsIn(literal));
  if (value.case === "map") return Object.values(value.value.literals).flatMap((literal) => blobsIn(literal));
  const scalar = value.case === "scalar" ? value.value.value : undefined;
  if (scalar?.case === "blob") return [scalar.value];
  return scalar?.case === "union" && scalar.value.value !== undefined ? blobsIn(scalar.value.value) : [];
}

function pathOf(uri: string): string {
  return uri.replace(/^file:\/\//, "");
}

async function keep(path: string, files: KeptFiles): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  const place = found?.isDirectory() === true ? new FlyteDir(path) : new FlyteFile(path);
  const kept = (await files.keep(place, "INVALID_OUTPUT")) as FlyteFile | FlyteDir;
  return fileURLToPath(kept.path);
}
