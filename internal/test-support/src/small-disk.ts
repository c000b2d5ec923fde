import { execFileSync } from "node:child_process";
import { statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, type TestContext } from "vitest";
import { tempDirectory } from "./temp-directory.ts";

// Part of every Linux system.
const mount = "mount";
const unmount = "umount";

/** A directory on a file system of its own, 1 MiB large unless another size is given. Skips the test where none can be mounted. */
export function smallDisk({ skip }: TestContext, size = "1m"): string {
  const canMount = process.platform === "linux" && process.getuid?.() === 0;
  skip(!canMount, "needs root to mount a small file system");
  const directory = tempDirectory();
  execFileSync(mount, ["-t", "tmpfs", "-o", `size=${size},mode=0700`, "appenv-test", directory]);
  onTestFinished(() => {
    execFileSync(unmount, ["--lazy", directory]);
  });
  return directory;
}

/** Leaves no byte free. */
export function fill(directory: string): string {
  const file = join(directory, "filler");
  const { bavail, bsize } = statfsSync(directory);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return file;
}
