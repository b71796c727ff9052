"""Handles what all requests share: allowed origins, headers, errors, metrics, and the paths outside /chat."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channel import metrics
from bot.channel.draining import RETRY, Draining
from bot.channel.errors import Errors
from bot.channel.health import Health
from bot.channel.malformed_requests import refuse_malformed_requests
from bot.channel.requests import MAX_BODY
from bot.channel.retention import purge_while_serving
from bot.settings import Settings

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Other sites may frame the page and load the widget; `dress` below forbids that for the replies of the API.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Entrance(Blueprint):
    """A Sanic blueprint that also sets up the whole server: /health, redirects, headers, errors, metrics, draining."""

    def __init__(self, name: str, settings: Settings, errors: Errors, health: Health, draining: Draining) -> None:
        super().__init__(name)
        self.ctx.settings, self.ctx.errors, self.ctx.health = settings, errors, health
        self.ctx.draining = draining

    def register(self, app: Sanic, options: dict[str, Any]) -> Any:
        """Register the routes and hooks with `app`, and replace Rasa's own page at /."""
        settings: Settings = self.ctx.settings
        errors: Errors = self.ctx.errors
        draining: Draining = self.ctx.draining
        ancestors = " ".join(["'self'", *settings.origins])
        headers = {name: value.format(ancestors=ancestors) for name, value in _HEADERS.items()}
        app.config.REQUEST_MAX_SIZE = MAX_BODY
        app.config.FALLBACK_ERROR_FORMAT = "json"
        # Switches Rasa's CORS extension off: its headers would replace those that `dress` sets.
        app.ctx.sanic_cors.resources = []

        @app.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await self.ctx.health.reply(request)

        @app.on_request
        async def entrance(request: Request) -> HTTPResponse | None:
            request.ctx.started = time.perf_counter()
            if request.stream.request_body:  # also where the handler takes no body: Sanic fails on unread ones
                await request.receive_body()
            if draining.begun:
                return errors.reply(503, "down", RETRY)
            if request.path in ("/", "/chat"):
                return response.redirect("/chat/")
            if not _allowed(request, settings.origins):
                return errors.reply(403, "origin")
            if request.method == "OPTIONS":
                return response.empty()
            return None

        @app.on_response
        async def dress(request: Request, reply: HTTPResponse) -> None:
            reply.headers.update(headers)
            if request.method != "GET" or request.path == "/health":
                reply.headers["Cache-Control"] = "no-store"
                reply.headers["Cross-Origin-Resource-Policy"] = "same-origin"
            origin = request.headers.get("origin")
            if settings.origins:
                reply.headers.setdefault("Vary", "Origin")
            if origin in settings.origins:
                reply.headers["Access-Control-Allow-Origin"] = origin
                reply.headers["Access-Control-Allow-Headers"] = "Content-Type"
                reply.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
                reply.headers["Access-Control-Expose-Headers"] = "Retry-After"
                reply.headers["Access-Control-Max-Age"] = "600"

        @app.on_response
        async def measure(request: Request, reply: HTTPResponse) -> None:
            route = f"/{request.route.path}" if request.route else "none"
            metrics.REQUESTS.labels(route, reply.status).inc()
            if hasattr(request.ctx, "started"):
                metrics.SECONDS.labels(route).observe(time.perf_counter() - request.ctx.started)

        @app.before_server_stop
        async def drain(_app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await draining.drain()

        refuse_malformed_requests(app)
        purge_while_serving(app, settings)
        app.error_handler.add(Exception, errors)
        return super().register(app, options)


def _allowed(request: Request, origins: tuple[str, ...]) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin in origins or origin.partition("://")[2] == request.headers.get("host")
