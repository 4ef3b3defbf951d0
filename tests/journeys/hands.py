"""Hands that have a keyboard and nothing else."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 400

_WHERE = """async () => {
  // What moves into sight is judged where it arrives.
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here.matches(".tiles a") ? here.querySelector("rect") : here);
  const line = here.matches(".tiles a")
    ? parseFloat(style.strokeWidth)
    : style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  // Seen is what lies on top in at least one place, of a link of several lines in any of them.
  const parts = [0.1, 0.5, 0.9];
  const reached = [...here.getClientRects()].some((box) => parts.some((x) => parts.some((y) =>
    here.contains(document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)))));
  return { html: here.outerHTML.slice(0, 200), line, reached };
}"""


class Keyboard:
    """Goes from stop to stop, and minds at each that a person would see where it is."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.unseen: list[str] = []

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)

    def type(self, text: str) -> None:
        """All at once, as a practised hand: slowly typed, a page may answer half the text while the rest follows."""
        self._page.keyboard.insert_text(text)

    def tab(self, key: str = "Tab") -> dict[str, Any] | None:
        """One stop on; None where the page's stops are over."""
        self.press(key)
        stop: dict[str, Any] | None = self._page.evaluate(_WHERE)
        if stop and not (stop["line"] >= 2 and stop["reached"]):
            self.unseen.append(f"line {stop['line']}, reached {stop['reached']}: {stop['html']}")
        return stop

    def tab_to(self, selector: str) -> None:
        """Go on until an element has the focus."""
        for _ in range(MOST_STOPS):
            stop = self.tab()
            if self._page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
            if stop is None:
                break
        raise AssertionError(f"no stop of {self._page.url} is {selector}")

    def follow(self, selector: str, key: str = "Enter") -> None:
        """Go to an element, act on it, and wait for the page that it leads to."""
        self.tab_to(selector)
        with self._page.expect_navigation():
            self.press(key)
