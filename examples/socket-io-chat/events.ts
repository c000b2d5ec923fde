import { socketEvents } from "@appenv/socket.io";
import { z } from "zod";

const Room = z.string().trim().min(1).max(20);
const Message = z.object({ room: z.string(), from: z.string(), text: z.string() });

/** Events between the chat's clients and its server. */
export const chatEvents = socketEvents({
  clientToServer: {
    join: { args: [Room, z.string().trim().min(1).max(20)], ack: z.object({ members: z.number() }) },
    say: z.string().trim().min(1).max(500),
  },
  serverToClient: {
    message: Message,
  },
});
