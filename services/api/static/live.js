// Keeps the page's live part up to date while somebody looks at it: every 2 s, never in a hidden tab, at once
// when the tab is shown again. Without JavaScript the page is complete and has a link that loads it again.
"use strict";

const PERIOD = 2000; // milliseconds

const live = () => document.querySelector("[data-live]");

function ask() {
  const part = live();
  if (part && !document.hidden && part.dataset.live === "on") htmx.trigger(part, "refresh");
}

// What a screen reader is told: the state, and only when it has changed.
function announce(part) {
  const place = document.getElementById("announced");
  if (place && part.dataset.state && place.textContent !== part.dataset.state) {
    place.textContent = part.dataset.state;
  }
}

// What somebody has typed stays readable when the request is no longer open; it only cannot be sent.
function closeForms(part) {
  if (part.dataset.open !== "no") return;
  for (const form of document.querySelectorAll("[data-while-open]")) {
    form.classList.add("closed");
    for (const field of form.querySelectorAll("textarea")) field.readOnly = true;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }
}

function connection(text) {
  const place = document.getElementById("connection");
  if (place && place.textContent !== text) place.textContent = text;
  if (place) place.hidden = text === "";
}

document.addEventListener("htmx:after:request", (event) => {
  const status = event.detail.ctx.response?.raw?.status ?? 0;
  if (status === 401) {
    connection("You are signed out: what you see is no longer updated. Sign in in another tab; nothing here is lost.");
  } else if (status >= 400) {
    connection("The server cannot answer just now: what you see may be old. Trying again.");
  } else {
    connection("");
  }
});

document.addEventListener("htmx:error", () => {
  connection("The server does not answer: what you see may be old. Trying again.");
});

document.addEventListener("htmx:after:swap", () => {
  const part = live();
  if (!part) return;
  announce(part);
  closeForms(part);
  if (part.dataset.title) document.title = part.dataset.title;
});

document.addEventListener("visibilitychange", ask);
setInterval(ask, PERIOD);

// A decision is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
});
