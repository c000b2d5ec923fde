import { Readable } from "node:stream";
import { identity, type Identity } from "@appenv/core";
import { z } from "zod";
import { Gate } from "../gate.ts";

/** The body of `POST /orders`. */
export const order: z.ZodObject<{ item: z.ZodString; count: z.ZodNumber }> = z
  .object({ item: z.string().refine(throwsFor("unreadable")), count: z.number() })
  .meta({ id: "shop/Order~new", description: "What is ordered" });

/** The answer to `POST /orders`. */
export const orderReceipt: z.ZodObject<{ id: z.ZodString; item: z.ZodString }> = z.object({
  id: z.string(),
  item: z.string().refine(throwsFor("unwritable")),
});

const tag: z.ZodObject<{ label: z.ZodString }> = z.object({ label: z.string() }).meta({ id: "Tag" });

/** The body of `POST /todos`, which lists it in its answer. Both are forms of one schema, since `done` has a default. */
export const todo: z.ZodObject<{ tags: z.ZodArray<typeof tag>; done: z.ZodDefault<z.ZodBoolean> }> = z
  .object({ tags: z.array(tag), done: z.boolean().default(false) })
  .meta({ id: "Todo" });

/** A check with a mistake, which shows with this value. */
function throwsFor(value: string): (given: string) => boolean {
  return (given) => {
    if (given === value) throw new RangeError("Maximum call stack size exceeded by `never to be told`");
    return true;
  };
}

/** The work of the routes of the suite's app, in any framework. One for each test. */
export class Fixture {
  /** The gate at which `slow` waits. */
  readonly slowGate: Gate = new Gate();
  /** The gate at which `stream` waits after its first chunk. */
  readonly streamGate: Gate = new Gate();
  /** The senders of what `greeting`, `slow`, `order` and `heard` answered. */
  readonly identities: (Identity | undefined)[] = [];
  /** Resolves when the event stream was closed, by either side. */
  readonly eventsClosed: Promise<void>;
  readonly #eventsClosed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor() {
    this.eventsClosed = this.#eventsClosed.promise;
  }

  greeting(): { message: string } {
    this.identities.push(identity());
    return { message: "Hello" };
  }

  item(id: string): { id: string } {
    return { id };
  }

  async slow(): Promise<{ message: string }> {
    await this.slowGate.pass();
    this.identities.push(identity());
    return { message: "at last" };
  }

  stream(): Readable {
    const gate = this.streamGate;
    return Readable.from(
      (async function* chunks(): AsyncGenerator<string> {
        yield "one,";
        await gate.pass();
        yield "two";
      })(),
      { objectMode: false },
    );
  }

  /** One event, then silence. */
  events(): Readable {
    const stream = new Readable({ read: () => undefined });
    stream.push("data: hello\n\n");
    stream.once("close", () => this.#eventsClosed.resolve());
    return stream;
  }

  /** The message a socket sends back. */
  heard<T>(message: T): T {
    this.identities.push(identity());
    return message;
  }

  throws(): never {
    throw new Error("the handler failed");
  }

  /** With what the receipt does not name; or, for the item "broken", with what does not fit it. */
  order({ item }: { item: string }): { id: string; item: string } {
    this.identities.push(identity());
    const receipt = { id: "order-1", item, internalNote: "never to be sent" };
    return item === "broken" ? { ...receipt, id: { internalNote: "never to be sent" } as never } : receipt;
  }
}
