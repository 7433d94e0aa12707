// Brings out the arcs of the document that is pointed at or has the focus.
const graph = document.querySelector(".graph");

function bringOut(row) {
  const at = row?.dataset.at;
  graph.classList.toggle("chosen", at !== undefined);
  for (const path of graph.querySelectorAll("path")) {
    path.classList.toggle("on", path.dataset.ends.split(" ").includes(at));
  }
}

for (const event of ["pointerover", "focusin"]) {
  graph?.addEventListener(event, (e) => bringOut(e.target.closest("[data-at]")));
}
for (const event of ["pointerleave", "focusout"]) {
  graph?.addEventListener(event, () => bringOut(null));
}

// A number of the calendar leads into the folded list.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details:not([open])");
  if (folded) {
    folded.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", unfold);
unfold();
