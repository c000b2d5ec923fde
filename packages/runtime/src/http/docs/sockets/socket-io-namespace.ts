/** A namespace of Socket.IO on the page. A browser's WebSocket does not speak it, so there is code instead of a form. */
export const socketIoNamespace: string = `
function eventsOf(channel, prefix) {
  const entries = Object.entries(channel.messages ?? {});
  return entries.filter(([key]) => key.startsWith(prefix)).map(([, message]) => message);
}

function emitLine(message) {
  const args = (message.payload.prefixItems ?? []).map((schema) => JSON.stringify(example(schema)));
  const words = [JSON.stringify(message.name), ...args].join(", ");
  return message["x-ack"] ? "const answer = await socket.emitWithAck(" + words + ");" : "socket.emit(" + words + ");";
}

function onLine(message) {
  const names = (message.payload.prefixItems ?? []).map((_, index) => "arg" + (index + 1));
  return "socket.on(" + JSON.stringify(message.name) + ", (" + names.join(", ") + ") => console.log(" + names.join(", ") + "));";
}

function clientCode(channel, sent, received) {
  const namespace = channel["x-socket.io-namespace"];
  const path = root.pathname.replace(/\\/$/, "") + channel.address;
  const options = path === "/socket.io" ? "" : ", { path: " + JSON.stringify(path) + " }";
  const address = JSON.stringify(root.origin + (namespace === "/" ? "" : namespace));
  const lines = ['import { io } from "socket.io-client";', "", "const socket = io(" + address + options + ");"];
  return [...lines, ...received.map(onLine), ...sent.map(emitLine)].join("\\n");
}

function answersOf(message) {
  return message["x-ack"] ? [schemaOf("it answers " + message.name, { payload: message["x-ack"] })] : [];
}

function showNamespace(name, channel) {
  const sent = eventsOf(channel, "receive_");
  const received = eventsOf(channel, "send_");
  return element("section", { id: name }, ...heading(channel, channel.title),
    element("p", { textContent: "Connect with a client of Socket.IO, for example socket.io-client:" }),
    element("pre", { textContent: clientCode(channel, sent, received) }),
    element("div", { className: "schemas" },
      ...sent.flatMap((message) => [schemaOf("you send " + message.name, message), ...answersOf(message)]),
      ...received.map((message) => schemaOf("you receive " + message.name, message))));
}
`;
