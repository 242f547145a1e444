/** Values as lines, and the lines of two values that differ. */
const lines = (() => {
  /** More pairs of lines than this are not compared one by one. */
  const MOST_PAIRS = 4e6;

  /** A value as lines of text, nested values indented; a text by its own lines. */
  function of(value, indent = "") {
    if (typeof value === "string") return value.split("\n").map((line) => indent + line);
    if (value === null || typeof value !== "object") return [indent + JSON.stringify(value)];
    if ("$secret" in value) return [`${indent}secret ${[].concat(value.$secret).join(", ")}`];
    if ("$unknown" in value) {
      return [`${indent}known after deployment ${[].concat(value.$unknown).join(", ")}`];
    }
    const isList = Array.isArray(value);
    const entries = Object.entries(value);
    if (!entries.length) return [indent + (isList ? "[]" : "{}")];
    return entries.flatMap(([key, item]) => {
      const name = isList ? "-" : `${key}:`;
      const below = of(item, `${indent}  `);
      return below.length === 1
        ? [`${indent}${name} ${below[0].trimStart()}`]
        : [`${indent}${name}`, ...below];
    });
  }

  /** Lengths of the longest common subsequences of what is left of both, from each place. */
  function lengths(before, after) {
    const width = after.length + 1;
    const table = new Uint32Array((before.length + 1) * width);
    for (let i = before.length - 1; i >= 0; i -= 1) {
      for (let j = after.length - 1; j >= 0; j -= 1) {
        table[i * width + j] = before[i] === after[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
      }
    }
    return (i, j) => table[i * width + j];
  }

  function middle(before, after) {
    if (before.length * after.length > MOST_PAIRS) {
      return [...before.map((line) => ["-", line]), ...after.map((line) => ["+", line])];
    }
    const left = lengths(before, after);
    const found = [];
    let i = 0;
    let j = 0;
    while (i < before.length || j < after.length) {
      if (i < before.length && j < after.length && before[i] === after[j]) {
        found.push([" ", before[i]]);
        i += 1;
        j += 1;
      } else if (i < before.length && (j === after.length || left(i + 1, j) >= left(i, j + 1))) {
        found.push(["-", before[i]]);
        i += 1;
      } else {
        found.push(["+", after[j]]);
        j += 1;
      }
    }
    return found;
  }

  /** Pairs of a mark (`-`, `+` or a space) and a line. */
  function difference(before, after) {
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
    let end = 0;
    while (
      end < before.length - start && end < after.length - start
      && before[before.length - 1 - end] === after[after.length - 1 - end]
    ) end += 1;
    const same = (part) => part.map((line) => [" ", line]);
    return [
      ...same(before.slice(0, start)),
      ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
      ...same(before.slice(before.length - end)),
    ];
  }

  /** Where two texts begin and end to differ: lengths of what they share at both ends. */
  function shared(before, after) {
    const most = Math.min(before.length, after.length);
    let start = 0;
    while (start < most && before[start] === after[start]) start += 1;
    let end = 0;
    while (
      end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]
    ) end += 1;
    return [start, end];
  }

  return { of, difference, shared };
})();
