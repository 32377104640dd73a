// Tells the page at once what has changed, by one event stream that is open while it is shown, and
// then has htmx draw it anew. Without a stream htmx asks every few seconds by itself.
"use strict";

(() => {
  const SLOWLY = 60_000; // between two questions while the stream is open
  const CALM = 2_000; // between two drawings, however fast the news comes
  const LATER = 20_000; // until a stream is tried again that the server refused
  const LETTERS = { allow: "A", deny: "D", partial: "P", unknown: "?" };
  let source = null;
  let retry;
  let told = 0; // how often there was news,
  let asking = 0; // how much of it the page asked about,
  let drawn = 0; // and how much of it is drawn
  let asked = Date.now();
  let due = 0;

  const page = () => document.getElementById("page");
  const isOpen = () => source?.readyState === EventSource.OPEN;

  function open() {
    clearTimeout(retry);
    const address = page()?.dataset.events;
    if (document.hidden || source || !address) return;
    source = new EventSource(address);
    source.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      source = null;
      retry = setTimeout(open, LATER * (1 + Math.random()));
    });
  }

  // A browser has few connections to a server: pages that nobody looks at must not hold them.
  function close() {
    clearTimeout(retry);
    source?.close();
    source = null;
  }

  function hear({ changes, within }) {
    if (!page()?.dataset.events) return; // a page of the past stays as it is
    if (told === drawn) askFrom(Math.max(Date.now() + Math.random() * within * 1000, asked + CALM));
    told += 1;
    if (changes) show(changes);
  }

  function askFrom(moment) {
    due = Math.floor(moment);
    setTimeout(() => htmx.trigger(page(), "refresh"), Math.max(due - Date.now(), 0) + 1);
  }

  function show(changes) {
    const known = new Map(changes.flatMap(({ of, flows }) => of.map((key) => [key, flows])));
    for (const place of document.querySelectorAll("#page [data-key]")) {
      const flows = known.get(Number(place.dataset.key));
      if (flows) place.querySelectorAll("[data-flow]").forEach((cell) => turn(cell, flows[cell.dataset.flow]));
    }
  }

  // Until the page is drawn anew, what a probe saw and why the policies say so is that of before.
  function turn(cell, predicted) {
    if (!(predicted in LETTERS) || predicted === cell.dataset.predicted) return;
    const short = cell.closest(".flows") !== null;
    const differs = predicted !== cell.dataset.expected;
    cell.dataset.predicted = predicted;
    if (short) cell.classList.toggle("unmet", differs && predicted !== "unknown");
    else cell.className = predicted;
    cell.textContent = short ? LETTERS[predicted] : predicted.toUpperCase();
    if (differs && (predicted !== "unknown" || !short)) {
      const mark = document.createElement(short ? "sup" : "b");
      mark.textContent = "≠";
      cell.append(short ? "" : " ", mark);
    }
    cell.classList.add("turned-just-now");
  }

  // After refresh.js, which may forbid it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.defaultPrevented || event.detail.elt !== page()) return;
    const now = Date.now();
    const news = told !== drawn && now >= due;
    if (isOpen() && !news && now - asked < SLOWLY) event.preventDefault();
    else [asking, asked] = [told, now];
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig.elt.id !== "page") open(); // from a page of the past to now
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // `detail.elt` is another once the page was put in its place.
    if (!event.detail.successful || event.detail.requestConfig.elt.id !== "page") return;
    drawn = asking;
    if (told !== drawn) askFrom(Math.max(due, asked + CALM));
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  document.addEventListener("DOMContentLoaded", open);
})();
