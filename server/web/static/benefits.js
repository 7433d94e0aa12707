// The page of benefits works without this. With it: results without a reload, suggestions of
// occupations, the link copied, the sources opened for printing.
"use strict";

const PATH = "/benefits";
const REVEALED_FOR_PRINT = "details.evidence:not([open])";

const announcer = document.createElement("p");
announcer.className = "unseen";
announcer.setAttribute("role", "status");
document.body.append(announcer);

/** The address of a form: what was left empty is left out. */
function addressOf(form) {
  const filled = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
  return `${PATH}?${new URLSearchParams(filled)}`;
}

/** Another page, parsed by the browser: the policy of our pages forbids to parse text as HTML. */
function load(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onload = () => resolve(request.responseXML);
    request.onerror = () => reject(new Error("no response"));
    request.send();
  });
}

/** Shows another page of benefits in place of this one; where that fails, as any page. */
async function show(address, focused) {
  try {
    const page = await load(address);
    const main = page?.querySelector("main") ?? null;
    if (main === null || page.querySelector("#results") === null) throw new Error("no results");
    history.pushState(null, "", address);
    document.querySelector("main").replaceWith(main);
    prepare();
    const heading = main.querySelector(focused) ?? main.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: false });
    const groups = [...main.querySelectorAll(".group h2")].map((each) => each.textContent);
    announcer.textContent = `结果已更新:${groups.join(",") || "没有找到"}`;
  } catch {
    location.assign(address);
  }
}

async function copyLink() {
  const said = document.querySelector("#copied");
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = "链接已复制,里面有您填的内容。";
  } catch {
    said.textContent = "浏览器不让复制,请从地址栏复制网址。";
  }
}

let names = null; // of occupations, once somebody needs them

async function suggestOccupations() {
  const list = document.querySelector("#occupations");
  if (list === null || list.children.length > 0) return;
  names ??= fetch(`${PATH}/occupations`).then((response) => response.json());
  try {
    list.replaceChildren(...(await names).map((name) => new Option("", name)));
  } catch {
    names = null; // the field takes any words without suggestions too
  }
}

/** What only works with a script is shown by it. */
function prepare() {
  document.querySelector("#tools")?.removeAttribute("hidden");
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.benefits")) return;
  event.preventDefault();
  const focused = event.target.id === "profile-form" ? "#glance-head" : "#understood-head";
  show(addressOf(event.target), focused);
});

document.addEventListener("click", (event) => {
  const removal = event.target.closest(".chips a");
  if (removal !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(removal.href, "#understood-head");
  } else if (event.target.id === "copy-link") {
    copyLink();
  } else if (event.target.id === "print") {
    window.print();
  }
});

document.addEventListener("focusin", (event) => {
  if (event.target.getAttribute("list") === "occupations") suggestOccupations();
});

window.addEventListener("popstate", () => location.reload());

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll(REVEALED_FOR_PRINT)];
  for (const details of opened) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

prepare();
