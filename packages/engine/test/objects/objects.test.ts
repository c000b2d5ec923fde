import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/live/clock.ts";
import { Objects } from "../../src/objects/objects.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const large = Buffer.alloc(100_000, "x");

function open(directory: string): Objects {
  const objects = new Objects(directory);
  objects.open();
  return objects;
}

describe("objects", () => {
  test("are files if they are large, and the same bytes are one file", async () => {
    const directory = tempDirectory();
    const objects = open(directory);
    expect(await objects.put(Buffer.from("small"))).toEqual({ bytes: Buffer.from("small") });
    const [first, second] = await Promise.all([objects.put(large), objects.put(large)]);
    expect(second).toEqual(first);
    expect(first.object).toMatch(/^[0-9a-f]{64}$/);
    expect(large.equals(objects.get(first))).toBe(true);
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files).toHaveLength(1);
  });

  test("that a killed platform left unfinished are removed", () => {
    const directory = tempDirectory();
    writeFileSync(join(directory, ".unfinished-1"), "half");
    mkdirSync(join(directory, "drafts", "1"), { recursive: true });
    open(directory);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("that are gone are named", () => {
    expect(() => open(tempDirectory()).get({ object: "ab".repeat(32) })).toThrow(/cannot be read/);
  });

  test("for which there is no room leave nothing behind", async (context) => {
    const directory = smallDisk(context);
    const objects = open(directory);
    fill(directory);
    await expect(objects.put(large)).rejects.toMatchObject({ code: "DISK_FULL" });
    const left = readdirSync(directory, { recursive: true }).map(String);
    expect(left.filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

test("a timer may be longer than Node's", async () => {
  vi.useFakeTimers();
  try {
    const days = 40 * 86_400_000;
    const ring = vi.fn<() => void>();
    systemClock.after(days, ring);
    const cancel = systemClock.after(days, () => ring());
    cancel();
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(ring).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ring).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});
