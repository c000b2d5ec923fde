// Prints the time of importing the adapter, in milliseconds, with its peers loaded already.
await import("fastify");
await import("zod");
const started = performance.now();
await import("@appenv/fastify");
console.log(performance.now() - started);
