/** The fix of an error of a user's code, where its text tells one; undefined: nothing better than the fix of its code. */
export function fixOf(error: unknown, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (codeOf(error) === "EADDRINUSE") {
    return (
      "The code listens itself, and something listens there already: leave `listen()` out, since AppEnv listens for it, " +
      "or call it only `if (import.meta.main)`."
    );
  }
  const missing = namesIn(error).find((name) => env[name] === undefined);
  if (missing === undefined) return undefined;
  return (
    `If the env var ${missing} is missing: name it in \`envVars\` or \`secrets\` of the environment, or give it with ` +
    `\`-e ${missing}=VALUE\`; a replica gets no other env vars of your shell.`
  );
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null ? (error as { readonly code?: unknown }).code : undefined;
}

/** The words that look like names of env vars: `DATABASE_URL`, and `TOKEN` where the text says that it is one. */
function namesIn(error: unknown): readonly string[] {
  const text = error instanceof Error ? error.message : String(error);
  const plain = [...text.matchAll(/\b(?!ERR_)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g)].map(([name]) => name);
  const called = /(?:process\.env\.|\benv(?:ironment)? var(?:iable)? ['"`]?)([A-Z][A-Z0-9_]*)/.exec(text)?.[1];
  return called === undefined ? plain : [called, ...plain];
}
