# As in Flask's "Quickstart" and "Deploying to Production: Gunicorn". Gunicorn reads PORT by itself.
import os
import time
import urllib.request

from flask import Flask, Response, request

app = Flask(__name__)


@app.route("/")
def hello_world():
    return "<p>Hello, World!</p>"


@app.route("/__conform/slow")
def slow():
    time.sleep(float(request.args["ms"]) / 1000)
    return "slow"


@app.route("/__conform/block")
def block():
    end = time.monotonic() + float(request.args["ms"]) / 1000
    while time.monotonic() < end:
        pass
    return "blocked"


@app.route("/__conform/stream")
def stream():
    chunks, ms, size = (int(request.args[name]) for name in ("chunks", "ms", "bytes"))

    def generate():
        for _ in range(chunks):
            time.sleep(ms / 1000)
            yield b"x" * size

    return Response(generate())


@app.route("/__conform/echo", methods=["POST"])
def echo():
    return request.get_data()


@app.route("/__conform/throw")
def throw():
    if request.args.get("kind") == "after":

        def generate():
            yield b"some"
            raise RuntimeError("conform-secret")

        return Response(generate())
    raise RuntimeError("conform-secret")


@app.route("/__conform/header")
def header():
    response = Response("header")
    response.headers["X-Value"] = request.args["value"]
    return response


@app.route("/__conform/client")
def client():
    return f"{request.remote_addr} {request.url}"


@app.route("/__conform/log")
def log():
    print("asked", flush=True)
    return "logged"


@app.route("/__conform/backing")
def backing():
    with urllib.request.urlopen(os.environ["BACKING_URL"]) as response:
        return response.read()
