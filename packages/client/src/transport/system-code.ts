/** Tells whether nothing listens there: trying again at once is of no use. */
export function isRefused(error: unknown): boolean {
  return /^(ECONNREFUSED|ENOTFOUND|EACCES|EPERM)$/.test(systemCode(error) ?? "");
}

/** Tells whether a time limit passed: whoever is there may answer later. */
export function isLate(error: unknown): boolean {
  return /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/.test(systemCode(error) ?? "");
}

/** Node's code of a failed connection, such as ECONNREFUSED, from wherever in the causes it is. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (
    typeof code === "string" &&
    /^(E[A-Z_]+|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|UND_ERR_CONNECT_TIMEOUT)/.test(code)
  )
    return code;
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return systemCode(error.cause);
}
