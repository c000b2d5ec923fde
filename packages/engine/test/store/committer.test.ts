import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { Committer } from "../../src/store/committer.ts";
import { turns } from "../support/engine-world.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

function open(): { committer: Committer; insert: (n: number) => void; all: () => number[]; commits: () => number } {
  const file = join(tempDirectory(), "test.db");
  const database = openDatabase(file);
  database.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT");
  const committer = new Committer(database, file);
  let commits = 0;
  committer.onEnd = (stored) => {
    if (stored) commits += 1;
  };
  onTestFinished(() => {
    committer.close();
    database.close();
  });
  const insert = database.prepare("INSERT INTO t VALUES (?)");
  return {
    committer,
    insert: (n) => void insert.run(n),
    all: () =>
      database
        .prepare("SELECT n FROM t ORDER BY n")
        .all()
        .map((row) => Number(row["n"])),
    commits: () => commits,
  };
}

test("changes within one turn are one transaction, and told in order after it", async () => {
  const { committer, insert, all, commits } = open();
  const told: string[] = [];
  committer.save(
    {},
    () => insert(1),
    () => told.push(`row ${all().join()}`),
  );
  committer.whenStored(() => told.push("callback"));
  await Promise.all(
    [2, 3].map((n) =>
      committer.commit(
        () => insert(n),
        () => told.push(`wanted ${n}`),
      ),
    ),
  );
  expect(told).toEqual(["row 1,2,3", "wanted 2", "wanted 3", "callback"]);
  expect(commits()).toBe(1);
});

test("a row that nobody waits for is written soon all the same, once", async () => {
  const { committer, insert, all } = open();
  const row = {};
  committer.save(row, () => insert(1));
  committer.save(row, () => insert(2));
  await expect.poll(all).toEqual([1]);
});

function refuse(): never {
  throw new AppEnvError("RUN_EXISTS", "there");
}

test("a write that refuses itself takes only itself back", async () => {
  const { committer, insert, all } = open();
  const results = await Promise.allSettled([
    committer.commit(() => insert(1)),
    committer.commit(refuse),
    committer.commit(() => insert(2)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(all()).toEqual([1, 2]);
});

test("a write that can never succeed does not keep the others from the disk", async () => {
  const { committer, insert, all } = open();
  const broken: object[] = [];
  committer.onBroken = (row) => broken.push(row);
  const bad = {};
  committer.save({}, () => insert(1));
  committer.save(bad, () => insert(1));
  const results = await Promise.allSettled([committer.commit(() => insert(2)), committer.commit(() => insert(2))]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(all()).toEqual([1, 2]);
  expect(broken).toEqual([bad]);
});

test("rows that the disk refuses are kept until it takes them; what waited is refused", async () => {
  const { committer, insert, all } = open();
  let full = true;
  const disk = (n: number) => (): void => {
    if (full) throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
    insert(n);
  };
  let told = false;
  committer.save({}, disk(1));
  committer.whenStored(() => (told = true));
  await expect(committer.commit(disk(2))).rejects.toMatchObject({ code: "DISK_FULL" });
  await turns();
  expect(told).toBe(false);
  full = false;
  await expect.poll(() => told).toBe(true);
  expect(all()).toEqual([1]);
});

test("after the end nothing is taken any more", async () => {
  const { committer, insert, all } = open();
  committer.save({}, () => insert(1));
  committer.close();
  expect(all()).toEqual([1]);
  await expect(committer.commit(() => insert(2))).rejects.toMatchObject({ code: "STATE_UNWRITABLE" });
});
