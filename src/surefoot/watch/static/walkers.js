// The optimizers: who walks, with which settings, and the controls to change both.

// A live walker with its settings for a landscape: those asked for, else the landscape's, else the rule's defaults.
function suited(walker, land) {
  const chosen = { ...(land.settings[walker.name] ?? {}), ...walker.asked };
  walker.hyper = Object.fromEntries(walker.hypers.map((h) => [h.name, Number(chosen[h.name] ?? h.value)]));
  for (const h of walker.hypers) if (h.decades) h.range = around(walker.hyper[h.name] || h.value, h);
  const place = ({ name, choices, value }) => (name in chosen ? choices.indexOf(chosen[name]) : value);
  walker.static = walker.statics.map((option) => Math.max(0, place(option)));
}

// A range declared as so many powers of ten to either side of the value that suits.
function around(value, { decades, scale }) {
  return { low: value / 10 ** decades, high: value * 10 ** decades, scale };
}

// The printed rule under its static options.
function variantOf(walker) {
  return walker.variants[walker.static.join("|")];
}

function walkOn(walker, view) {
  const variant = variantOf(walker);
  walker.walk = takeWalk(variant, walker.starts, walker.hyper, view.ground, view.start, view.steps);
  const key = JSON.stringify([walker.static, walker.hyper]);
  if (walker.edgeFor !== key) [walker.edgeFor, walker.edge] = [key, edgeOf(variant, walker.hyper)];
  walker.walk.edge = walker.edge;
  walker.walk.tension = walker.walk.sharpness.map((value) => value / walker.edge);
  walker.walk.left = leftAt(walker.walk, view.land.bounds);
  const [first, second] = view.land.coordinates;
  walker.walk.strides = walker.walk.rate;
  walker.walk.rates = { [first]: walker.walk.rate[0], [second]: walker.walk.rate[1] };
}

// Any walk of the scene, without drawing it.
function walkOf(landscape, walkerName, hyper, statics, start, steps) {
  const land = lands.find((one) => one.name === landscape);
  const walker = view.walkers.find((one) => one.name === walkerName);
  const parameters = Object.fromEntries(land.parameters.map((p) => [p.name, p.value]));
  const ground = makeGround(land, parameters, noise);
  return takeWalk(walker.variants[statics.join("|")], walker.starts, hyper, ground, start, steps);
}

// The list of optimizers: a switch for each, and a button that chooses whose settings and state are shown.
class WalkerList {
  constructor(list, view, actions) {
    this.list = list;
    this.view = view;
    this.actions = actions; // { toggled(walker), chosen(walker) }
    this.build();
  }

  build() {
    const items = this.view.walkers.map((walker, k) => {
      const box = make("input", { type: "checkbox", id: `walker-${k}`, onchange: () => {
        walker.isShown = box.checked;
        this.actions.toggled(walker);
      } });
      box.checked = walker.isShown;
      const label = make("label", { for: box.id }, swatchOf(walker), make("span", {}, walker.title));
      const fate = make("span", { class: "fate", id: `fate-${k}` });
      const choose = button("settings", () => this.actions.chosen(walker));
      choose.setAttribute("aria-label", `${walker.title}: settings and state`);
      walker.parts = { box, fate, choose };
      return make("li", {}, box, label, fate, choose);
    });
    this.list.replaceChildren(...items);
  }

  draw(t) {
    for (const walker of this.view.walkers) {
      const { fate, choose } = walker.parts;
      const text = walker.isShown && walker.walk ? fateAt(walker, t, this.view) : "";
      if (fate.textContent !== text) fate.textContent = text;
      choose.setAttribute("aria-pressed", String(walker === this.view.focus));
    }
  }
}

function fateAt(walker, t, view) {
  const { walk } = walker;
  if (walk.diverged && t >= walk.left) return `✕ diverged at step ${view.stepOf(walk.left)}`;
  return shortly(walk.loss[Math.min(t, walk.last)]);
}

const RECORDED = "These walks were recorded, and are played as they were.";

// What a recorded walk walked with.
function fixedSettings(walker) {
  const given = Object.entries(walker?.settings ?? {});
  if (given.length === 0) return [];
  return [make("dl", {}, ...given.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]))];
}

// The settings of the chosen optimizer. Those of recorded walks are told, and stay.
function buildSettings(holder, heading, view, changed, reset) {
  const walker = view.focus;
  heading.textContent = walker ? `Settings of ${walker.title}` : "Settings";
  if (!walker?.hypers) {
    const reason = make("p", { class: "quiet-text" }, `${RECORDED} ${view.land.reason}`);
    holder.replaceChildren(...fixedSettings(walker), reason);
    return;
  }
  const numbers = walker.hypers.map((hyper) => numberControl({
    id: `hyper-${hyper.name}`, name: hyper.name, meaning: hyper.meaning, range: hyper.range, domain: hyper.domain,
    value: walker.hyper[hyper.name],
    change: (value) => {
      walker.hyper[hyper.name] = value;
      changed(walker);
    },
  }));
  const selects = walker.statics.map((option, k) => selectControl({
    id: `static-${option.name}`, name: option.name, choices: option.choices.map(String), value: walker.static[k],
    change: (value) => {
      walker.static[k] = value;
      changed(walker);
    },
  }));
  const again = button("Reset", () => reset(walker), { id: "reset", title: "To what suits this landscape" });
  const reason = "As chosen, for a choice would make the page too large:";
  const said = make("p", { class: "quiet-text" }, `${reason} ${walker.fixed.join(", ")}.`);
  const fixed = walker.fixed.length ? [said] : [];
  const choices = make("div", { class: "selects" }, ...selects, ...fixed);
  holder.replaceChildren(...numbers, choices, again);
}
