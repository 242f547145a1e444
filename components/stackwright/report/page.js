"use strict";
(() => {
  const plan = JSON.parse(document.getElementById("plan").textContent);
  const root = document.documentElement;
  const symbol = /\$\{output:([^#{}]+)#([^{}]*)\}/g;
  const byUrn = new Map();

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
  function reference(origin) {
    const cut = origin.indexOf("#");
    const urn = cut < 0 ? origin : origin.slice(0, cut);
    const path = cut < 0 ? "" : origin.slice(cut + 1);
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const chip = make("button", "reference", path ? `output ${path} of ${name}` : name);
    chip.type = "button";
    chip.title = origin;
    chip.addEventListener("click", () => show(urn));
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
    for (const origin of origins) span.append(" ", reference(origin));
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

  function badge(mark) {
    return make("span", `badge ${mark}`, mark);
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

  function resourceElement(resource) {
    const marks = make("span", "marks", ...resource.marks.map(badge));
    const summary = make(
      "summary", "", make("span", "name", resource.name), make("span", "words", resource.words), marks);
    summary.title = resource.type;
    const details = make("details", "resource", summary);
    const fill = lazily(details, () => {
      const body = make("div", "tree", tree({ type: resource.type, ...resource.inputs }));
      if (Object.keys(resource.options).length) body.append(tree({ options: resource.options }));
      if (resource.after.length) {
        const row = make("div", "row", make("span", "key", "after: "));
        for (const urn of resource.after) row.append(reference(urn), " ");
        body.append(row);
      }
      details.append(body);
    });
    return { details, fill, words: JSON.stringify([resource.name, resource.type, resource.words,
      resource.marks, resource.inputs]).toLowerCase() };
  }

  function toolElement(tool) {
    const summary = make("summary", "", make("span", "name", tool.instance));
    if (tool.kind) summary.append(make("span", "tag", tool.kind));
    summary.append(make("span", "quiet", tool.title));
    if (tool.assumed) summary.append(make("span", "badge", "added because another tool needs it"));
    const count = make("span", "count", `${tool.total} ${tool.total === 1 ? "resource" : "resources"}`);
    summary.append(count);
    const inside = make("div", "inside");
    inside.append(make("p", "facts", tool.makes));
    if (tool.uses.length) inside.append(make("p", "facts", `${tool.uses.join("; ")}.`));
    const details = make("details", "part", summary, inside);
    details.dataset.tool = tool.instance;
    const entries = tool.resources.map((resource) => {
      const entry = resourceElement(resource);
      byUrn.set(resource.urn, { entry, tool: details });
      inside.append(entry.details);
      return entry;
    });
    if (Object.keys(tool.outputs).length) {
      inside.append(make("h3", "", "Outputs"), make("div", "tree", tree(tool.outputs)));
    }
    const head = [tool.instance, tool.kind, tool.title, tool.capability].join(" ").toLowerCase();
    return { details, entries, head, count, total: tool.total };
  }

  const place = document.getElementById("tools");
  const parts = [];
  let layer = null;
  let name = null;
  for (const tool of plan.tools) {
    if (tool.layer !== layer) {
      layer = tool.layer;
      name = make("p", "layer-name", `${layer} layer`);
      place.append(name);
    }
    const part = toolElement(tool);
    part.heading = name;
    parts.push(part);
    place.append(part.details);
  }

  const search = document.getElementById("search");
  const found = document.getElementById("found");

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    const headings = new Map();
    let shown = 0;
    for (const part of parts) {
      let mine = 0;
      for (const entry of part.entries) {
        const visible = has(`${part.head} ${entry.words}`);
        entry.details.hidden = !visible;
        mine += visible ? 1 : 0;
      }
      const visible = mine > 0 || has(part.head);
      part.details.hidden = !visible;
      if (words.length && visible) part.details.open = true;
      headings.set(part.heading, headings.get(part.heading) || visible);
      shown += mine;
    }
    for (const [element, visible] of headings) element.hidden = !visible;
    found.textContent = words.length ? `${shown} found` : "";
  }

  function show(urn) {
    const target = byUrn.get(urn);
    if (!target) return;
    search.value = "";
    filter();
    target.tool.open = true;
    target.entry.fill();
    target.entry.details.open = true;
    target.entry.details.querySelector("summary").focus();
    target.entry.details.scrollIntoView({ block: "center" });
  }

  search.addEventListener("input", filter);
  document.getElementById("open").addEventListener("click", () => {
    for (const part of parts) part.details.open = true;
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const details of place.querySelectorAll("details")) details.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      filter();
    }
  });

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const drawing = document.querySelector(".drawing svg");
  function pick(tool) {
    const again = tool.classList.contains("chosen");
    for (const element of drawing.querySelectorAll(".near, .chosen")) {
      element.classList.remove("near", "chosen");
    }
    drawing.classList.toggle("picked", !again);
    if (again) return;
    const near = new Set([tool.dataset.tool]);
    for (const line of drawing.querySelectorAll("[data-source]")) {
      const ends = [line.dataset.source, line.dataset.target];
      if (ends.includes(tool.dataset.tool)) {
        line.classList.add("near");
        for (const end of ends) near.add(end);
      }
    }
    for (const other of drawing.querySelectorAll(".tool")) {
      other.classList.toggle("near", near.has(other.dataset.tool));
    }
    tool.classList.add("chosen");
    for (const part of parts) {
      if (part.details.dataset.tool === tool.dataset.tool) part.details.open = true;
    }
  }
  for (const tool of drawing.querySelectorAll(".tool")) {
    tool.addEventListener("click", () => pick(tool));
    tool.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(tool);
      }
    });
  }

  // #search=WORDS and #theme=dark make a view that can be linked to.
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key === "theme" && (value === "dark" || value === "light")) root.dataset.theme = value;
    if (key === "search") {
      search.value = value;
      filter();
    }
  }
  root.dataset.ready = "true";
})();
