import { createHash } from "node:crypto";
import { html, Html } from "./html.ts";

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
th { font-weight: 600; }
.phase { font-weight: 600; }
.ACTIVE { color: #18794e; }
.FAILED { color: #ce2c31; }
.PENDING, .DEPLOYING { color: #ad5700; }
@media (prefers-color-scheme: dark) {
  .ACTIVE { color: #33b074; } .FAILED { color: #ff6369; } .PENDING, .DEPLOYING { color: #f1a10d; }
}
pre { overflow-x: auto; background: #8881; padding: .8rem; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; }
.quiet { opacity: .65; }
`;

// In one piece: its hash is in the header, and a space more would be another style.
const styleElement = new Html(`<style>${style}</style>`);
const styleHash = createHash("sha256").update(style).digest("base64");

/** No script, nothing from elsewhere, one style: this page's. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; ` +
    `frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** A whole page, which reloads itself every two seconds. */
export function layout(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="2" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
