import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppEnvError } from "@appenv/core";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SecretId } from "../../src/secrets/secret-id.ts";
import type { SecretStore } from "../../src/secrets/secret-store.ts";
import { openStore } from "../../src/state/store.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const here = { project: "flytesnacks", domain: "development" };

function open(folder: string): SecretStore & Disposable {
  const store = openStore(join(folder, "state.db"));
  onTestFinished(() => store.close());
  return Object.assign(store.secrets, { [Symbol.dispose]: () => store.close() });
}

function id(name: string, scope: Partial<SecretId> = {}): SecretId {
  return { ...here, name, ...scope };
}

function create(store: SecretStore, secret: SecretId, value: string | Uint8Array): void {
  store.create(secret, Buffer.from(value), 0);
}

function found(store: SecretStore, name: string, scope = here): string | undefined {
  return store.find(scope, name)?.toString();
}

function failure(action: () => unknown): AppEnvError {
  try {
    action();
  } catch (error) {
    if (AppEnvError.is(error)) return error;
    throw error;
  }
  return expect.unreachable("nothing was thrown");
}

/** A directory with two secrets. */
function stored(): string {
  const folder = tempDirectory();
  using store = open(folder);
  create(store, id("token"), "value of token");
  create(store, id("key", { project: "" }), "value of key");
  return folder;
}

function keyFile(folder: string): string {
  return join(folder, "secret.key");
}

describe("a secret", () => {
  test("is found again, also by the next platform, and its value is nowhere in the directory", () => {
    const folder = tempDirectory();
    {
      using store = open(folder);
      create(store, id("token"), "grüße, hunter2 ✓");
      expect(found(store, "token")).toBe("grüße, hunter2 ✓");
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
      expect(files.some((file) => file.includes("hunter2"))).toBe(false);
    }
    expect(found(open(folder), "token")).toBe("grüße, hunter2 ✓");
    expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(["secret.key", "state.db", "state.db-shm", "state.db-wal"]);
  });

  test("is encrypted anew each time", () => {
    const folder = tempDirectory();
    const store = open(folder);
    create(store, id("one"), "the same value");
    create(store, id("two"), "the same value");
    using database = new DatabaseSync(join(folder, "state.db"));
    const rows = database.prepare("SELECT hex(sealed) AS sealed FROM secrets").all();
    expect(new Set(rows.map(({ sealed }) => sealed)).size).toBe(2);
  });

  test("of the project and domain wins over that of the domain, and that over everybody's", () => {
    const store = open(tempDirectory());
    create(store, id("key", { project: "", domain: "" }), "global");
    expect(found(store, "key")).toBe("global");
    create(store, id("key", { project: "" }), "domain");
    expect(found(store, "key")).toBe("domain");
    create(store, id("key"), "project");
    expect(found(store, "key")).toBe("project");
    expect(found(store, "key", { project: "other", domain: "development" })).toBe("domain");
    expect(found(store, "key", { project: "flytesnacks", domain: "production" })).toBe("global");
    store.remove(id("key"));
    expect(found(store, "key")).toBe("domain");
    expect(found(store, "none")).toBeUndefined();
  });

  test("is changed, listed and removed", () => {
    const store = open(tempDirectory());
    for (const name of ["c", "a", "b"]) create(store, id(name), name);
    expect(failure(() => create(store, id("a"), "again")).code).toBe("SECRET_EXISTS");
    expect(found(store, "a")).toBe("a");
    const { createdAt } = store.get(id("a"));
    store.update(id("a"), Buffer.from("changed"), 0);
    expect(found(store, "a")).toBe("changed");
    expect(store.get(id("a"))).toEqual({ ...id("a"), type: 0, createdAt, readable: true });
    expect(store.list(here, 2, "").map(({ name }) => name)).toEqual(["a", "b"]);
    expect(store.list(here, 2, "b").map(({ name }) => name)).toEqual(["c"]);
    expect(store.list({ project: "", domain: "" }, 9, "")).toEqual([]);
    store.remove(id("a"));
    for (const action of [
      () => store.remove(id("a")),
      () => store.get(id("a")),
      () => store.update(id("a"), Buffer.from("x"), 0),
    ]) {
      expect(failure(action)).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("'a'") });
    }
  });

  test("takes any bytes up to 64 KiB", () => {
    const store = open(tempDirectory());
    const bytes = Buffer.from([0, 255, 10, 0, 128]);
    create(store, id("binary"), bytes);
    expect(store.find(here, "binary")).toEqual(bytes);
    create(store, id("large"), "ä".repeat(32 * 1024));
    expect(found(store, "large")).toBe("ä".repeat(32 * 1024));
    const { code, message } = failure(() => create(store, id("larger"), `${"x".repeat(64 * 1024)}y`));
    expect([code, message]).toEqual([
      "INVALID_OPTION",
      "The value of the secret 'larger' has 65537 bytes; at most 65536 are allowed.",
    ]);
    expect(failure(() => create(store, id("empty"), "")).message).toContain("empty");
  });

  test.each(["", " ", "a b", "../key", ".hidden", "-n", "a/b", "größe", "a\0b", "x".repeat(254)])(
    "cannot be named %j",
    (name) => {
      expect(failure(() => create(open(tempDirectory()), id(name), "value")).code).toBe("INVALID_OPTION");
    },
  );

  test("of a project needs a domain", () => {
    const store = open(tempDirectory());
    expect(failure(() => create(store, id("key", { domain: "" }), "value")).message).toContain("'flytesnacks'");
  });
});

describe("a key file", () => {
  test("that is missing is named with the secrets that are lost, and nothing is stored with another", () => {
    const folder = stored();
    const moved = join(tempDirectory(), "moved");
    mkdirSync(moved);
    for (const name of readdirSync(folder)) {
      if (name !== "secret.key") cpSync(join(folder, name), join(moved, name));
    }
    const store = open(moved);
    const error = failure(() => found(store, "token"));
    expect(error).toMatchObject({ code: "SECRET_UNREADABLE" });
    expect(error.message).toBe(
      "These secrets cannot be read: 'key' (the domain development), 'token' (flytesnacks/development). " +
        `Their key file ${keyFile(moved)} is missing.`,
    );
    expect(failure(() => create(store, id("new"), "value")).code).toBe("SECRET_UNREADABLE");
    expect(readdirSync(moved)).not.toContain("secret.key");
    expect(store.list(here, 9, "")).toMatchObject([{ name: "token", readable: false }]);
    cpSync(keyFile(folder), keyFile(moved));
    expect(found(store, "token")).toBe("value of token");
  });

  test("that is lost is made anew once the secrets are deleted", () => {
    const folder = stored();
    rmSync(keyFile(folder));
    const store = open(folder);
    store.remove(id("token"));
    store.remove(id("key", { project: "" }));
    create(store, id("token"), "new value");
    expect(found(store, "token")).toBe("new value");
  });

  test("of another database opens nothing", () => {
    const folder = stored();
    cpSync(keyFile(stored()), keyFile(folder));
    const store = open(folder);
    expect(failure(() => found(store, "token")).message).toMatch(/'token'.*is not the one they were stored with\.$/);
    expect(failure(() => create(store, id("new"), "value")).code).toBe("SECRET_UNREADABLE");
  });

  test("that others can read is not used, and one that holds no key neither", () => {
    const folder = stored();
    const store = open(folder);
    chmodSync(keyFile(folder), 0o640);
    expect(failure(() => found(store, "token"))).toMatchObject({
      code: "SECRET_UNREADABLE",
      message: expect.stringContaining("(mode 0640)"),
      fix: expect.stringContaining(`chmod 600 ${keyFile(folder)}`),
    });
    chmodSync(keyFile(folder), 0o600);
    expect(found(store, "token")).toBe("value of token");
    writeFileSync(keyFile(folder), "no key");
    expect(failure(() => found(store, "token")).message).toContain("holds no key");
  });
});

describe("a database that was tampered with", () => {
  test.each(["nonce", "tag", "first byte", "last byte"])("is refused: its %s", (part) => {
    const folder = tempDirectory();
    const store = open(folder);
    create(store, id("token"), "value of token");
    using database = new DatabaseSync(join(folder, "state.db"));
    const sealed = Buffer.from(database.prepare("SELECT sealed FROM secrets").get()?.["sealed"] as Uint8Array);
    const at = { nonce: 0, tag: 12, "first byte": 28, "last byte": sealed.length - 1 }[part] ?? 0;
    sealed[at] = (sealed[at] ?? 0) ^ 1;
    database.prepare("UPDATE secrets SET sealed = ?").run(sealed);
    expect(failure(() => found(store, "token"))).toMatchObject({
      code: "SECRET_UNREADABLE",
      message: expect.stringContaining("'token'"),
    });
    database.prepare("UPDATE secrets SET sealed = x'00'").run();
    expect(failure(() => found(store, "token")).code).toBe("SECRET_UNREADABLE");
  });

  test("does not open in the place of another", () => {
    const folder = tempDirectory();
    const store = open(folder);
    create(store, id("admin"), "value of admin");
    create(store, id("public"), "value of public");
    using database = new DatabaseSync(join(folder, "state.db"));
    database.exec(
      "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'admin') WHERE name = 'public'",
    );
    expect(failure(() => found(store, "public")).code).toBe("SECRET_UNREADABLE");
    expect(found(store, "admin")).toBe("value of admin");
  });
});
