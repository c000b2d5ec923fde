import { createHmac, randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diskError } from "@appenv-internal/state/disk-error";

/** The file of the token, in the state directory; readable by its owner alone. */
const name = "api-token";

/**
 * The token of the state directory's owner, which stays the same. A file that others could read, or that holds no
 * token, is replaced: then others may have the old one.
 *
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE.
 */
export function ownerToken(home: string): string {
  const file = join(home, name);
  return readToken(file) ?? makeToken(file, home);
}

/** Proves to a holder of the token that this platform has it too, without telling it. */
export function proofOf(token: string, challenge: string): string {
  return createHmac("sha256", token).update(`appenv platform ${challenge}`).digest("base64url");
}

function readToken(file: string): string | undefined {
  try {
    if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) return undefined;
    const text = readFileSync(file, "utf8").trim();
    return /^aot_[\w-]{43}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function makeToken(file: string, home: string): string {
  const token = `aot_${randomBytes(32).toString("base64url")}`;
  const made = `${file}.new`;
  try {
    rmSync(made, { force: true });
    writeFileSync(made, `${token}\n`, { mode: 0o600 });
    renameSync(made, file);
    return token;
  } catch (error) {
    throw diskError(error, home, `The token file ${file} cannot be written`);
  }
}
