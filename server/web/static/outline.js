// The outline of a document: open beside the text on wide screens, and the clause that is being
// read is marked in it.
"use strict";

const outline = document.querySelector("nav.outline");
const wide = window.matchMedia("(min-width: 64rem)");

function unfold() {
  outline.querySelector("details").open = wide.matches;
}

function mark(link) {
  for (const other of outline.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "location");
  if (wide.matches) link.scrollIntoView({ block: "nearest" });
}

if (outline) {
  unfold();
  wide.addEventListener("change", unfold);
  const links = new Map();
  for (const link of outline.querySelectorAll("a[href^='#']")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) links.set(target, link);
  }
  // A clause is being read while it crosses the upper part of the window.
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) mark(links.get(entry.target));
  }, { rootMargin: "-10% 0px -75% 0px" });
  for (const target of links.keys()) observer.observe(target);
}
