/** A resource that changes, as an element that shows how when it is opened. */
const rows = (() => {
  const { make, reference, lazily } = page;
  const actions = new Map(page.data.actions.map(([name, mark, words]) => [name, { mark, words }]));
  const risks = new Map(page.data.risks);
  const severity = [...risks.keys()];

  function sign(action) {
    const { mark, words } = actions.get(action);
    return make("span", `act ${action}`, make("b", "sign", mark), words);
  }

  function riskBadge(risk) {
    return make("span", `badge ${risk}`, risks.get(risk));
  }

  function note(pieces) {
    return make("p", "note", ...pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      return "urn" in piece ? reference(piece.urn) : make("code", "", piece.code);
    }));
  }

  function variant(one, row) {
    const box = make("div", "variant");
    box.dataset.in = one.in.join(" ");
    if (row.variants.length > 1) {
      box.append(make("p", "tagline", sign(one.action), ...scope.names(one.in)));
    }
    box.append(...one.notes.map(note), ...difference.properties(one.properties, one));
    if (one.options.length) {
      box.append(make("h4", "", "Options"), ...difference.properties(one.options, one));
    }
    if (!one.properties.length && !one.options.length && !one.notes.length) {
      box.append(make("p", "quiet", "No input of its own differs."));
    }
    box.append(make("p", "urn", one.urns[Math.max(0, one.in.findIndex((at) => scope.has([at])))]));
    return box;
  }

  function uniqueRisks(variants) {
    const found = new Set(variants.flatMap((one) => one.risks));
    return severity.filter((risk) => found.has(risk));
  }

  function rowElement(row) {
    const acts = [...new Set(row.variants.map((one) => one.action))].map(sign);
    const places = [...new Set(row.variants.flatMap((one) => one.in))].sort((a, b) => a - b);
    const marks = make("span", "marks", ...uniqueRisks(row.variants).map(riskBadge),
      ...(row.counts ? [] : [make("span", "badge", "groups others")]),
      ...scope.exceptions(places));
    const head = make("summary", "", make("span", "acts", ...acts), make("span", "name", row.name),
      make("span", "words", row.words), marks);
    head.title = row.type;
    const details = make("details", "resource", head);
    const fill = lazily(details, () => {
      const inside = make("div", "variants", ...row.variants.map((one) => variant(one, row)));
      details.append(inside);
      scope.apply(inside);
    });
    return { details, fill };
  }

  return { actions, risks, severity, sign, riskBadge, uniqueRisks, rowElement };
})();
