process.on("SIGINT", () => process.exit());
const { env } = await import(process.env["ZZ"]!);
await env.listen({ handleSignals: false });
