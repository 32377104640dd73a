// What htmx asks for when a slider over changes moved: the moment of the stop, none for now.
"use strict";

(() => {
  const stops = (slider) => JSON.parse(document.getElementById(slider.dataset.stops).textContent);
  const isSlider = (element) => element.matches?.("[data-stops]");
  const clock = (moment) => `${moment.slice(0, 19).replace("T", " ")} UTC`;
  const USE_ARROWS = "input, select, textarea, [contenteditable], [tabindex], dialog, .js-plotly-plot";

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    if (!isSlider(elt)) return;
    const [at] = stops(elt)[elt.value];
    if (at) parameters.at = at;
  });

  document.addEventListener("input", ({ target }) => {
    if (!isSlider(target)) return;
    const words = told(stops(target)[target.value]);
    target.setAttribute("aria-valuetext", words);
    document.getElementById("slider-time").textContent = words;
  });

  // As dashboard.web.layout.slider says it of the stop at which the page stands.
  function told([at, began]) {
    if (!at) return "now";
    if (clock(at) === clock(began)) return `change of ${clock(began)}`;
    const shown = at.slice(0, 10) === began.slice(0, 10) ? at.slice(11, 19) : clock(at);
    return `change of ${clock(began)}, as it stood at ${shown}`;
  }

  // Arrow keys move the slider from anywhere on the page that has no use for them itself.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const slider = document.querySelector("[data-stops]");
    if (!step || !slider || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest(USE_ARROWS)) return;
    const stood = slider.value;
    slider.stepUp(step);
    if (slider.value === stood) return;
    event.preventDefault();
    for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type, { bubbles: true }));
  });
})();
