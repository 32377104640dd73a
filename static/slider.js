// What htmx asks for when a slider over changes moved: the moment of the stop, none for now.
"use strict";

(() => {
  const stops = (slider) => JSON.parse(document.getElementById(slider.dataset.stops).textContent);
  const isSlider = (element) => element.matches?.("[data-stops]");

  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    if (!isSlider(elt)) return;
    const at = stops(elt)[elt.value];
    if (at) parameters.at = at;
  });

  document.addEventListener("input", ({ target }) => {
    if (!isSlider(target)) return;
    const at = stops(target)[target.value];
    const words = at ? `${at.slice(0, 19).replace("T", " ")} UTC` : "now";
    target.setAttribute("aria-valuetext", words);
    document.getElementById("slider-time").textContent = words;
  });
})();
