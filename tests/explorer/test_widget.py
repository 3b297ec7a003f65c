"""The explorer in a notebook: the same page, and a selection that Python sees."""

import sys

import numpy as np
import pytest

from latens.exceptions import MissingDependencyError
from latens.explorer import explorer_widget


def test_without_anywidget_the_error_says_how_to_get_it(digits_run, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingDependencyError, match=r"latens\[notebook\]"):
        explorer_widget(digits_run)


@pytest.fixture(scope="module")
def widget(digits_run):
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    return explorer_widget(digits_run)


# What a notebook does: it imports the module and hands it a model and an element.
_NOTEBOOK = """async ([code, data]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const sent = {};
  const get = () => new DataView(bytes.buffer);
  const model = { get, set: (key, value) => (sent[key] = value), save_changes() {} };
  const el = document.body.appendChild(document.createElement("div"));
  widget.render({ model, el });
  const { explorer } = el.firstChild;
  explorer.select([2, 4, 7], "replace");
  return { sent, n: explorer.points.n, address: location.href };
}"""


@pytest.mark.browser
def test_the_module_of_the_widget_draws_and_tells_the_selection(widget, digits_run, browser):
    import base64

    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    data = base64.b64encode(widget.data).decode()
    found = page.evaluate(_NOTEBOOK, [widget._esm, data])
    rows = digits_run.array("map_rows")
    assert found["sent"]["selected_rows"] == [int(rows[point]) for point in (2, 4, 7)]
    assert found["n"] == len(rows)
    assert found["address"] == "about:blank"
    assert errors == []
    page.close()


def test_the_selection_is_a_list_of_row_numbers(widget):
    widget.selected_rows = [1, 2]
    assert np.array_equal(widget.selected_rows, [1, 2])
