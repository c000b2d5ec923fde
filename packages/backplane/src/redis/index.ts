export { redisBackplane, RedisBackplane, type RedisBackplaneOptions } from "./redis-backplane.ts";
