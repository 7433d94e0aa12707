// Copy buttons: <button data-copy="id of the field" hidden>. Without JavaScript they stay hidden
// and the text of the field can be selected.
"use strict";

const status = document.querySelector("[data-copy-status]");

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const text = field.value ?? field.textContent;
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "已复制";
  } catch {
    field.focus();
    field.select?.();
    status.textContent = "没有复制成功,文字已选中,请按 Ctrl+C 复制";
  }
  window.setTimeout(() => { status.textContent = ""; }, 4000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
