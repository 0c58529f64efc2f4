// Numbers as text: the table, the hover, and what a screen reader is told.

function describe(walker, t, view) {
  const { walk } = walker;
  if (walk.diverged && t >= walk.left) return `left the plot at step ${view.stepOf(walk.left)} and diverged`;
  return "";
}

// The rows of a walk at a step: [name, text].
function numbersAt(walker, step, view) {
  const { walk } = walker;
  const k = Math.min(step, walk.last);
  const [first, second] = view.land.coordinates;
  const rows = [
    [first, shortly(walk.at[0][k])],
    [second, shortly(walk.at[1][k])],
    ["loss", shortly(walk.loss[k])],
  ];
  for (const [name, values] of Object.entries(walk.rates)) rows.push([`effective rate of ${name}`, shortly(values[k])]);
  if (walk.sharpness) {
    rows.push(["curvature × rate", shortly(walk.sharpness[k])], ["stable below", shortly(walk.edge)]);
  }
  if (hasNumbers(walk.distance)) rows.push(["to the minimum", shortly(walk.distance[k])]);
  if (walk.beneath) rows.push(["loss of the plane here", shortly(walk.beneath[k])]);
  if (walk.residual) rows.push(["off the plane", percent(walk.residual[k])]);
  for (const [slot, arrays] of Object.entries(walk.state)) {
    rows.push([slot, arrays.map((values) => shortly(values[k])).join(", ")]);
  }
  return rows;
}

// The text alternative of everything drawn: a row for each walker shown.
class NumbersTable {
  constructor(table, view) {
    this.table = table;
    this.view = view;
  }

  draw(t) {
    const rows = this.view.shown().map((walker) => ({ walker, numbers: numbersAt(walker, t, this.view) }));
    const names = new Set(rows.flatMap(({ numbers }) => numbers.map(([name]) => name)));
    const columns = [...names].filter((name) => !this.isState(name));
    const fates = rows.map(({ walker }) => describe(walker, t, this.view));
    const last = fates.some(Boolean) ? ["walk"] : [];
    const heads = ["optimizer", ...last, ...columns];
    this.frame(heads, rows.map(({ walker }) => walker));
    rows.forEach(({ numbers }, k) => {
      const known = new Map(numbers);
      const texts = [...last.map(() => fates[k]), ...columns.map((name) => known.get(name) ?? "")];
      texts.forEach((text, j) => {
        if (this.cells[k][j].textContent !== text) this.cells[k][j].textContent = text;
      });
    });
  }

  // The cells, made anew only where other walkers or other numbers are shown.
  frame(heads, walkers) {
    const key = JSON.stringify([heads, walkers.map(({ title }) => title)]);
    if (key === this.key) return;
    this.key = key;
    const kind = (j) => (heads[j + 1] === "walk" ? { class: "words" } : {});
    this.cells = walkers.map(() => heads.slice(1).map((_, j) => make("td", kind(j))));
    const titles = walkers.map((walker) => make("th", { scope: "row" }, swatchOf(walker), walker.title));
    this.table.tHead.replaceChildren(make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name))));
    this.table.tBodies[0].replaceChildren(...titles.map((title, k) => make("tr", {}, title, ...this.cells[k])));
  }

  isState(name) {
    return this.view.shown().some(({ walk }) => name in walk.state);
  }
}

// The box beside the pointer.
class Tip {
  constructor(box) {
    this.box = box;
  }

  show({ walker, step }, px, py, view) {
    const rows = numbersAt(walker, step, view).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]);
    this.box.replaceChildren(
      make("p", {}, swatchOf(walker), make("strong", {}, walker.title), ` step ${view.stepOf(step)}`),
      make("dl", {}, ...rows),
    );
    this.box.hidden = false;
    const room = this.box.parentElement;
    const left = px + 18 + this.box.offsetWidth > room.clientWidth ? px - 18 - this.box.offsetWidth : px + 18;
    this.box.style.left = `${Math.max(left, 4)}px`;
    const lowest = Math.max(4, room.clientHeight - this.box.offsetHeight - 4);
    this.box.style.top = `${clamp(py - this.box.offsetHeight / 2, 4, lowest)}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}

// One sentence for each walker, best first, for when time stands still.
function summary(t, view) {
  const standing = ({ walk }) => (walk.diverged && t >= walk.left ? Infinity : walk.loss[Math.min(t, walk.last)]);
  const ordered = [...view.shown()].sort((a, b) => standing(a) - standing(b));
  const each = ordered.map((walker) => {
    const fate = describe(walker, t, view);
    return `${walker.title} ${fate || `loss ${shortly(standing(walker))}`}`;
  });
  const all = each.join("; ") || "No optimizer is shown";
  return `${view.land.title}, step ${view.stepOf(t)} of ${view.stepOf(view.steps)}. ${all}.`;
}
