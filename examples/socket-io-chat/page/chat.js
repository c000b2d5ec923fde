// Served to the browser as it is. `io` comes from /socket.io/socket.io.min.js.
const socket = io();
const [joinForm, sayForm] = [document.forms.join, document.forms.say];
const state = document.querySelector("#state");
const messages = document.querySelector("#messages");

joinForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { room, name } = Object.fromEntries(new FormData(joinForm));
  const { error, members } = await socket.emitWithAck("join", room, name);
  state.textContent = error === undefined ? `${members} here` : error.message;
  sayForm.hidden = error !== undefined;
});

sayForm.addEventListener("submit", (event) => {
  event.preventDefault();
  socket.emit("say", new FormData(sayForm).get("text"));
  sayForm.reset();
});

socket.on("message", ({ from, text }) => {
  const item = document.createElement("li");
  item.textContent = `${from}: ${text}`;
  messages.append(item);
});
socket.on("error", ({ error }) => (state.textContent = error.message));
socket.on("connect", () => {
  // A connection that could not be recovered is in no room.
  if (!socket.recovered && !sayForm.hidden) joinForm.requestSubmit();
});
