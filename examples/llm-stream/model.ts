import { setTimeout as sleep } from "node:timers/promises";

const words = "A stream is a list of values that grows while you read it and stays when you look away".split(" ");

/** Stands in for a language model: it says the same words about every prompt, one every 50 ms. */
export async function* model(prompt: string, count: number, signal: AbortSignal): AsyncGenerator<string> {
  yield `You asked: ${prompt}`;
  for (let index = 0; index < count; index += 1) {
    await sleep(50, undefined, { signal });
    yield ` ${words[index % words.length]}`;
  }
}
