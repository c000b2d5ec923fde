// Tried with Node 24: set later, these change nothing. `TZ`, `NODE_ENV` and `NODE_TLS_REJECT_UNAUTHORIZED` are not among
// them: they are read again, or only when a package is imported.
const readAtStart =
  /^(NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|USE_SYSTEM_CA|USE_ENV_PROXY|DEBUG|DEBUG_NATIVE|ICU_DATA|NO_WARNINGS|PENDING_DEPRECATION|PRESERVE_SYMLINKS(_MAIN)?|REDIRECT_WARNINGS|V8_COVERAGE|COMPILE_CACHE(_PORTABLE)?|DISABLE_COMPILE_CACHE)|UV_.*|LD_.*|DYLD_.*|MALLOC_.*|GLIBC_TUNABLES|OPENSSL_.*|SSL_CERT_(FILE|DIR)|LANG|LANGUAGE|LC_.*)$/;

/** True for an env var that Node, its libraries or the system read at the start of a process, and never again. */
export function isReadAtStart(name: string): boolean {
  return readAtStart.test(name);
}
