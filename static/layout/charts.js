// Draws every [data-chart] with plotly.js: the figure is in the JSON script whose id it names.
"use strict";

(() => {
  const CONFIG = { responsive: true, displaylogo: false, modeBarButtons: [["toImage"]] };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const listening = new WeakSet();
  let shown = new WeakMap();

  // Figures come without colours of paper and ink: those are the page's, light or dark.
  function themed(layout) {
    const page = getComputedStyle(document.documentElement);
    const [ink, line, paper] = ["--ink", "--line", "--paper"].map((name) =>
      page.getPropertyValue(name).trim(),
    );
    const result = {
      ...layout,
      dragmode: false, // a finger on the chart scrolls the page
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { ...layout.font, family: page.fontFamily, color: ink },
      hoverlabel: { ...layout.hoverlabel, bgcolor: paper, bordercolor: line, font: { color: ink } },
    };
    for (const axis of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))) {
      result[axis] = { gridcolor: line, linecolor: line, zerolinecolor: line, ...layout[axis] };
    }
    result.shapes = layout.shapes?.map((shape) => ({ ...shape, line: { color: ink, ...shape.line } }));
    if (still.matches) delete result.transition;
    return result;
  }

  // On a projector's page letters are larger than elsewhere: whatever is measured in pixels grows with them.
  const MEASURES = new Set(["size", "height", "t", "r", "b", "l", "yshift", "width"]);

  function enlarged(value, by, key) {
    if (Array.isArray(value)) return typeof value[0] === "object" ? value.map((each) => enlarged(each, by)) : value;
    if (typeof value === "number") return MEASURES.has(key) ? value * by : value;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, enlarged(each, by, name)]));
  }

  // Many points lead to the same and say the same: their customdata are numbers of the layout's texts.
  function spelled(trace, texts) {
    if (!texts || !trace.customdata) return trace;
    const lines = (numbers) => numbers.map((number) => texts[number]).join("<br>");
    return {
      ...trace,
      customdata: trace.customdata.map(([address]) => texts[address]),
      hovertext: trace.customdata.map(([, ...numbers]) => lines(numbers)),
    };
  }

  // Figures name the colours of colours.css like CSS does; plotly.js does not know them.
  function coloured(value, page, isColour) {
    if (typeof value === "string") return isColour && value.startsWith("var(--") ? page.getPropertyValue(value.slice(4, -1)).trim() : value;
    if (Array.isArray(value)) return isColour || typeof value[0] === "object" ? value.map((each) => coloured(each, page, isColour)) : value;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coloured(each, page, key.includes("color"))]));
  }

  function draw(chart) {
    const json = document.getElementById(chart.dataset.chart).textContent;
    if (shown.get(chart) === json) return;
    shown.set(chart, json);
    const by = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const figure = JSON.parse(json);
    const { data, layout } = coloured(by === 1 ? figure : enlarged(figure, by), getComputedStyle(document.documentElement));
    const traces = data.map((trace) => spelled(trace, layout.meta));
    chart.style.height = `${layout.height}px`; // a resize while printing would find none
    Plotly.react(chart, traces, themed(layout), CONFIG);
    if ("clicks" in chart.dataset && !listening.has(chart)) {
      listening.add(chart);
      chart.on("plotly_click", ({ points }) => follow(points[0].customdata));
    }
  }

  // Where a point of the chart leads: an address of this site, or nowhere.
  function follow(address) {
    if (typeof address !== "string" || !/^\/(?!\/)/.test(address)) return;
    const page = new URL(address, location.origin);
    if (page.origin === location.origin) location.assign(page);
  }

  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSwap", drawAll);
  for (const colours of [dark, matchMedia("print")]) {
    colours.addEventListener("change", () => {
      shown = new WeakMap();
      drawAll();
    });
  }
})();
