// The charts beside the landscape: what each shows, and of which walkers.

function rateNames(view) {
  return [...new Set(view.walkers.flatMap((walker) => Object.keys(walker.walk?.rates ?? {})))];
}

// The charts of all walkers together: title, a word of explanation, the values of a walk.
function quantitiesOf(view) {
  const names = rateNames(view);
  const rates = names.map((name) => ({
    title: `Effective learning rate of ${name}`,
    note: view.land.ratesNote ?? "how far it moves per unit of its gradient",
    values: (walk) => walk.rates[name],
    spread: (walk) => walk.spread?.[name],
    alike: (walk) => names.map((one) => walk.rates[one]),
    scale: "log",
  }));
  const others = [
    {
      title: "Curvature × effective rate",
      note: "as a share of what the rule is stable below: above 1, steps grow",
      values: ({ tension }) => (tension?.some(Boolean) ? tension : undefined), // none between kinks
      scale: "log",
      threshold: 1,
    },
    lossOf(view),
    { title: "Distance to the nearest minimum", note: "", values: (walk) => walk.distance, scale: "auto" },
    {
      title: "Off the plane",
      note: "share of the distance from the plane’s centre: 0 lies in it, 1 is not seen in it at all",
      values: (walk) => walk.residual,
      scale: "linear",
    },
  ];
  return [...rates, ...others].filter(({ values }) => view.shown().some(({ walk }) => hasNumbers(values(walk))));
}

// A loss that falls below zero is drawn from the lowest up, so that it can stand on a log scale too.
function lossOf(view) {
  const { land } = view;
  const lowest = Math.min(...view.shown().map(({ walk }) => leastOf(walk.loss)));
  if (!(lowest < 0)) return { title: "Loss", note: land.lossNote, values: (walk) => walk.loss, scale: "auto" };
  const known = scene.isLive && !land.moves ? view.ground.minima(0).map((point) => view.ground.loss(point, 0)) : [];
  const floor = Math.min(lowest, ...known);
  const note = `less the lowest there is, ${shortly(floor)}${land.lossNote && `; ${land.lossNote}`}`;
  return { title: "Loss", note, values: (walk) => walk.loss.map((value) => value - floor), scale: "auto" };
}

function leastOf(values) {
  return values.reduce((least, value) => (value < least ? value : least), Infinity);
}

function hasNumbers(values) {
  return Boolean(values) && values.some(Number.isFinite);
}

class Panels {
  constructor(view, holder, seek) {
    this.view = view;
    this.holder = holder;
    this.seek = seek;
    this.known = new Map(); // charts by title
  }

  // After a change of what is walked or shown.
  redraw() {
    this.arrange([...this.sharedQuantities(), ...this.stateQuantities()]);
    for (const chart of this.charts()) chart.resize();
    for (const chart of this.charts()) chart.redraw();
  }

  // A line for each walker shown; the number is the chosen one's.
  sharedQuantities() {
    const { focus } = this.view;
    return quantitiesOf(this.view).map(({ values, alike, spread, ...said }) => ({
      ...said,
      number: (t) => (focus?.isShown && values(focus.walk) ? numberAt(focus, values(focus.walk), t) : ""),
      sign: focus,
      alike: alike && (() => this.view.shown().flatMap(({ walk }) => alike(walk).filter(hasNumbers).map((one) => ({
        values: one, last: walk.last, isTame: !walk.diverged,
      })))),
      series: () => this.view.shown().filter(({ walk }) => hasNumbers(values(walk))).map((walker) => ({
        ...lookOf(walker, this.view),
        values: values(walker.walk),
        band: walker === this.view.focus ? spread?.(walker.walk) : undefined,
        dash: walker.dash,
      })),
    }));
  }

  // What the chosen walker keeps.
  stateQuantities() {
    const walker = this.view.focus;
    if (!walker?.walk) return [];
    const names = this.view.land.coordinates;
    return Object.entries(walker.walk.state).map(([slot, arrays]) => ({
      title: `${slot} of ${walker.title}`,
      note: arrays.length === 2 ? `${names[0]} solid, ${names[1]} dashed` : "",
      scale: "auto",
      number: (t) => arrays.map((values) => numberAt(walker, values, t)).join(", "),
      sign: walker,
      series: () => arrays.map((values, j) => ({
        ...lookOf(walker, this.view), values, dash: j ? [4, 3] : [], width: 1.75,
      })),
    }));
  }

  // Keeps charts that stay, makes new ones, removes the rest; the order is that of the wanted ones.
  arrange(wanted) {
    const { holder, known: charts } = this;
    for (const [title, { figure }] of charts) {
      if (!wanted.some((one) => one.title === title)) {
        figure.remove();
        charts.delete(title);
      }
    }
    const figures = [];
    for (const one of wanted) {
      const known = charts.get(one.title);
      if (known) Object.assign(known.options, one);
      else charts.set(one.title, this.newChart(one));
      const { figure, note } = charts.get(one.title);
      if (note.textContent !== one.note) note.textContent = one.note;
      figures.push(figure);
    }
    // Touched only where something changed: a page laid out anew takes longer than all the walks.
    if (figures.some((figure, k) => holder.children[k] !== figure)) holder.replaceChildren(...figures);
  }

  newChart(options) {
    const label = `${options.title}, over the steps. The numbers are in the table.`;
    const lines = make("canvas", { "aria-hidden": "true" });
    const canvas = make("canvas", { role: "img", "aria-label": label });
    const note = make("span");
    const caption = make("figcaption", {}, make("h3", {}, options.title), note);
    const chart = new Chart(lines, canvas, {
      ...options,
      steps: () => this.view.steps,
      theme: () => this.view.theme,
      stepName: (frame) => this.view.stepOf(frame),
    });
    Object.assign(chart, { note, figure: make("figure", { class: "panel" }, caption, make("div", {}, lines, canvas)) });
    const scrub = (event) => this.seek(chart.step(event.offsetX));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      scrub(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && scrub(event));
    return chart;
  }

  charts() {
    return [...this.known.values()];
  }

  drawCursors(t) {
    for (const chart of this.charts()) chart.drawCursor(t);
  }
}

function numberAt({ walk }, values, t) {
  return shortly(values[Math.min(t, walk.last)]);
}

function lookOf(walker, view) {
  const { hue, marker, walk } = walker;
  return { hue, marker, last: walk.last, isTame: !walk.diverged, width: walker === view.focus ? 2.5 : 1.5 };
}
