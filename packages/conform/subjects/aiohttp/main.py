# As in aiohttp's "Server example", with the port from the environment.
import asyncio
import os
import time

import aiohttp
from aiohttp import web

routes = web.RouteTableDef()


@routes.get("/")
async def hello(request):
    return web.Response(text="Hello, world")


@routes.get("/__conform/slow")
async def slow(request):
    await asyncio.sleep(float(request.query["ms"]) / 1000)
    return web.Response(text="slow")


@routes.get("/__conform/block")
async def block(request):
    end = time.monotonic() + float(request.query["ms"]) / 1000
    while time.monotonic() < end:
        pass
    return web.Response(text="blocked")


@routes.get("/__conform/stream")
async def stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(int(request.query["chunks"])):
        await asyncio.sleep(float(request.query["ms"]) / 1000)
        await response.write(b"x" * int(request.query["bytes"]))
    await response.write_eof()
    return response


@routes.post("/__conform/echo")
async def echo(request):
    return web.Response(body=await request.read())


@routes.get("/__conform/throw")
async def throw(request):
    async def fault():
        raise RuntimeError("conform-secret")

    if request.query["kind"] == "late":
        asyncio.create_task(fault())
        return web.Response(text="late")
    if request.query["kind"] == "after":
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"some")
    await fault()


@routes.get("/__conform/header")
async def header(request):
    return web.Response(text="header", headers={"X-Value": request.query["value"]})


@routes.get("/__conform/client")
async def client(request):
    return web.Response(text=f"{request.remote} {request.url}")


@routes.get("/__conform/log")
async def log(request):
    print("asked", flush=True)
    return web.Response(text="logged")



@routes.get("/__conform/backing")
async def backing(request):
    async with aiohttp.ClientSession() as session:
        async with session.get(os.environ["BACKING_URL"]) as response:
            return web.Response(body=await response.read())


app = web.Application()
app.add_routes(routes)
web.run_app(app, port=int(os.environ["PORT"]))
