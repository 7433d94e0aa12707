// Suggestions under the search box: an editable combobox with list autocomplete (WAI-ARIA APG).
// Without this file the box is a plain form.
"use strict";

(() => {
  const input = document.getElementById("q");
  if (!input) return;
  const KINDS = { document: "文号", title: "文件", occupation: "职业", question: "问题" };
  const PAUSE = 120; // ms between the last key and a request

  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "输入提示");
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  input.parentElement.append(list);
  input.form.append(status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let suggestions = [];
  let selected = -1;
  let typed = input.value;
  let timer = 0;
  let request = null;

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    selected = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    suggestions = found;
    selected = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map(optionOf));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? `有 ${found.length} 条提示,用上下键选择` : "";
  }

  function optionOf(suggestion, index) {
    const option = document.createElement("li");
    option.id = `suggestion-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const kind = document.createElement("span");
    kind.className = "kind";
    kind.textContent = KINDS[suggestion.kind];
    const words = document.createElement("span");
    words.className = "words";
    words.textContent = suggestion.text;
    if (suggestion.note) {
      const note = document.createElement("span");
      note.className = "note";
      note.textContent = suggestion.note;
      words.append(note);
    }
    option.append(kind, words);
    option.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
    option.addEventListener("click", () => choose(index));
    return option;
  }

  function select(index) {
    list.children[selected]?.setAttribute("aria-selected", "false");
    selected = index;
    const option = list.children[index];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
    input.value = option ? suggestions[index].text : typed;
  }

  function choose(index) {
    const { text, document: id } = suggestions[index];
    close();
    if (id) {
      location.assign(`/documents/${encodeURIComponent(id)}`);
    } else {
      input.value = text;
      input.form.requestSubmit();
    }
  }

  async function fetchSuggestions() {
    request?.abort();
    request = new AbortController();
    const words = typed.trim();
    if (!words) return close();
    try {
      const query = new URLSearchParams({ q: words });
      const response = await fetch(`/api/v1/suggest?${query}`, { signal: request.signal });
      if (response.ok) show((await response.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close(); // the box works without suggestions
    }
  }

  input.addEventListener("input", (event) => {
    typed = input.value;
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(fetchSuggestions, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    typed = input.value;
    clearTimeout(timer);
    timer = setTimeout(fetchSuggestions, PAUSE);
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) return void fetchSuggestions();
      const places = suggestions.length + 1; // the typed words are a place, too
      select(((selected + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      choose(selected);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      select(-1);
      close();
    }
  });

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
})();
