/** The environments, and which of them the page shows. */
const scope = (() => {
  const { environments } = page.data;
  const many = environments.length > 1;
  let chosen = "";

  /** Tell whether something of the environments at `places` is shown. */
  function has(places) {
    return chosen === "" || places.includes(Number(chosen));
  }

  /** Hide what is not of the environment that is shown. */
  function apply(root) {
    for (const element of root.querySelectorAll("[data-in]")) {
      element.hidden = !has(element.dataset.in.split(" ").map(Number));
    }
  }

  /** Show one environment by its place, or all of them for an empty text. */
  function choose(place) {
    chosen = place;
    for (const input of document.querySelectorAll('[name="environment"]')) {
      if (input.type === "radio") input.checked = input.value === place;
      else input.value = place;
    }
  }

  /** Environments that are named one by one; others are counted. */
  const MOST = 4;

  /** The names of the environments at `places`; none where there is only one at all. */
  function names(places) {
    if (!many) return [];
    const found = places.map((place) => environments[place]);
    const rest = found.slice(MOST);
    const tags = found.slice(0, MOST).map((name) => page.make("span", "badge where", name));
    if (!rest.length) return tags;
    const more = page.make("span", "quiet", `and ${rest.length} more`);
    more.title = page.spelled(rest.join(", "));
    return [...tags, more];
  }

  /** The same, but only where it is not in all environments. */
  function exceptions(places) {
    return places.length < environments.length ? names(places) : [];
  }

  return { has, apply, choose, names, exceptions };
})();
