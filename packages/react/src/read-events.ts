/** A server-sent event. */
export interface ServerEvent {
  readonly id: string | undefined;
  /** `message` if it has no name. */
  readonly event: string;
  readonly data: string;
}

/** The events of a response, as they come. Comments are left out, and so is an event that was cut off. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      for (const event of events) {
        const read = readEvent(event);
        if (read !== undefined) yield read;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function readEvent(text: string): ServerEvent | undefined {
  let id: string | undefined;
  let event = "message";
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "id") id = value;
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  return data.length === 0 ? undefined : { id, event, data: data.join("\n") };
}
