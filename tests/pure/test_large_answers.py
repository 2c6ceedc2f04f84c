"""Large answers on a disk that is full."""

from __future__ import annotations

import errno
from typing import IO

from flask import Flask

from middleware import large_answers
from middleware.uploads import FILES

BODY = b"x" * (large_answers.MOST_HELD + 1)


def test_a_large_answer_comes_whole_where_the_disk_is_full() -> None:
    app, asked = Flask("full"), []

    def full() -> IO[bytes]:
        asked.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    app.extensions[FILES] = full
    app.get("/")(lambda: BODY)
    large_answers.install(app)
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.data, len(asked)) == (200, BODY, 1)
