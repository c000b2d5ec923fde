import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { migrations } from "@appenv-internal/state/migrations";
import { openStore, type Store } from "../../src/state/store.ts";
import { appId, definition, storedApp } from "../support/app.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

function open(file: string): Store {
  const store = openStore(file);
  onTestFinished(() => store.close());
  return store;
}

function code(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return AppEnvError.is(error) ? error.code : String(error);
  }
  return "nothing thrown";
}

function hashOf(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

function content(directory: string): Record<string, string> {
  const files = readdirSync(directory).toSorted();
  return Object.fromEntries(files.map((file) => [file, hashOf(readFileSync(join(directory, file)))]));
}

function filled(): { directory: string; file: string } {
  const directory = tempDirectory();
  const file = join(directory, "state.db");
  const store = openStore(file);
  for (let index = 0; index < 200; index += 1) store.apps.save(storedApp({ id: appId(`app-${index}`) }));
  store.close();
  return { directory, file };
}

function refusal(directory: string, file: string): { code: string; changed: boolean } {
  const before = JSON.stringify(content(directory));
  const refused = code(() => openStore(file));
  return { code: refused, changed: JSON.stringify(content(directory)) !== before };
}

test("runs that were stored before labels had an index are found by them", () => {
  const file = join(tempDirectory(), "state.db");
  const old = new DatabaseSync(file);
  const before = migrations.findIndex((step) => step.includes("CREATE TABLE run_labels"));
  for (const step of migrations.slice(0, before)) old.exec(step);
  old.exec(`PRAGMA user_version=${before}`);
  const settings = JSON.stringify({ labels: { team: "shop", "a.b": "1" }, annotations: {}, envVars: {} });
  const insert = old.prepare(
    "INSERT INTO runs (scope, name, task_name, task, outcome, source, settings) VALUES (1, ?, 1, 1, 0, 0, ?)",
  );
  for (const [name, text] of [
    ["plain", null],
    ["labelled", settings],
  ] as const)
    insert.run(name, text);
  old.close();
  openStore(file).close();
  const now = new DatabaseSync(file, { readOnly: true });
  const labels = now.prepare("SELECT l.key, l.value, r.name FROM run_labels l JOIN runs r ON r.id = l.run").all();
  now.close();
  expect(labels.map((row) => Object.values(row))).toEqual([
    ["a.b", "1", "labelled"],
    ["team", "shop", "labelled"],
  ]);
});

test("weights that were stored as percentages are weights", () => {
  const file = join(tempDirectory(), "state.db");
  const old = new DatabaseSync(file);
  const before = migrations.findIndex((step) => step.includes('"percent":'));
  for (const step of migrations.slice(0, before)) old.exec(step);
  old.exec(`PRAGMA user_version=${before}`);
  const traffic = JSON.stringify([{ revision: 1, percent: 100 }]);
  const insert = old.prepare(
    `INSERT INTO apps (project, domain, name, definition, revision, port, created_at, updated_at, traffic, served)
     VALUES ('p', 'd', 'app', '{}', 1, 0, 0, 0, ?, ?)`,
  );
  insert.run(traffic, JSON.stringify({ revision: 1, traffic: [{ revision: 1, percent: 100 }] }));
  old.close();
  const weights = [{ revision: 1, weight: 100 }];
  expect(open(file).apps.load()).toMatchObject([{ traffic: weights, served: { revision: 1, traffic: weights } }]);
});

describe("apps", () => {
  test("are there again after a restart, with port and dates", () => {
    const file = join(tempDirectory(), "state.db");
    const store = openStore(file);
    const first = storedApp({ port: 8081 });
    const second = storedApp({
      id: appId("second"),
      definition: definition({ description: "'; DROP TABLE apps; --" }),
    });
    store.apps.save(first);
    store.apps.save(second);
    store.close();
    store.close();
    expect(open(file).apps.load()).toEqual([first, second]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("are replaced by identity and removed", () => {
    const { apps } = open(join(tempDirectory(), "state.db"));
    const app = storedApp();
    const later = { ...app, revision: 2, port: 9, updatedAt: new Date() };
    const elsewhere = storedApp({ id: appId("hello-app", "flytesnacks", "production") });
    for (const each of [app, elsewhere, later]) apps.save(each);
    expect(apps.load()).toEqual([{ ...later, lastRevision: 2 }, elsewhere]);
    apps.remove(app.id);
    apps.remove(app.id);
    expect(apps.load()).toEqual([elsewhere]);
  });

  test("keep their last ten revisions and those that get requests, until they are removed", () => {
    const { apps } = open(join(tempDirectory(), "state.db"));
    const app = storedApp();
    for (let revision = 1; revision <= 15; revision += 1) {
      apps.save({
        ...app,
        revision,
        definition: { ...app.definition, port: 9_000 + revision },
        traffic: [{ revision: 2, weight: 100 }],
      });
    }
    const kept = apps.revisions(app.id);
    expect(kept.map(({ number }) => number)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 2]);
    expect(kept.at(-1)?.definition.port).toBe(9_002);
    expect(apps.launches().length).toBe(11);
    apps.remove(app.id);
    expect(apps.revisions(app.id)).toEqual([]);
  });

  test("are durable and private in the write-ahead log before the database is closed", () => {
    const directory = tempDirectory();
    const file = join(directory, "state.db");
    open(file).apps.save(storedApp());
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    const reader = new DatabaseSync(file, { readOnly: true });
    expect(reader.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(reader.prepare("SELECT count(*) AS n FROM apps").get()).toEqual({ n: 1 });
    reader.close();
  });
});

describe("API keys", () => {
  test("are stored as hashes only, listed, and gone when they are revoked", () => {
    const directory = tempDirectory();
    const { apiKeys } = open(join(directory, "state.db"));
    const key = apiKeys.create("ci");
    const other = apiKeys.create("laptop");
    expect(key.key).toMatch(/^aek_[A-Za-z0-9_-]{43}$/);
    expect(apiKeys.list().map(({ id, name }) => ({ id, name }))).toEqual([
      { id: key.id, name: "ci" },
      { id: other.id, name: "laptop" },
    ]);
    expect(apiKeys.hashes()).toEqual([hashOf(key.key), hashOf(other.key)]);
    for (const file of readdirSync(directory)) {
      expect(readFileSync(join(directory, file)).includes(key.key)).toBe(false);
    }
    apiKeys.revoke(key.id);
    expect(apiKeys.hashes()).toEqual([hashOf(other.key)]);
    expect(code(() => apiKeys.revoke(key.id))).toBe("NOT_FOUND");
    expect(code(() => apiKeys.create(" "))).toBe("INVALID_OPTION");
  });
});

describe("a database that cannot be used", () => {
  test("because it is something else is named and left as it is", () => {
    const { directory, file } = filled();
    writeFileSync(file, "this is no database, but someone's notes");
    writeFileSync(`${file}-wal`, "what was written last");
    expect(() => openStore(file)).toThrow(`The database ${file} cannot be read: it is no SQLite database.`);
    expect(refusal(directory, file)).toEqual({ code: "STATE_CORRUPTED", changed: false });
  });

  test("because it is damaged inside is left as it is", () => {
    const { directory, file } = filled();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096, bytes.length - 4096);
    writeFileSync(file, bytes);
    expect(refusal(directory, file)).toEqual({ code: "STATE_CORRUPTED", changed: false });
  });

  test("because its end is missing is left as it is", () => {
    const { directory, file } = filled();
    writeFileSync(file, readFileSync(file).subarray(0, 9000));
    expect(refusal(directory, file)).toEqual({ code: "STATE_CORRUPTED", changed: false });
  });

  test("because its header is damaged is left as it is", () => {
    const { directory, file } = filled();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 16, 100);
    writeFileSync(file, bytes);
    expect(refusal(directory, file)).toEqual({ code: "STATE_CORRUPTED", changed: false });
  });

  test("because a newer version wrote it is refused", () => {
    const { directory, file } = filled();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version=99");
    database.close();
    expect(refusal(directory, file)).toEqual({ code: "STATE_NEWER", changed: false });
  });

  test("because a definition in it is damaged says which", () => {
    const { file } = filled();
    const database = new DatabaseSync(file);
    database.exec("UPDATE apps SET definition = '{' WHERE name = 'app-7'");
    database.close();
    const store = open(file);
    expect(() => store.apps.load()).toThrow("the definition of the app 'app-7' is no JSON");
  });

  test("because its place cannot be written is an error of its own", () => {
    const directory = tempDirectory();
    expect(code(() => openStore(join(directory, "missing", "state.db")))).toBe("STATE_UNWRITABLE");
  });
});

describe("a full disk", () => {
  test("refuses what is new and keeps what was stored", (context) => {
    const disk = smallDisk(context);
    const file = join(disk, "state.db");
    const store = open(file);
    const app = storedApp();
    store.apps.save(app);
    const filler = fill(disk);
    const large = storedApp({ id: appId("large"), definition: definition({ description: "x".repeat(200_000) }) });
    expect(code(() => store.apps.save(large))).toBe("DISK_FULL");
    expect(store.apps.load()).toEqual([app]);
    rmSync(filler);
    store.apps.save(large);
    expect(store.apps.load()).toHaveLength(2);
    store.close();
    fill(disk);
    const other = join(disk, "other.db");
    expect(code(() => openStore(other))).toBe("DISK_FULL");
  });
});
