import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";
import type { Tokens } from "./oauth.ts";

/** A login as it is stored: the tokens, and all that is needed to refresh them. */
export interface StoredLogin extends Tokens {
  /** The control plane that the tokens are for; they are sent nowhere else. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** The header they are sent in. */
  readonly header: string;
}

/** The file of the login to a control plane with a configured client: in the user's own directory, never in a project. */
export function loginFile(endpoint: string, { clientId = "" }: Pick<ClientConfig, "clientId">): string {
  const base = process.env["XDG_CONFIG_HOME"];
  const folder = join(base === undefined || base === "" ? join(homedir(), ".config") : base, "appenv", "logins");
  const key = createHash("sha256")
    .update(`${loginEndpoint(endpoint)}\n${clientId}`)
    .digest("hex");
  return join(folder, `${key.slice(0, 32)}.json`);
}

/** An endpoint as logins are stored for it: the same for every way of writing it. */
export function loginEndpoint(endpoint: string): string {
  return new URL(endpoint).href.replace(/\/+$/, "");
}

/** The stored login; undefined if there is none, or the file is not ours. */
export async function readLogin(file: string, endpoint: string): Promise<StoredLogin | undefined> {
  try {
    const stored = JSON.parse(await readFile(file, "utf8")) as Partial<StoredLogin>;
    const isWhole = typeof stored.accessToken === "string" && typeof stored.tokenEndpoint === "string";
    return isWhole && stored.endpoint === loginEndpoint(endpoint) ? (stored as StoredLogin) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Stores a login for this user alone. Whoever reads meanwhile gets the old one or the new one, whole, and so does whoever
 * reads after a loss of power: a refresh token that was used up cannot be used again.
 */
export async function writeLogin(file: string, login: StoredLogin): Promise<void> {
  await prepareFolder(file);
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await writeWhole(unfinished, `${JSON.stringify(login, undefined, 2)}\n`);
    await rename(unfinished, file);
  } catch (error) {
    throw unwritable(error, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Forgets a login. Gives false if there was none. */
export async function deleteLogin(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Makes the folder of logins, for this user alone. @throws AppEnvError STATE_UNWRITABLE. */
export async function prepareFolder(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritable(error, file);
  });
}

function unwritable(cause: unknown, file: string): AppEnvError {
  const { code } = cause as NodeJS.ErrnoException;
  return new AppEnvError("STATE_UNWRITABLE", `Logins cannot be stored in ${dirname(file)}: ${code}.`, {
    fix: "Give your user write access to it, or set XDG_CONFIG_HOME to another directory.",
    cause,
  });
}
