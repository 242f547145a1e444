(() => {
  const { make, lazily } = page;
  const { environments, tools, values } = page.data;
  const { actions, risks, severity, sign, riskBadge, uniqueRisks, rowElement } = rows;

  /** What the resources are narrowed to; nothing chosen means all. */
  const shown = { tool: "", actions: new Set(), risks: new Set(), text: "" };

  /** Rows up to which all tools are open at first. */
  const FEW_ROWS = 12;

  function scopePage(place) {
    const main = document.querySelector("main");
    scope.apply(main);
    const drawn = [...main.querySelectorAll("details.pictured")].filter((one) => !one.hidden);
    drawn.forEach((one, at) => {
      one.open = at === 0;
    });
    for (const fold of main.querySelectorAll("#environments .more")) fold.open = place !== "";
    for (const part of main.querySelectorAll(".more, section:not(#resources)")) {
      const scoped = [...part.querySelectorAll("[data-in]")];
      part.hidden = scoped.length > 0 && scoped.every((element) => element.hidden);
    }
  }

  /** What a search looks through; made when it is needed, as it takes a while for thousands. */
  function searchable(row, tool) {
    if (row.text === undefined) {
      const told = row.variants.map((one) => [one.action, one.risks, one.notes,
        [...one.properties, ...one.options].map((one) => one.slice(0, 3).map((at) => values[at]))]);
      row.text = JSON.stringify([row.name, row.type, row.words, tool.instance, tool.title,
        tool.capability, told]).toLowerCase();
    }
    return row.text;
  }

  function fits(row, tool, has) {
    if (shown.tool && shown.tool !== tool.instance) return false;
    const fitting = row.variants.some((one) => scope.has(one.in)
      && (!shown.actions.size || shown.actions.has(one.action))
      && (!shown.risks.size || one.risks.some((risk) => shown.risks.has(risk))));
    return fitting && (!shown.text || has(searchable(row, tool)));
  }

  const place = document.getElementById("tools");
  const byKey = new Map();
  const parts = tools.map(toolElement);
  const total = parts.reduce((sum, part) => sum + part.tool.rows.length, 0);

  function toolElement(tool) {
    const count = make("span", "count");
    const head = make("summary", "", make("span", "name", tool.instance),
      make("span", "quiet", tool.title),
      make("span", "marks", ...uniqueRisks(tool.rows.flatMap((row) => row.variants)).map(riskBadge)),
      count);
    const inside = make("div", "inside");
    const details = make("details", "part", head, inside);
    details.dataset.tool = tool.instance;
    const part = { tool, details, count, entries: null, visible: new Set(tool.rows) };
    part.fill = lazily(details, () => {
      part.entries = tool.rows.map((row) => ({ row, ...rowElement(row) }));
      inside.append(...part.entries.map((entry) => entry.details));
      hideRows(part);
    });
    for (const row of tool.rows) byKey.set(row.key, { part, row });
    return part;
  }

  function hideRows(part) {
    for (const entry of part.entries ?? []) entry.details.hidden = !part.visible.has(entry.row);
  }

  function placeParts() {
    let capability = null;
    for (const part of parts) {
      if (part.tool.capability !== capability) {
        capability = part.tool.capability;
        part.heading = make("h3", "capability", capability);
        place.append(part.heading);
      } else {
        part.heading = parts[parts.indexOf(part) - 1].heading;
      }
      place.append(part.details);
    }
  }

  function counted(size) {
    return `${size.toLocaleString("en")} ${size === 1 ? "resource" : "resources"}`;
  }

  function filter() {
    const { any, has } = page.searched(shown.text);
    const narrowed = any || shown.tool || shown.actions.size || shown.risks.size;
    const headings = new Map();
    let sum = 0;
    for (const part of parts) {
      part.visible = new Set(part.tool.rows.filter((row) => fits(row, part.tool, has)));
      const size = part.visible.size;
      part.details.hidden = !size;
      part.count.textContent = counted(size);
      headings.set(part.heading, headings.get(part.heading) || size > 0);
      hideRows(part);
      sum += size;
    }
    for (const [element, visible] of headings) element.hidden = !visible;
    const part = narrowed || sum !== total ? `${sum.toLocaleString("en")} of ` : "";
    found.textContent = part + counted(total);
    if (narrowed && sum <= 200) openParts();
  }

  function openParts() {
    for (const part of parts) if (part.visible.size) open(part);
  }

  function open(part) {
    part.fill();
    part.details.open = true;
  }

  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const toolChoice = document.getElementById("tool");

  /** A button for each action or risk that occurs, with how many resources see it. */
  function toggles(box, names, chosen, label, of) {
    const counts = new Map();
    for (const tool of tools) {
      for (const row of tool.rows) {
        for (const name of new Set(row.variants.flatMap(of))) {
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }
    }
    for (const name of names.filter((one) => counts.has(one))) {
      const button = make("button", "toggle", ...label(name), make("span", "quiet", counts.get(name).toLocaleString("en")));
      button.type = "button";
      button.dataset.name = name;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        choose(box, chosen, name, !chosen.has(name));
        filter();
      });
      box.append(button);
    }
  }

  function choose(box, chosen, name, on) {
    if (on) chosen.add(name);
    else chosen.delete(name);
    for (const button of box.children) {
      if (button.dataset.name === name) button.setAttribute("aria-pressed", String(on));
    }
  }

  const actionBox = document.getElementById("actions");
  const riskBox = document.getElementById("risks");
  toggles(actionBox, [...actions.keys()], shown.actions, (name) => [sign(name), " "], (one) => [one.action]);
  toggles(riskBox, severity, shown.risks, (name) => [`${risks.get(name)} `], (one) => one.risks);

  function clear() {
    for (const name of [...shown.actions]) choose(actionBox, shown.actions, name, false);
    for (const name of [...shown.risks]) choose(riskBox, shown.risks, name, false);
    search.value = "";
    toolChoice.value = "";
    shown.text = "";
    shown.tool = "";
  }

  toolChoice.append(new Option("All tools", ""), ...[...tools]
    .sort((a, b) => a.instance.localeCompare(b.instance))
    .map((tool) => new Option(page.spelled(tool.instance), tool.instance)));
  toolChoice.addEventListener("change", () => {
    shown.tool = toolChoice.value;
    filter();
  });

  function showTool(tool) {
    clear();
    if (!tools.some((one) => one.instance === tool)) return;
    toolChoice.value = tool;
    shown.tool = tool;
    filter();
    openParts();
  }

  function setEnvironment(place) {
    scope.choose(place);
    scopePage(place);
    filter();
  }

  /** Go to a resource, whatever is filtered now; a URN is taken without its stack. */
  page.show = (urn) => {
    const key = urn.startsWith("urn:pulumi:") ? urn.slice(urn.indexOf("::") + 2) : urn;
    const target = byKey.get(key);
    if (!target) return;
    clear();
    if (!target.row.variants.some((one) => scope.has(one.in))) setEnvironment("");
    filter();
    open(target.part);
    const entry = target.part.entries.find((one) => one.row === target.row);
    entry.fill();
    entry.details.open = true;
    entry.details.querySelector("summary").focus();
    entry.details.scrollIntoView({ block: "center" });
  };

  page.searchKeys(search, () => {
    shown.text = search.value;
    filter();
  });
  document.getElementById("open").addEventListener("click", openParts);
  document.getElementById("close").addEventListener("click", () => {
    for (const details of place.querySelectorAll("details")) details.open = false;
  });
  for (const input of document.querySelectorAll('[name="environment"]')) {
    input.addEventListener("change", () => setEnvironment(input.value));
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key], a[data-filter-tool], a[data-filter-risk]");
    if (!link) return;
    if (link.dataset.key !== undefined) {
      event.preventDefault();
      page.show(link.dataset.key);
    } else if (link.dataset.filterTool !== undefined) {
      showTool(link.dataset.filterTool);
    } else {
      clear();
      choose(riskBox, shown.risks, link.dataset.filterRisk, severity.includes(link.dataset.filterRisk)
        && link.dataset.filterRisk !== "routine");
      filter();
    }
  });

  /** Arrow keys go from one summary to the next, and open and close. */
  place.addEventListener("keydown", (event) => {
    const current = event.target.closest("summary");
    if (!current || event.target !== current) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      current.parentElement.open = event.key === "ArrowRight";
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = [...place.querySelectorAll("details.part > summary, details.resource > summary")]
        .filter((one) => one.checkVisibility());
      const next = all[all.indexOf(current) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  for (const svg of document.querySelectorAll(".drawing svg")) page.drawing(svg, showTool);
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll(".card details, .chain, .more")) details.open = true;
    if (total <= 400) openParts();
  });

  placeParts();
  const wanted = environments.indexOf(page.view.get("environment"));
  if (page.view.has("search")) search.value = shown.text = page.view.get("search");
  setEnvironment(wanted < 0 ? "" : String(wanted));
  if (total <= FEW_ROWS) openParts();
  if (page.view.has("resource")) page.show(page.view.get("resource"));
  page.ready();
})();
