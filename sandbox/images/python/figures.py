"""What pyplot drew, as data and as pictures, taken when it is shown or, if it never was, at the end."""

from __future__ import annotations

import importlib
import importlib.util
import io
import math
import sys
from importlib.machinery import ModuleSpec
from typing import Any

from inside.values import Axes, Bars, Figure

MOST_FIGURES = 20
MOST_POINTS = 5000
MOST_PIXELS = 2_000_000
MOST_PLOTS_BYTES = 512 * 1024

shown: list[Figure] = []
pictures: list[bytes] = []


def import_pyplot() -> None:
    """Import it without the lists of properties in its docstrings, which take 0.15 of its 0.38 seconds."""
    import matplotlib.artist as artist

    lists_properties = artist.kwdoc
    artist.kwdoc = lambda _class: ""  # type: ignore[assignment]
    try:
        importlib.import_module("matplotlib.pyplot")
    finally:
        artist.kwdoc = lists_properties  # for classes of the learner


def watch() -> None:
    """Take what `plt.show()` shows, from when pyplot is imported, now or later."""
    if "matplotlib.pyplot" in sys.modules:
        _patch(sys.modules["matplotlib.pyplot"])
    else:
        sys.meta_path.insert(0, _Watcher())  # type: ignore[arg-type]


class _Watcher:
    """Notices the import of pyplot, without which nothing of matplotlib is paid for."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "matplotlib.pyplot":
            return None
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                _patch(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _patch(pyplot: Any) -> None:
    def show(*args: Any, **kwargs: Any) -> None:
        take_open()

    pyplot.show = show


def take_open() -> None:
    """Take every open figure of pyplot, and close it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in list(pyplot.get_fignums()):
        figure = pyplot.figure(number)
        take(figure)
        if sum(map(len, pictures)) < MOST_PLOTS_BYTES and len(pictures) < MOST_FIGURES:
            pictures.append(picture(figure))
        pyplot.close(figure)


def take(figure: Any) -> None:
    """Keep the data of one figure."""
    if len(shown) < MOST_FIGURES:
        shown.append(data(figure))


def picture(figure: Any) -> bytes:
    """The figure as PNG, at most MOST_PIXELS large."""
    width, height = figure.get_size_inches()
    dpi = min(figure.dpi, math.sqrt(MOST_PIXELS / max(width * height, 0.01)))
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=dpi)
    return target.getvalue()


def data(figure: Any) -> Figure:
    """Titles, labels, bars, lines and points of every pair of axes."""
    return Figure(axes=[_axes(axes) for axes in figure.axes[:MOST_FIGURES]])


def _axes(axes: Any) -> Axes:
    legend = axes.get_legend()
    titles = [axes.get_title(loc=place) for place in ("center", "left", "right")]
    if not any(titles) and len(axes.figure.axes) == 1:
        titles = [axes.figure.get_suptitle()]
    return Axes(
        title=next(filter(None, titles), ""),
        xlabel=axes.get_xlabel(),
        ylabel=axes.get_ylabel(),
        legend=[text.get_text() for text in legend.get_texts()] if legend else [],
        bars=[_bars(axes, drawn) for drawn in axes.containers if hasattr(drawn, "patches")],
        lines=[_line(line) for line in axes.get_lines()[:50]],
        points=[_points(drawn) for drawn in axes.collections[:50] if len(drawn.get_offsets()) > 0],
    )


def _bars(axes: Any, drawn: Any) -> Bars:
    lying = getattr(drawn, "orientation", "vertical") == "horizontal"
    names = _tick_names(axes.yaxis if lying else axes.xaxis)
    heights: dict[Any, float] = {}
    for bar in list(drawn.patches)[:MOST_POINTS]:
        middle = bar.get_y() + bar.get_height() / 2 if lying else bar.get_x() + bar.get_width() / 2
        heights[_name_at(float(middle), names)] = float(bar.get_width() if lying else bar.get_height())
    return Bars(label=str(drawn.get_label() or ""), heights=heights)


def _tick_names(axis: Any) -> list[tuple[float, str]]:
    """Places and names of ticks that were given names; numbers chosen by matplotlib are not names."""
    from matplotlib.ticker import FixedFormatter, FuncFormatter, ScalarFormatter

    form = axis.get_major_formatter()
    named = isinstance(form, (FixedFormatter, FuncFormatter)) or type(form).__name__ == "StrCategoryFormatter"
    if not named or isinstance(form, ScalarFormatter):
        return []
    places = [float(place) for place in axis.get_majorticklocs()]
    return list(zip(places, form.format_ticks(places), strict=False))


def _name_at(place: float, names: list[tuple[float, str]]) -> Any:
    near = min(names, key=lambda name: abs(name[0] - place), default=None)
    if near is not None and abs(near[0] - place) <= 0.5 and near[1]:
        return str(near[1])
    rounded = round(place, 9)
    return int(rounded) if rounded.is_integer() else rounded


def _line(line: Any) -> tuple[list[Any], list[Any]]:
    return _numbers(line.get_xdata(orig=True)), _numbers(line.get_ydata(orig=True))


def _points(drawn: Any) -> tuple[list[Any], list[Any]]:
    offsets = drawn.get_offsets()[:MOST_POINTS]
    return [float(x) for x, _ in offsets], [float(y) for _, y in offsets]


def _numbers(values: Any) -> list[Any]:
    import numpy as np

    array = np.asarray(values)
    return (array.astype(float) if array.dtype.kind in "biuf" else array).ravel()[:MOST_POINTS].tolist()
