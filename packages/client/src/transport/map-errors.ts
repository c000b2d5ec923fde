import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { callError } from "./errors.ts";

/** A transport whose every failure is an AppEnvError, also in the middle of a stream. */
export function mapErrors(transport: Transport, endpoint: string): Transport {
  return {
    async unary(...call) {
      try {
        return await transport.unary(...call);
      } catch (error) {
        throw callError(error, endpoint);
      }
    },
    async stream(...call) {
      try {
        const response = await transport.stream(...call);
        return { ...response, message: mapMessages(response.message, endpoint) };
      } catch (error) {
        throw callError(error, endpoint);
      }
    },
  };
}

async function* mapMessages<O extends DescMessage>(
  messages: AsyncIterable<MessageShape<O>>,
  endpoint: string,
): AsyncGenerator<MessageShape<O>> {
  try {
    yield* messages;
  } catch (error) {
    throw callError(error, endpoint);
  }
}
