import { addItem, listItems } from "./api.js";

const list = document.querySelector("#items");
const form = document.querySelector("#add");
const state = document.querySelector("#state");

function show({ title }) {
  const item = document.createElement("li");
  item.textContent = title;
  list.append(item);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    show(await addItem(new FormData(form).get("title")));
    state.textContent = "";
    form.reset();
  } catch (error) {
    state.textContent = error.message;
  }
});

for (const item of await listItems()) show(item);
