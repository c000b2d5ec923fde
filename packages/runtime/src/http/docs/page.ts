import { escapeHtml } from "@appenv-internal/http/escape-html";

/** Nothing from any other host, no inline script, no eval. Scalar sets styles inline. */
export const policy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page. Its addresses are relative to `/docs`, so that it also works below a prefix. */
export function page(title: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="app"></div>
    <script src="docs/scalar.js"></script>
    <script src="docs/init.js"></script>
  </body>
</html>
`;
}

/** Starts Scalar with everything off that would call another host: its fonts, telemetry, proxy, agent and cloud. */
export const initScript: string = `const root = new URL(".", document.baseURI);
Scalar.createApiReference("#app", {
  url: new URL("openapi.json", root).href,
  servers: [{ url: root.href.replace(/\\/$/, "") }],
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: "",
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
});
`;
