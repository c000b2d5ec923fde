import express from "express";
const app = express();
app.get("/plain", (_, response) => void response.json({ message: "Hello, World!" }));
app.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGUSR2", () => process.exit(0));
