// Draws the charts and keeps them up to date: every 5 s, never in a hidden tab, at once when it is shown again.
// What the last values are stands under each chart as text, for eyes and screen readers alike.
"use strict";

const PERIOD = 5000; // milliseconds
const LEAST = 300; // seconds that a chart shows at least
const COLOURS = 6;
const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4], [], [6, 4]];
const SOURCES = {
  prometheus: "The last half hour, from Prometheus.",
  service: "From this service itself, since somebody began to look. With Prometheus there is a history.",
};

const sections = [...document.querySelectorAll("[data-chart]")];
const plots = new Map();

// A canvas knows no custom properties: a hidden key is asked what they come to.
function colour(number) {
  const probe = document.createElement("span");
  probe.className = `key key-${number % COLOURS}`;
  document.getElementById("charts").append(probe);
  const found = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return found;
}

function shown(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "s") return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
  if (unit === "/s") return `${value.toFixed(value < 10 ? 1 : 0)} a second`;
  return String(Math.round(value));
}

function options(section, names) {
  const ink = getComputedStyle(document.querySelector(".chart .quiet")).color;
  const unit = section.dataset.unit;
  const axis = { stroke: ink, grid: { stroke: "rgb(128 128 128 / 25%)" }, ticks: { show: false } };
  const clock = { ...axis, space: 90, values: (plot, ticks) => ticks.map(time) };
  const whole = unit === "" ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] } : {};
  return {
    width: section.querySelector(".plot").clientWidth,
    height: section.querySelector(".plot").clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (plot, low, high) => [Math.min(low, high - LEAST), high] },
      y: { range: (plot, low, high) => [0, Math.max(high ?? 0, unit === "s" ? 0.01 : 1) * 1.1] },
    },
    axes: [clock, { ...axis, ...whole, size: 64, values: (plot, ticks) => ticks.map((tick) => tidy(tick, unit)) }],
    series: [{}, ...names.map((name, number) => ({
      label: name, stroke: colour(number), dash: DASHES[number % DASHES.length], width: 2,
      points: { show: false }, spanGaps: true,
    }))],
  };
}

function time(tick) {
  return new Date(tick * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

// Of many ways to end, only those that occur.
function worthShowing(lines, unit) {
  const names = Object.keys(lines);
  const seen = names.filter((name) => lines[name].some((value) => value > 0));
  return unit === "/s" && seen.length ? seen : names;
}

function tidy(tick, unit) {
  if (unit !== "s") return String(tick);
  return tick < 1 ? `${Math.round(tick * 1000)} ms` : `${tick} s`;
}

function tellNow(section, names, lines) {
  const list = section.querySelector(".now");
  list.replaceChildren(...names.map((name, number) => {
    const row = document.createElement("div");
    const key = document.createElement("span");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    key.className = `key key-${number % COLOURS}`;
    key.setAttribute("aria-hidden", "true");
    term.textContent = name;
    term.prepend(key, " ");
    value.textContent = shown(lines[name].at(-1), section.dataset.unit);
    row.append(term, value);
    return row;
  }));
}

function draw(section, times, lines) {
  const name = section.dataset.chart;
  const names = worthShowing(lines, section.dataset.unit);
  const known = names.some((line) => lines[line].some((value) => value !== null));
  section.querySelector(".none").hidden = known;
  section.querySelector(".plot").hidden = !known;
  section.dataset.known = known ? "yes" : "no";
  tellNow(section, names, lines);
  if (!known) return;
  const data = [times, ...names.map((line) => lines[line])];
  const old = plots.get(name);
  if (old && old.names.join() === names.join()) {
    old.plot.setData(data);
    return;
  }
  old?.plot.destroy();
  plots.set(name, { names, plot: new uPlot(options(section, names), data, section.querySelector(".plot")) });
}

function say(text) {
  const place = document.getElementById("source");
  if (place.textContent !== text) place.textContent = text;
}

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(document.getElementById("charts").dataset.from, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) return say("You are signed out: what you see is no longer updated. Load the page to sign in.");
    if (!answer.ok) return say("The server cannot answer just now: what you see may be old. Trying again.");
    const found = await answer.json();
    for (const section of sections) draw(section, found.times, found.charts[section.dataset.chart] ?? {});
    say(SOURCES[found.source]);
  } catch {
    say("The server does not answer: what you see may be old. Trying again.");
  }
}

// Another width, or another colour scheme: everything is drawn anew.
function anew() {
  for (const { plot } of plots.values()) plot.destroy();
  plots.clear();
  ask();
}

document.addEventListener("visibilitychange", ask);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
let resizing;
window.addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(anew, 200);
});
setInterval(ask, PERIOD);
ask();
