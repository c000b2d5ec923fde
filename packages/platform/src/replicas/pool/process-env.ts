// A replica gets the env vars of its app, not those of whoever started the platform: what runs here then runs the
// same on a cluster. These few belong to the machine and its user; compiled code is kept where Node is told to keep it.
const inherited =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|TERM|NO_COLOR|FORCE_COLOR|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|(HTTP|HTTPS|NO)_PROXY|(http|https|no)_proxy|SystemRoot|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE)$/;

/** Tells where the collector of the machine is, and what is sent to it; not its credentials, which are a secret of the app. */
const tracing =
  /^OTEL_(SDK_DISABLED|PROPAGATORS|TRACES_.*|BSP_.*|EXPORTER_OTLP_(.*_)?(ENDPOINT|PROTOCOL|TIMEOUT|COMPRESSION|CERTIFICATE))$/;

/** The env vars every process of the platform starts with. Frameworks are to run as they do on a cluster. */
export function processEnv(additions: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = { NODE_ENV: "production" };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (inherited.test(name) || tracing.test(name))) env[name] = value;
  }
  return { ...env, ...additions };
}
