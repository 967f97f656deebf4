// Counts the seconds between two refreshes; without it the page says what it said when it was written.
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
setInterval(tick, 1000);
