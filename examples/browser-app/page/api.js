export async function listItems() {
  return read(await fetch("/api/items"));
}

export async function addItem(title) {
  const headers = { "content-type": "application/json" };
  return read(await fetch("/api/items", { method: "POST", headers, body: JSON.stringify({ title }) }));
}

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body;
}
