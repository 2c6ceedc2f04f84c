"""Draws the panels that come as JSON on standard input into an SVG: python plots.py FILE. Runs where matplotlib is."""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt  # noqa: E402

SIZE = (6.4, 4.2)
"""Inches a panel."""


def main(path: str) -> None:
    """The same panels give the same bytes: no date, no random names, text as text."""
    mpl.rcParams.update({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9})
    panels = json.load(sys.stdin)
    figure, axes = plt.subplots(1, len(panels), figsize=(SIZE[0] * len(panels), SIZE[1]), squeeze=False)
    for panel, axis in zip(panels, axes[0], strict=True):
        _draw(panel, axis)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def _draw(panel: dict[str, Any], axis: Any) -> None:
    axis.set(title=panel["title"], xlabel=panel["x"], ylabel=panel["y"])
    if panel["log"]:
        axis.set_xscale("log")
        for formatter in (axis.xaxis.set_major_formatter, axis.xaxis.set_minor_formatter):
            formatter("{x:g}")
    axis.grid(alpha=0.3)
    for series in panel["series"]:
        style = {"linestyle": "-" if series["line"] else "", "marker": "" if len(series["x"]) > 40 else "o"}
        axis.plot(series["x"], series["y"], label=series["label"], markersize=4, linewidth=1.2, **style)
        for x, y, note in zip(series["x"], series["y"], series["notes"], strict=False):
            axis.annotate(note, (x, y), textcoords="offset points", xytext=(4, 4), fontsize=7)
    if panel["legend"]:
        axis.legend(fontsize=7)


if __name__ == "__main__":
    main(sys.argv[1])
