import { create } from "@bufbuild/protobuf";
import { cacheKey, fromTaskSpec, TaskActionSchema, type TaskAction } from "@appenv/protocol/tasks";

/** A child with the key of its result in the backend's cache, if its task is cached. The key is the one of one machine. */
export function withCacheKey(action: TaskAction, inputs: Uint8Array): TaskAction {
  const { id, spec } = action;
  const definition = spec === undefined ? undefined : fromTaskSpec(spec);
  if (id === undefined || definition === undefined || definition.settings.cache.behavior === "disable") return action;
  const value = cacheKey({ task: id, interface: definition.interface, cache: definition.settings.cache, inputs });
  return create(TaskActionSchema, { ...action, cacheKey: value });
}
