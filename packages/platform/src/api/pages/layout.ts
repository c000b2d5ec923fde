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
.ACTIVE, .SUCCEEDED, .RECOVERED { color: #18794e; }
.FAILED, .TIMED_OUT { color: #ce2c31; }
.PENDING, .DEPLOYING, .RUNNING, .PAUSED, .INITIALIZING { color: #ad5700; }
@media (prefers-color-scheme: dark) {
  .ACTIVE, .SUCCEEDED, .RECOVERED { color: #33b074; } .FAILED, .TIMED_OUT { color: #ff6369; }
  .PENDING, .DEPLOYING, .RUNNING, .PAUSED, .INITIALIZING { color: #f1a10d; }
}
pre { overflow-x: auto; background: #8881; padding: .8rem; font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; }
.quiet { opacity: .65; }
.prompt { white-space: pre-wrap; }
form { margin: 1rem 0; }
button, input, textarea { font: inherit; padding: .2rem .6rem; }
textarea { width: 100%; box-sizing: border-box; }
iframe { width: 100%; height: 30rem; border: 1px solid #8884; background: #fff; }
.d1 { padding-left: 1rem; } .d2 { padding-left: 2rem; } .d3 { padding-left: 3rem; } .d4 { padding-left: 4rem; }
.d5 { padding-left: 5rem; } .d6 { padding-left: 6rem; } .d7 { padding-left: 7rem; } .d8 { padding-left: 8rem; }
`;

// In one piece: its hash is in the header, and a space more would be another style.
const styleElement = new Html(`<style>${style}</style>`);
const styleHash = createHash("sha256").update(style).digest("base64");

/** No script, nothing from elsewhere, one style: this page's. */
export const pageHeaders: Readonly<Record<string, string>> = headers("form-action 'none'", "no-referrer");

/** The same, for a page with forms. Its own forms must tell their origin, which `no-referrer` would hide. */
export const formPageHeaders: Readonly<Record<string, string>> = headers(
  "form-action 'self'; frame-src 'self'",
  "same-origin",
);

function headers(allowed: string, referrerPolicy: string): Readonly<Record<string, string>> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; ${allowed}; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": referrerPolicy,
    "cache-control": "no-store",
  };
}

/** A whole page, which loads itself anew every two seconds unless it should not. */
export function layout(title: string, body: Html, refresh: boolean = true): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh ? html`<meta http-equiv="refresh" content="2" />` : undefined}
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
