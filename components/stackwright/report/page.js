"use strict";
/** What the pages share: values as elements, references between resources, drawings, the theme. */
const page = (() => {
  const root = document.documentElement;
  const symbol = /\$\{output:([^#{}]+)#([^{}]*)\}/g;
  const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

  /** Spell characters that cannot be seen or turn the direction of what follows. */
  function spelled(text) {
    return text.replace(unseen, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }

  /** Make an element; children are elements or texts, so nothing is ever read as markup. */
  function make(tag, style, ...children) {
    const element = document.createElement(tag);
    if (style) element.className = style;
    element.append(...children.map((child) => (typeof child === "string" ? spelled(child) : child)));
    return element;
  }

  /** A short reference to an output, which goes to the resource when pressed. */
  function reference(source) {
    const origin = String(source);
    const cut = origin.indexOf("#");
    const urn = cut < 0 ? origin : origin.slice(0, cut);
    const path = cut < 0 ? "" : origin.slice(cut + 1);
    const name = urn.split("::").at(-1);
    const chip = make("button", "reference", path ? `output ${path} of ${name}` : name);
    chip.type = "button";
    chip.title = origin;
    chip.addEventListener("click", () => shared.show(urn));
    return chip;
  }

  function textParts(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(symbol)) {
      if (match.index > end) parts.push(text.slice(end, match.index));
      parts.push(reference(`${match[1]}#${match[2]}`));
      end = match.index + match[0].length;
    }
    if (end < text.length || !parts.length) parts.push(text.slice(end) || '""');
    return make("span", "text", ...parts);
  }

  function marked(name, style, origins) {
    const span = make("span", "", make("span", style, name));
    for (const origin of [].concat(origins)) span.append(" ", reference(origin));
    return span;
  }

  /** One value: its text, or nothing when it has rows of its own below the key. */
  function leaf(value) {
    if (typeof value === "string") return textParts(value);
    if (value === null || typeof value !== "object") return make("span", "number", String(value));
    if (Object.hasOwn(value, "$secret")) return marked("secret", "secret", value.$secret);
    if (Object.hasOwn(value, "$unknown")) {
      return marked("known after deployment", "key", value.$unknown);
    }
    if (!Object.keys(value).length) return make("span", "number", Array.isArray(value) ? "[]" : "{}");
    return null;
  }

  function tree(values) {
    const box = make("div", "");
    for (const [key, value] of Object.entries(values)) {
      const name = make("span", "key", Array.isArray(values) ? "- " : `${key}: `);
      const isBlock = typeof value === "string" && value.includes("\n");
      const shown = leaf(value);
      box.append(make("div", "row", name, ...(shown && !isBlock ? [shown] : [])));
      if (isBlock) {
        box.append(make("div", "below", shown));
      } else if (!shown) {
        const below = tree(value);
        below.className = "below";
        box.append(below);
      }
    }
    return box;
  }

  /** Fill a folded element when it is opened for the first time. */
  function lazily(details, fill) {
    let filled = false;
    const once = () => {
      if (!filled) fill();
      filled = true;
    };
    details.addEventListener("toggle", () => details.open && once());
    return once;
  }

  /** Words of a search, all of which a text must have. */
  function searched(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return { any: words.length > 0, has: (other) => words.every((word) => other.includes(word)) };
  }

  /** `/` goes to the search, Escape empties it. */
  function searchKeys(search, changed) {
    search.addEventListener("input", changed);
    document.addEventListener("keydown", (event) => {
      const writing = document.activeElement?.matches("input, select, textarea");
      if (event.key === "/" && !writing) {
        event.preventDefault();
        search.focus();
      } else if (event.key === "Escape" && document.activeElement === search) {
        search.value = "";
        changed();
      }
    });
  }

  /** Let a tool of a drawing be picked: what it uses and what uses it stands out. */
  function drawing(svg, picked) {
    function pick(tool) {
      const again = tool.classList.contains("chosen");
      for (const element of svg.querySelectorAll(".near, .chosen")) {
        element.classList.remove("near", "chosen");
      }
      svg.classList.toggle("picked", !again);
      if (again) return;
      const near = new Set([tool.dataset.tool]);
      for (const line of svg.querySelectorAll("[data-source]")) {
        const ends = [line.dataset.source, line.dataset.target];
        if (ends.includes(tool.dataset.tool)) {
          line.classList.add("near");
          for (const end of ends) near.add(end);
        }
      }
      for (const other of svg.querySelectorAll(".tool")) {
        other.classList.toggle("near", near.has(other.dataset.tool));
      }
      tool.classList.add("chosen");
      picked(tool.dataset.tool);
    }
    for (const tool of svg.querySelectorAll(".tool")) {
      tool.addEventListener("click", () => pick(tool));
      tool.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          pick(tool);
        }
      });
    }
  }

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  /** What the address says after its #, such as #search=WORDS&theme=dark: a view to link to. */
  const view = new Map(new URLSearchParams(location.hash.slice(1)));
  if (["dark", "light"].includes(view.get("theme"))) root.dataset.theme = view.get("theme");

  const shared = {
    data: JSON.parse(document.getElementById("data").textContent),
    show() {},
    make, spelled, reference, textParts, leaf, tree, lazily, searched, searchKeys, drawing, view,
    ready() { root.dataset.ready = "true"; },
  };
  return shared;
})();
