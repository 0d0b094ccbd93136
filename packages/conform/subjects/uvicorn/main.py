# As in FastAPI's "First Steps" and "Run a Server Manually".
import asyncio
import os
import time
import urllib.request

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

app = FastAPI()


@app.get("/")
async def root():
    return {"message": "Hello World"}


@app.get("/__conform/slow")
async def slow(ms: float):
    await asyncio.sleep(ms / 1000)
    return "slow"


@app.get("/__conform/block")
async def block(ms: float):
    end = time.monotonic() + ms / 1000
    while time.monotonic() < end:
        pass
    return "blocked"


@app.get("/__conform/stream")
async def stream(request: Request, chunks: int, ms: float):
    size = int(request.query_params["bytes"])

    async def generate():
        for _ in range(chunks):
            await asyncio.sleep(ms / 1000)
            yield b"x" * size

    return StreamingResponse(generate())


@app.post("/__conform/echo")
async def echo(request: Request):
    return Response(await request.body())


@app.get("/__conform/throw")
async def throw(kind: str):
    async def fault():
        raise RuntimeError("conform-secret")

    if kind == "late":
        asyncio.create_task(fault())
        return "late"
    if kind != "after":
        await fault()

    async def generate():
        yield b"some"
        await fault()

    return StreamingResponse(generate())


@app.get("/__conform/header")
async def header(value: str):
    return PlainTextResponse("header", headers={"X-Value": value})


@app.get("/__conform/client")
async def client(request: Request):
    return PlainTextResponse(f"{request.client.host} {request.url}")


@app.get("/__conform/log")
async def log():
    print("asked", flush=True)
    return "logged"


@app.get("/__conform/backing")
def backing():
    with urllib.request.urlopen(os.environ["BACKING_URL"]) as response:
        return Response(response.read())
