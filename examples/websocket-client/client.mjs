// node client.mjs ADDRESS MESSAGE...
// Sends the messages and prints what comes, with nothing but what browsers and Node 22 have.
const [address, ...messages] = process.argv.slice(2);

const socket = new WebSocket(address);
socket.addEventListener("open", () => {
  for (const message of messages) socket.send(message);
});
socket.addEventListener("message", ({ data }) => console.log(data));
socket.addEventListener("close", ({ code, reason }) => {
  if (code !== 1000) console.error(`Closed: ${code} ${reason}`);
});
