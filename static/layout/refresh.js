// Leaves the reader's place alone while the page refreshes itself: what is unfolded, scrolled,
// focused or being filled in. htmx does the refreshing.
"use strict";

(() => {
  let place = { unfolded: [], scrolled: [], focused: null };

  // Which of the elements that look alike to it, and how those are found in the new page.
  function addressOf(element) {
    const id = CSS.escape(element.id);
    const href = CSS.escape(element.getAttribute("href") ?? "");
    const alike = id ? `#${id}` : href ? `#page a[href="${href}"]` : `#page ${element.localName}`;
    return [alike, [...document.querySelectorAll(alike)].indexOf(element)];
  }

  function remember(page) {
    const focused = page.contains(document.activeElement) ? document.activeElement : null;
    place = {
      unfolded: [...page.querySelectorAll("details[id]")].map(({ id, open }) => [id, open]),
      scrolled: [...page.querySelectorAll(".scroll[id]")].map((box) => {
        return [box.id, box.scrollLeft, box.scrollTop];
      }),
      focused: focused && addressOf(focused),
    };
  }

  function restore() {
    for (const [id, open] of place.unfolded) {
      const details = document.getElementById(id);
      if (details) details.open = open;
    }
    for (const [id, left, top] of place.scrolled) document.getElementById(id)?.scrollTo(left, top);
    if (place.focused) {
      const [alike, index] = place.focused;
      document.querySelectorAll(alike)[index]?.focus({ preventScroll: true });
    }
  }

  // Without a `selected` in the page it is the first option that stands there.
  function chosenAnew({ options, selectedIndex }) {
    return selectedIndex !== Math.max(0, [...options].findIndex((option) => option.defaultSelected));
  }

  function beingFilledIn(page) {
    const focused = document.activeElement?.closest("select, input:not([type=range]), textarea");
    return page.contains(focused) || [...page.querySelectorAll("select")].some(chosenAnew);
  }

  // Where the page was replaced while it was asked for: what the reader asked for is shown in the
  // new one, a mere refresh nowhere, nor does it take the charts along.
  function land({ detail }) {
    if (detail.target.isConnected) return;
    if (detail.requestConfig.elt.id === "page") detail.shouldSwap = false;
    else remember((detail.target = document.getElementById("page")));
  }

  // What the reader asked for, by a slider, is asked in any case.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (document.hidden || (elt.id === "page" && beingFilledIn(elt))) event.preventDefault();
    // Here, because what is no longer in the page tells nobody else.
    else event.detail.target.addEventListener("htmx:beforeSwap", land);
  });
  document.addEventListener("htmx:beforeSwap", (event) => remember(event.detail.target));
  document.addEventListener("htmx:afterSwap", restore);
  document.addEventListener("htmx:afterRequest", (event) => {
    document.getElementById("not-refreshing").hidden = event.detail.successful;
  });
})();
