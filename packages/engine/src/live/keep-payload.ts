import { Objects, type Payload } from "../objects/objects.ts";
import type { EngineContext } from "./context.ts";
import type { ActionState } from "./state.ts";

/** Pause after the disk refused, in milliseconds. */
const retryMs = 1_000;

/**
 * Calls back with bytes once they may be named in the database: at once if they are small, else when their file is on
 * disk. Keeps trying while the disk refuses, and is silent if the engine is closed meanwhile.
 */
export function keep(
  context: EngineContext,
  action: ActionState,
  bytes: Uint8Array,
  kept: (payload: Payload) => void,
): void {
  if (Objects.isLarge(bytes)) void keepLarge(context, action, bytes, kept);
  else kept({ bytes });
}

async function keepLarge(
  context: EngineContext,
  action: ActionState,
  bytes: Uint8Array,
  kept: (payload: Payload) => void,
): Promise<void> {
  const payload = await put(context, action, bytes);
  if (payload !== undefined && !context.closed) context.guard(action, () => kept(payload));
}

async function put(context: EngineContext, action: ActionState, bytes: Uint8Array): Promise<Payload | undefined> {
  while (!context.closed) {
    try {
      return await context.store.objects.put(bytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.log(action, `What it takes or gave cannot be stored, which is tried again: ${why}`);
      await new Promise<void>((resolve) => {
        context.after(retryMs, resolve);
      });
    }
  }
  return undefined;
}
