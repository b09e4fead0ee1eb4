"""Endpoints as an ASGI application, by Starlette: threads for the work, limits before it, problems for every fault."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Iterable
from typing import Any

from lotchain.errors import LotchainError, Malformed, UsageError, shown
from lotchain.service.exchange import MAX_TARGET, Answer, Asked, Endpoint
from lotchain.service.problems import not_found, problem

ACCESS = logging.getLogger("lotchain.access")
FAULTS = logging.getLogger("lotchain.service")
_BODY_S = 30.0
"""Seconds in which a whole body must have come."""


def application(endpoints: Iterable[Endpoint]) -> Any:
    """An ASGI application of these routes; the first that fits answers.

    Everything else is 404, other methods 405. Needs the extra `service`.
    """
    from starlette.applications import Starlette  # noqa: PLC0415 - heavy, and only the service needs it
    from starlette.routing import Route  # noqa: PLC0415

    routes = [
        Route(_pattern(endpoint.path), _Called(endpoint), methods=list(endpoint.methods)) for endpoint in endpoints
    ]
    handlers: dict[Any, Any] = {404: _missing, 405: _no_such_method}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return _Guard(app)


def _pattern(path: str) -> str:
    return path.removesuffix("*") + "{below:path}" if path.endswith("*") else path


class _Called:
    """One endpoint as an ASGI application of its own, so that Starlette leaves requests as they came."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - see `application`

        try:
            body = await asyncio.wait_for(_body(receive, self._endpoint.max_body), _BODY_S)
            if body is None:
                return
            answer = await run_in_threadpool(_answer, self._endpoint, _asked(scope, body))
        except TimeoutError:
            answer = problem(UsageError("request-timeout", "the body did not come within its time"))
        except Malformed as fault:
            answer = problem(fault)
        await _send(send, answer)


class _Guard:
    """Around everything: what is too long is not looked at, and each request leaves one line in the access log."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        begun = time.monotonic()
        status, length = 0, 0

        async def noted(message: Any) -> None:
            nonlocal status, length
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                length += len(message.get("body", b""))
            await send(message)

        try:
            fault = _fault_before_reading(scope)
            if fault is not None:
                await _send(noted, problem(fault, (("connection", "close"),)))
            else:
                await self._app(scope, receive, noted)
        finally:
            _log(scope, status, length, time.monotonic() - begun)


def _fault_before_reading(scope: Any) -> LotchainError | None:
    """Why a request is not looked into: too long, or framed so that two readers could disagree where it ends."""
    if len(_raw_path(scope)) + len(scope["query_string"]) > MAX_TARGET:
        return UsageError("target-too-long", "no path here is so long", expected=f"at most {MAX_TARGET} bytes")
    names = [name.lower() for name, _ in scope["headers"]]
    if b"transfer-encoding" in names and b"content-length" in names:
        return Malformed("request-framing", "a request states its length in two ways", expected="one of them")
    return None


def _log(scope: Any, status: int, length: int, seconds: float) -> None:
    """Who asked what, and what came of it: no query, no header, no signature."""
    client = scope.get("client") or ("-",)
    path = shown(_raw_path(scope).decode("latin-1"))
    ACCESS.info("%s %s %s %d %d %.1fms", client[0], shown(scope["method"]), path, status, length, seconds * 1000)


def _raw_path(scope: Any) -> bytes:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return raw


def _asked(scope: Any, body: bytes) -> Asked:
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    path, query = _raw_path(scope).decode("latin-1"), scope["query_string"].decode("latin-1")
    return Asked(scope["method"], path, query, headers, body)


async def _body(receive: Any, most: int) -> bytes | None:
    """The whole body, None where the asker left; one that is too large is refused before the rest of it is read."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > most:
            raise Malformed("too-large", "the request's body is too large", expected=f"at most {most} bytes")
        if not message.get("more_body", False):
            return b"".join(parts)


def _answer(endpoint: Endpoint, asked: Asked) -> Answer:
    """What the endpoint says; in a thread. Nothing but an answer leaves."""
    try:
        if "%" in asked.path:
            raise not_found(asked.path)  # nothing here is named by an escape, and a second spelling names nothing
        return endpoint.handler(asked)
    except LotchainError as fault:
        answer = problem(fault)
        if answer.status >= 500:
            FAULTS.error("%s", fault)
        return answer
    except Exception as fault:
        # Where it arose, not what it says: the message could hold what belongs in no log.
        place = traceback.extract_tb(fault.__traceback__)[-1]
        FAULTS.error("internal-error: %s at %s:%s", type(fault).__name__, place.name, place.lineno)
        return problem(LotchainError("internal-error", "the service failed"))


async def _send(send: Any, answer: Answer) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _missing(request: Any, fault: Any) -> _Ready:
    return _Ready(problem(not_found(_raw_path(request.scope).decode("latin-1"))))


async def _no_such_method(request: Any, fault: Any) -> _Ready:
    allowed = ", ".join(sorted((fault.headers or {}).get("Allow", "GET, HEAD").split(", ")))
    refused = UsageError("method-not-allowed", "this is not done here", expected=allowed, found=request.method)
    return _Ready(problem(refused, (("allow", allowed),)))


class _Ready:
    """An answer as the ASGI application that Starlette wants of a handler."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await _send(send, self._answer)
