(() => {
  const { make, reference, tree, lazily } = page;
  const byUrn = new Map();

  function badge(mark) {
    return make("span", `badge ${mark}`, mark);
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
  for (const tool of page.data.tools) {
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
    const { any, has } = page.searched(search.value);
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
      if (any && visible) part.details.open = true;
      headings.set(part.heading, headings.get(part.heading) || visible);
      shown += mine;
    }
    for (const [element, visible] of headings) element.hidden = !visible;
    found.textContent = any ? `${shown} found` : "";
  }

  page.show = (urn) => {
    const target = byUrn.get(urn);
    if (!target) return;
    search.value = "";
    filter();
    target.tool.open = true;
    target.entry.fill();
    target.entry.details.open = true;
    target.entry.details.querySelector("summary").focus();
    target.entry.details.scrollIntoView({ block: "center" });
  };

  page.searchKeys(search, filter);
  document.getElementById("open").addEventListener("click", () => {
    for (const part of parts) part.details.open = true;
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const details of place.querySelectorAll("details")) details.open = false;
  });
  page.drawing(document.querySelector(".drawing svg"), (tool) => {
    for (const part of parts) {
      if (part.details.dataset.tool === tool) part.details.open = true;
    }
  });

  if (page.view.has("search")) {
    search.value = page.view.get("search");
    filter();
  }
  page.ready();
})();
