process.on("SIGINT", () => process.exit());
await import(process.env["ZZB"]!);
