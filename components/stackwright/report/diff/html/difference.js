/** How the properties of a resource differ: values side by side, or line by line. */
const difference = (() => {
  const { make, textParts, leaf, tree, lazily } = page;
  const { sureness, values } = page.data;

  /** Longest value that stands beside its path, in characters. */
  const BESIDE = 72;
  /** Lines of a value or of a difference that are shown before it is folded. */
  const FEW_LINES = 14;
  /** Longest line that is shown whole, in characters. */
  const LONG_LINE = 600;
  /** Lines that stay the same around one that does not. */
  const CONTEXT = 2;
  /** Show some lines, and fold the rest. */
  function folded(rows, total, unit) {
    if (rows.length <= FEW_LINES) return rows;
    const more = make("details", "long", make("summary", "", `All ${total} ${unit}`));
    const rest = rows.slice(FEW_LINES);
    lazily(more, () => more.append(...rest));
    return [...rows.slice(0, FEW_LINES), more];
  }

  /** A text with the part that differs set off; all of it when that says more. */
  function emphasised(text, [start, end]) {
    const isClear = start + end > text.length / 3 && !text.includes("${output:");
    if (!isClear || start + end === text.length) return textParts(text);
    const middle = make("b", "part", text.slice(start, text.length - end));
    return make("span", "text", text.slice(0, start), middle, text.slice(text.length - end));
  }

  function lineText(text, other) {
    if (!text) return "";
    const shown = other === undefined ? textParts(text) : emphasised(text, lines.shared(text, other));
    if (text.length <= LONG_LINE) return shown;
    const head = make("summary", "", `${text.slice(0, BESIDE)}\u2026 (${text.length} characters)`);
    return make("details", "long", head, shown);
  }

  function line([mark, text], other) {
    const kind = { "+": "added", "-": "removed", " ": "same" }[mark];
    const sign = make("span", "sign", mark === "-" ? "\u2212" : mark);
    return make("div", `line ${kind}`, sign, lineText(text, other));
  }

  /** The line that took the place of one, where exactly one did. */
  function counterpart(pairs, at) {
    const mark = pairs[at][0];
    const step = mark === "-" ? 1 : -1;
    const others = [pairs[at + step], pairs[at - step], pairs[at + 2 * step]].map((pair) => pair?.[0]);
    const isAlone = others[0] === { "-": "+", "+": "-" }[mark] && others[1] !== mark && others[2] !== others[0];
    return isAlone ? pairs[at + step][1] : undefined;
  }

  /** Leave out lines that stay the same, but those next to a change. */
  function withoutSame(pairs) {
    const near = pairs.map((_, at) => pairs.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1)
      .some(([mark]) => mark !== " "));
    const kept = [];
    pairs.forEach((pair, at) => {
      if (near[at]) kept.push(line(pair, counterpart(pairs, at)));
      else if (at === 0 || near[at - 1]) kept.push(make("div", "line gap", "\u22ef"));
    });
    return kept;
  }

  function differing(before, after) {
    const pairs = lines.difference(lines.of(before), lines.of(after));
    const [mark, text] = pairs.at(-1);
    if (mark === " " && text === "") pairs.pop();
    const rows = withoutSame(pairs);
    return make("div", "lines", ...folded(rows, rows.length, "lines"));
  }

  function isShort(value) {
    if (value !== null && typeof value === "object") {
      return !Object.keys(value).length || "$secret" in value || "$unknown" in value;
    }
    return String(value).length <= BESIDE && !String(value).includes("\n");
  }

  function given(value, kind) {
    if (isShort(value)) return make("div", `value ${kind}`, leaf(value));
    const box = make("div", `value ${kind}`);
    const text = lines.of(value);
    if (text.length <= FEW_LINES && text.every((one) => one.length <= 400)) {
      box.append(body(value));
    } else {
      const more = make("details", "long", make("summary", "", summary(value, text)));
      lazily(more, () => more.append(body(value)));
      box.append(more);
    }
    return box;
  }

  function body(value) {
    return typeof value === "string" ? make("div", "block", textParts(value)) : tree(value);
  }

  function summary(value, text) {
    const size = text.length > 1 ? `${text.length} lines` : `${text[0].length} characters`;
    return `${text[0].trim().slice(0, BESIDE)}\u2026 (${size})`;
  }

  /** Old and new value: side by side, or by lines. */
  function change(kind, before, after) {
    if (kind === "add") return [given(after, "added")];
    if (kind === "delete") return [given(before, "removed")];
    if (JSON.stringify(before) === JSON.stringify(after)) {
      return [given(after, "same"), make("p", "quiet", "The same reference; what it refers to changes.")];
    }
    if (typeof before === "string" && typeof after === "string" && isShort(before) && isShort(after)) {
      const ends = lines.shared(before, after);
      return [before, after].map((text, at) => make(
        "div", `value ${at ? "added" : "removed"}`, text ? emphasised(text, ends) : leaf(text)));
    }
    if (isShort(before) && isShort(after)) return [given(before, "removed"), given(after, "added")];
    return [differing(before, after)];
  }

  function effect(name, evidence) {
    const words = {
      replaces: `forces replacement, ${sureness[evidence]}`,
      unknown: "may replace, not measured",
      none: "ignored by the engine",
    }[name];
    return words ? [make("span", `badge effect ${name}`, words)] : [];
  }

  /** A property that differs, put together from the table of values. */
  function entry([path, before, after, rest]) {
    return { ...values[rest], path: values[path], before: values[before], after: values[after] };
  }

  /** A path that may break where its steps do. */
  function pathElement(path) {
    const steps = path.split(/(?<=\.)|(?=\[)/);
    return make("code", "", ...steps.flatMap((step, at) => (at ? [make("wbr", ""), step] : [step])));
  }

  function property(one, variant) {
    const judged = ["update", "replace"].includes(variant.action) ? effect(one.effect, one.evidence) : [];
    const tags = one.in.length < variant.in.length ? scope.names(one.in) : [];
    const box = make(
      "div", "property",
      make("div", "path", pathElement(one.path), " ", ...tags, ...judged),
      make("div", "change", ...change(one.kind, one.before, one.after)));
    box.dataset.in = one.in.join(" ");
    return box;
  }

  /** Properties that tell something, and what is noise folded below them. */
  function properties(list, variant) {
    const order = { replaces: 0, unknown: 1 };
    const all = list.map(entry);
    const told = all.filter((one) => !one.noise)
      .sort((a, b) => (order[a.effect] ?? 2) - (order[b.effect] ?? 2));
    const noise = all.filter((one) => one.noise);
    const rows = told.map((one) => property(one, variant));
    if (noise.length) {
      const kinds = [...new Set(noise.map((one) => one.noise))].join(", ");
      const more = make("details", "long", make("summary", "", `${noise.length} more: ${kinds}`));
      lazily(more, () => {
        more.append(...noise.map((one) => property(one, variant)));
        scope.apply(more);
      });
      rows.push(more);
    }
    return rows;
  }

  return { properties };
})();
