"""How many answers of one web process may go on at once: a stream is open for as long as its job takes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import make_response

from services.errors import NoStreamFree, TooManyStreams


class OpenStreams:
    """At most `most` in all and `each` of one client."""

    def __init__(self, most: int, each: int) -> None:
        self._most = most
        self._each = each
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def limited(self, client: Callable[[], str]) -> Callable[[Any], Any]:
        """A decorator for views whose answers count until they are closed. Raises TooManyStreams, NoStreamFree."""

        def decorate(view: Any) -> Any:
            @wraps(view)
            def counted(*args: Any, **kwargs: Any) -> Any:
                name = client()
                self._enter(name)
                try:
                    response = make_response(view(*args, **kwargs))
                except BaseException:
                    self._leave(name)
                    raise
                response.call_on_close(lambda: self._leave(name))
                return response

            return counted

        return decorate

    def _enter(self, name: str) -> None:
        with self._lock:
            if self._open[name] >= self._each:
                raise TooManyStreams()
            if self._open.total() >= self._most:
                raise NoStreamFree()
            self._open[name] += 1

    def _leave(self, name: str) -> None:
        with self._lock:
            self._open[name] -= 1
            self._open += Counter()  # forgets who has none
