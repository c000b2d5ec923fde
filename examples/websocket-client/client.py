# pip install websockets
import asyncio
import json
import sys

import websockets


async def client(uri):
    async with websockets.connect(uri) as websocket:
        await websocket.send(json.dumps({"text": "Hello, Server!"}))
        response = json.loads(await websocket.recv())
        print(f"Received: {response['text']}")


asyncio.run(client(sys.argv[1] if len(sys.argv) > 1 else "ws://localhost:8080/ws"))
