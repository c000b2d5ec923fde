import { readFileSync } from "node:fs";
import { AppEnvError } from "@appenv/core";
import type { ClientConfig } from "../config/config.ts";

/** As much of Node's TLS options as the configuration states. */
export interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: string;
}

let hasWarned = false;

/** Warns once when certificates are not checked. @throws AppEnvError INVALID_CONFIG for a file that cannot be read. */
export function tlsOptions({ insecureSkipVerify, caCertFilePath }: ClientConfig): TlsOptions {
  if (insecureSkipVerify) warn();
  return {
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
    ...(caCertFilePath === undefined ? {} : { ca: readCertificate(caCertFilePath) }),
  };
}

function warn(): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    "admin.insecureSkipVerify is on: anybody on the way to the control plane can read tokens and change answers. " +
      "Name its certificate in admin.caCertFilePath instead.",
    { code: "APPENV_TLS_UNVERIFIED" },
  );
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw AppEnvError.from(error, "INVALID_CONFIG", `admin.caCertFilePath ${file} cannot be read`);
  }
}
