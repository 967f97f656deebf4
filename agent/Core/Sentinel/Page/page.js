// Counts the seconds between two refreshes, and says when the page is old: the agent that wrote it may be dead. Without
// it the page says what it said when it was written.
"use strict";
const shown = seconds => {
  const left = Math.max(0, Math.floor(seconds));
  const two = value => String(value).padStart(2, "0");
  return `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
};
const tick = () => {
  for (const one of document.querySelectorAll("[data-until]")) one.textContent = shown((Date.parse(one.dataset.until) - Date.now()) / 1000);
  for (const one of document.querySelectorAll("[data-since]")) one.textContent = shown((Date.now() - Date.parse(one.dataset.since)) / 1000);
};
const age = () => {
  const stale = document.getElementById("stale");
  const old = Date.now() - Date.parse(stale.dataset.written) > 1000 * Number(stale.dataset.seconds);
  stale.hidden = !old;
  document.body.classList.toggle("old", old);
};
setInterval(tick, 1000);
setInterval(age, 1000);
age();
