"""In what numbers OpenVINO computes: bfloat16 by itself on processors that have it, 32-bit floats on others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def noted(float32: bool) -> Iterator[list[str]]:
    """The precisions of all models that OpenVINO compiles meanwhile, such as `f32` or `bf16`; int8 layers aside.

    With `float32` they compute as on processors without bfloat16.
    """
    from openvino import Core

    found: list[str] = []
    original = Core.compile_model

    def compile_model(core: Any, *arguments: Any, **options: Any) -> Any:
        if float32:
            core.set_property("CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        compiled = original(core, *arguments, **options)
        found.append(compiled.get_property("INFERENCE_PRECISION_HINT").to_string())
        return compiled

    Core.compile_model = compile_model
    try:
        yield found
    finally:
        Core.compile_model = original
