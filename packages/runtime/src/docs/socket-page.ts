/** The page about the sockets, which shows `/asyncapi.json` and connects to them. Works below a prefix, as `/docs` does. */
export function socketPage(title: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)}: sockets</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="sockets/page.css">
  </head>
  <body>
    <header><h1>${escape(title)}</h1><p>Sockets, described by <a href="asyncapi.json">asyncapi.json</a></p></header>
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

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function field(name, schema) {
  const input = element("input", { name, value: schema.default ?? schema.examples?.[0] ?? schema.enum?.[0] ?? "" });
  return [input, element("label", { title: schema.description ?? "" }, name, input)];
}

function example(schema) {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.examples) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return example(choice[0]);
  if (schema.type === "object") {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, example(part)]));
  }
  return { string: "", number: 0, integer: 0, boolean: false, array: [] }[schema.type] ?? null;
}

function schemaOf(title, message) {
  return element("div", {}, element("strong", { textContent: title }),
    element("pre", { textContent: JSON.stringify(message.payload, null, 2) }));
}

function show(name, channel) {
  const { incoming, outgoing } = channel.messages ?? {};
  const query = channel.bindings?.ws?.query?.properties ?? {};
  const params = Object.entries(channel.parameters ?? {}).map(([key, schema]) => field(key, schema));
  const search = Object.entries(query).map(([key, schema]) => field(key, schema));
  const isJson = incoming?.contentType === "application/json";
  const connect = element("button", { textContent: "Connect" });
  const send = element("button", { textContent: "Send", disabled: true });
  const text = element("textarea", { rows: 4, value: isJson ? JSON.stringify(example(incoming.payload), null, 2) : "" });
  const log = element("div", { role: "log" });
  const say = (line) => { log.append(element("p", { textContent: line })); log.lastChild.scrollIntoView({ block: "nearest" }); };
  let socket;
  function address() {
    let path = channel.address;
    for (const [input] of params) path = path.replace("{" + input.name + "}", encodeURIComponent(input.value));
    const url = new URL(path.replace(/^\\//, ""), root);
    url.protocol = url.protocol.replace("http", "ws");
    for (const [input] of search) if (input.value !== "") url.searchParams.set(input.name, input.value);
    return url;
  }
  function open() {
    const url = address();
    socket = new WebSocket(url, channel["x-subprotocols"] ?? []);
    say("connecting to " + url);
    socket.onopen = () => { send.disabled = false; connect.textContent = "Disconnect"; say("connected"); };
    socket.onmessage = ({ data }) => say("\\u2190 " + data);
    socket.onclose = ({ code, reason }) => {
      send.disabled = true;
      connect.textContent = "Connect";
      say("closed: " + code + " " + reason);
      socket = undefined;
    };
  }
  const form = element("form", {
    onsubmit(event) { event.preventDefault(); if (socket) socket.close(); else open(); },
  }, ...params.map(([, label]) => label), ...search.map(([, label]) => label), connect);
  const message = element("form", {
    onsubmit(event) { event.preventDefault(); socket.send(text.value); say("\\u2192 " + text.value); },
  }, element("label", {}, "message", text), send);
  return element("section", { id: name },
    element("h2", { textContent: channel.address }),
    element("p", { textContent: [channel.summary, channel.description].filter(Boolean).join(". ") }),
    element("div", { className: "schemas" },
      ...(incoming ? [schemaOf("you send", incoming)] : []), ...(outgoing ? [schemaOf("you receive", outgoing)] : [])),
    form, message, log);
}

fetch(new URL("asyncapi.json", root)).then((response) => response.json()).then(({ channels }) => {
  document.getElementById("sockets").append(...Object.entries(channels).map(([name, channel]) => show(name, channel)));
});
`;

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
