# As in Tornado's "Hello, world", with the port from the environment.
import asyncio
import os
import time

import tornado.httpclient
import tornado.web


class MainHandler(tornado.web.RequestHandler):
    def get(self):
        self.write("Hello, world")


class SlowHandler(tornado.web.RequestHandler):
    async def get(self):
        await asyncio.sleep(float(self.get_argument("ms")) / 1000)
        self.write("slow")


class BlockHandler(tornado.web.RequestHandler):
    def get(self):
        end = time.monotonic() + float(self.get_argument("ms")) / 1000
        while time.monotonic() < end:
            pass
        self.write("blocked")


class StreamHandler(tornado.web.RequestHandler):
    async def get(self):
        for _ in range(int(self.get_argument("chunks"))):
            await asyncio.sleep(float(self.get_argument("ms")) / 1000)
            self.write(b"x" * int(self.get_argument("bytes")))
            await self.flush()


class EchoHandler(tornado.web.RequestHandler):
    def post(self):
        self.write(self.request.body)


class ThrowHandler(tornado.web.RequestHandler):
    async def get(self):
        kind = self.get_argument("kind")
        if kind == "late":

            async def fault():
                raise RuntimeError("conform-secret")

            asyncio.create_task(fault())
            self.write("late")
            return
        if kind == "after":
            self.write("some")
            await self.flush()
        raise RuntimeError("conform-secret")


class HeaderHandler(tornado.web.RequestHandler):
    def get(self):
        self.set_header("X-Value", self.request.arguments["value"][0].decode())
        self.write("header")


class ClientHandler(tornado.web.RequestHandler):
    def get(self):
        self.write(f"{self.request.remote_ip} {self.request.full_url()}")


class LogHandler(tornado.web.RequestHandler):
    def get(self):
        print("asked", flush=True)
        self.write("logged")


class BackingHandler(tornado.web.RequestHandler):
    async def get(self):
        response = await tornado.httpclient.AsyncHTTPClient().fetch(os.environ["BACKING_URL"])
        self.write(response.body)


def make_app():
    return tornado.web.Application(
        [
            (r"/", MainHandler),
            (r"/__conform/slow", SlowHandler),
            (r"/__conform/block", BlockHandler),
            (r"/__conform/stream", StreamHandler),
            (r"/__conform/echo", EchoHandler),
            (r"/__conform/throw", ThrowHandler),
            (r"/__conform/header", HeaderHandler),
            (r"/__conform/client", ClientHandler),
            (r"/__conform/log", LogHandler),
            (r"/__conform/backing", BackingHandler),
        ]
    )


async def main():
    app = make_app()
    app.listen(int(os.environ["PORT"]))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
