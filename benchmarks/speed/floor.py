"""A Sanic server that does nothing: what HTTP alone costs. python -m benchmarks.speed.floor PORT"""

from __future__ import annotations

import sys

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

app = Sanic("floor", configure_logging=False)


@app.post("/message")
async def message(request: Request) -> HTTPResponse:
    """The same reply to any JSON."""
    return response.json({"messages": [{"text": request.json["text"]}]})


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, motd=False)
