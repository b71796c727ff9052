"""Handles what all requests share: allowed origins, headers, errors, metrics, rate limits, and routes outside /chat."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from redis.exceptions import RedisError
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channel import metrics
from bot.channel.connections import KEPT_DESCRIPTORS, Connections, raise_descriptors
from bot.channel.draining import RETRY, Draining
from bot.channel.errors import Errors
from bot.channel.health import Health
from bot.channel.limits import RateLimits, TooFast, client_address, is_trusted
from bot.channel.malformed_requests import refuse_malformed_requests
from bot.channel.refusals import Refusals
from bot.channel.requests import MAX_BODY
from bot.channel.retention import purge_while_serving
from bot.settings import Settings, patient

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

# Time limit of a handler, and of a client that does not read its reply. Each part of a handler has a shorter limit.
_REPLY_SECONDS = 30.0
# Time limit for sending the last bytes when a connection or the server is closed.
_CLOSE_SECONDS = 3.0
# Methods that change nothing. Their requests are counted separately.
_PAGES = ("GET", "HEAD", "OPTIONS")


class ServerSetup(Blueprint):
    """The Sanic blueprint of /chat.

    It also sets up / and /health, and the headers, errors and limits of all requests.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        errors: Errors,
        health: Health,
        draining: Draining,
        limits: RateLimits,
    ) -> None:
        super().__init__(name)
        self.ctx.settings, self.ctx.errors, self.ctx.health = settings, errors, health
        self.ctx.draining, self.ctx.limits = draining, limits

    def register(self, app: Sanic, options: dict[str, Any]) -> Any:
        """Add the routes and hooks to `app`, and replace Rasa's own page at /."""
        settings: Settings = self.ctx.settings
        errors: Errors = self.ctx.errors
        draining: Draining = self.ctx.draining
        limits: RateLimits = self.ctx.limits
        refusals = Refusals()
        ancestors = " ".join(["'self'", *settings.origins])
        headers = {name: value.format(ancestors=ancestors) for name, value in _HEADERS.items()}
        app.config.REQUEST_MAX_SIZE = MAX_BODY
        app.config.FALLBACK_ERROR_FORMAT = "json"
        app.config.RESPONSE_TIMEOUT = patient(_REPLY_SECONDS)
        app.config.GRACEFUL_SHUTDOWN_TIMEOUT = patient(_CLOSE_SECONDS)
        app.ctx.connections = Connections(settings.trusted_proxies, raise_descriptors() - KEPT_DESCRIPTORS)
        # This switches off Rasa's CORS extension, whose headers would replace those that `dress` sets.
        app.ctx.sanic_cors.resources = []

        @app.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await self.ctx.health.reply(request)

        @app.on_request
        async def entrance(request: Request) -> HTTPResponse | None:
            request.ctx.started = time.perf_counter()
            if request.stream.request_body:  # even if the handler needs no body: Sanic fails on an unread one
                await request.receive_body()
            if draining.begun:
                return errors.reply(503, "down", RETRY)
            try:
                await limits.count("pages" if request.method in _PAGES else "address", _whose(request, settings))
            except (TooFast, RedisError) as error:  # not raised, as Sanic may already be handling an error
                return errors(request, error)
            if not _known_host(request, settings.hosts):
                return errors.reply(400, "request")
            if request.path in ("/", "/chat"):
                return response.redirect("/chat/")
            if not _allowed(request, settings):
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
            if reply.status >= 400:
                refusals.note(f"{request.method if request.route else ''} {route}".strip(), reply.status)
            if hasattr(request.ctx, "started"):
                metrics.SECONDS.labels(route).observe(time.perf_counter() - request.ctx.started)

        @app.before_server_stop
        async def drain(_app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await draining.drain()
            app.ctx.connections.close()

        refuse_malformed_requests(app)
        purge_while_serving(app, settings)
        app.error_handler.add(Exception, errors)
        return super().register(app, options)


def _whose(request: Request, settings: Settings) -> str:
    """Return the client address of a request, in the form of `client_address`."""
    return client_address(request.ip, request.headers.getall("x-forwarded-for", []), settings.trusted_proxies)


def _known_host(request: Request, hosts: tuple[str, ...]) -> bool:
    """Return whether the Host header is allowed. /health accepts any host, because probes use an IP address."""
    return not hosts or request.path == "/health" or request.headers.get("host", "").lower() in hosts


def _allowed(request: Request, settings: Settings) -> bool:
    """Return whether the request has no Origin header, or comes from our own page or from one of JALON_ORIGINS."""
    origin = request.headers.get("origin")
    if origin is None or origin in settings.origins:
        return True
    scheme, _, host = origin.partition("://")
    return host == request.headers.get("host") and scheme in _schemes(request, settings)


def _schemes(request: Request, settings: Settings) -> tuple[str, ...]:
    """Return the URL schemes that our own pages may have.

    A trusted proxy tells the scheme in X-Forwarded-Proto. Without it, both http and https are possible.
    """
    told = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return (told,) if told and is_trusted(request.ip, settings.trusted_proxies) else ("http", "https")
