// Refreshes the page, counts the time in between, and says when the page is old. Without it the page says when it was
// written.
"use strict";
const stale = document.getElementById("stale");
let ahead = 0; // by how many milliseconds this device's clock is ahead of the server's
const units = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]];
const shown = seconds => {
  const all = Math.max(0, Math.floor(seconds));
  const [whole, name, part, smaller] = units.find(unit => all >= unit[0]) ?? [1, "s", 1, ""];
  const rest = Math.floor(all % whole / part);
  return `${Math.floor(all / whole)} ${name}` + (rest ? ` ${rest} ${smaller}` : "");
};
const tick = () => {
  const now = Date.now() - ahead;
  for (const one of document.querySelectorAll("[data-until]"))
    one.textContent = shown((Date.parse(one.dataset.until) - now) / 1000);
  for (const one of document.querySelectorAll("[data-since]"))
    one.textContent = shown((now - Date.parse(one.dataset.since)) / 1000);
  stale.hidden = now - Date.parse(stale.dataset.written) < 60000;
};
const ask = () => fetch(location.href, { method: "HEAD", cache: "no-store" });
// The server's clock is the agent's: a wrong clock of this device neither hides an old page nor makes a new one old.
ask().then(answer => {
  const date = Date.parse(answer.headers.get("Date"));
  if (date) ahead = Date.now() - date;
  tick();
}).catch(() => {});
// Where the server does not answer, the old page stays, and says that it is old.
setInterval(() => ask().then(answer => answer.ok && location.reload()).catch(() => {}), 15000);
setInterval(tick, 1000);
tick();
