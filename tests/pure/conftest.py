from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.stack import Broker, Stack


@pytest.fixture(autouse=True, scope="module")
def nothing_but_code() -> Iterator[None]:
    """Tests in this folder find no weights, and may start no server: what needs those lies in another."""

    def refused(*_: object, **__: object) -> None:
        pytest.fail("a test in tests/pure starts a server")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL_DIR", "/nowhere")
        patch.setattr(Stack, "start", refused)
        patch.setattr(Broker, "start", refused)
        yield
