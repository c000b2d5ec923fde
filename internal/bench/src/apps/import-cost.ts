// Prints how long the adapter takes to import, in milliseconds, where its peers are loaded already.
await import("fastify");
await import("zod");
const started = performance.now();
await import("@appenv/fastify");
console.log(performance.now() - started);
