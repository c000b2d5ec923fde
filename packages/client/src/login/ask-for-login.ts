import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse, type Transport } from "@connectrpc/connect";

/** The part of a login's tokens that asks a person. */
export interface LoginAsker {
  /** Tells whether a call failed since a person has to log in, and one watches. */
  canHelp(error: unknown): boolean;
  /** Has the person log in; calls at the same time share one login. */
  ask(): Promise<void>;
}

/**
 * A transport that has a person log in when a call needs it, and then repeats the call. It is around the time limits of
 * calls: people take longer.
 */
export function askForLogin(transport: Transport, asker: LoginAsker): Transport {
  return {
    async unary(...call) {
      try {
        return await transport.unary(...call);
      } catch (error) {
        if (!asker.canHelp(error)) throw error;
        await asker.ask();
        return transport.unary(...call);
      }
    },
    async stream(method, signal, timeoutMs, header, input, ...rest) {
      if (method.methodKind !== "server_streaming")
        return transport.stream(method, signal, timeoutMs, header, input, ...rest);
      const messages = await allOf(input);
      const open = () => transport.stream(method, signal, timeoutMs, header, each(messages), ...rest);
      const response = await open().catch(async (error: unknown) => {
        if (!asker.canHelp(error)) throw error;
        await asker.ask();
        return open();
      });
      return { ...response, message: askInBetween(response, asker, open) };
    },
  };
}

async function* askInBetween<I extends DescMessage, O extends DescMessage>(
  first: StreamResponse<I, O>,
  asker: LoginAsker,
  open: () => Promise<StreamResponse<I, O>>,
): AsyncGenerator<MessageShape<O>> {
  let hasBegun = false;
  try {
    for await (const message of first.message) {
      hasBegun = true;
      yield message;
    }
    return;
  } catch (error) {
    if (!asker.canHelp(error)) throw error;
    await asker.ask();
    // Its reader opens it again, as one that broke.
    if (hasBegun) throw new ConnectError("The login had ended.", Code.Unavailable, undefined, undefined, error);
  }
  yield* (await open()).message;
}

async function allOf<I extends DescMessage>(
  input: AsyncIterable<MessageInitShape<I>>,
): Promise<readonly MessageInitShape<I>[]> {
  const messages: MessageInitShape<I>[] = [];
  for await (const message of input) messages.push(message);
  return messages;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
