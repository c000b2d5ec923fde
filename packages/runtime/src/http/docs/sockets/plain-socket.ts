/** A WebSocket on the page, with a form to try it. */
export const plainSocket: string = `
function field(name, schema) {
  const input = element("input", { name, value: schema.default ?? schema.examples?.[0] ?? schema.enum?.[0] ?? "" });
  return [input, element("label", { title: schema.description ?? "" }, name, input)];
}

function showSocket(name, channel) {
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
    ...heading(channel, channel.address),
    element("div", { className: "schemas" },
      ...(incoming ? [schemaOf("you send", incoming)] : []), ...(outgoing ? [schemaOf("you receive", outgoing)] : [])),
    form, message, log);
}
`;
