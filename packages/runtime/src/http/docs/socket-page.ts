import { escapeHtml } from "@appenv-internal/http/escape-html";
import { parts } from "./sockets/parts.ts";
import { plainSocket } from "./sockets/plain-socket.ts";
import { socketIoNamespace } from "./sockets/socket-io-namespace.ts";

/** The page about the sockets, which shows `/asyncapi.json` and connects to them. Works below a prefix, as `/docs` does. */
export function socketPage(title: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}: sockets</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="sockets/page.css">
  </head>
  <body>
    <header><h1>${escapeHtml(title)}</h1><p>Sockets, described by <a href="asyncapi.json">asyncapi.json</a></p></header>
    <main id="sockets"></main>
    <script src="sockets/page.js"></script>
  </body>
</html>
`;
}

/** The page's style. */
export const socketStyle: string = `
:root { color-scheme: light dark; --line: #8884; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { margin: 0; } h2 { font: 600 1.1rem ui-monospace, monospace; }
section { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0; }
.schemas { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
pre, textarea, input { font: 13px/1.5 ui-monospace, monospace; }
pre { background: #8881; padding: .6rem; border-radius: 6px; overflow: auto; max-height: 20rem; margin: .3rem 0; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .5rem 0; }
label { display: grid; font-size: .85rem; } textarea { width: 30rem; max-width: 90vw; }
[role=log] { border: 1px solid var(--line); border-radius: 6px; padding: .6rem; min-height: 3rem; }
[role=log] p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** The page's script: plain DOM, no framework. What comes from the document or a socket is set as text only. */
export const socketScript: string = `"use strict";
const root = new URL(".", document.baseURI);
${parts}
${plainSocket}
${socketIoNamespace}
function show([name, channel]) {
  return channel["x-socket.io-namespace"] === undefined ? showSocket(name, channel) : showNamespace(name, channel);
}

fetch(new URL("asyncapi.json", root)).then((response) => response.json()).then(({ channels, components }) => {
  named = components?.schemas ?? {};
  const schemas = Object.entries(named).map(([name, schema]) => showSchema(name, schema));
  document.getElementById("sockets").append(...Object.entries(channels).map(show), ...schemas);
});
`;
