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
      note: "as a part of the rule’s edge of stability: above the line, steps grow",
      values: (walk) => walk.tension,
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
  const note = `above the lowest, ${shortly(floor)}${land.lossNote && `; ${land.lossNote}`}`;
  return { title: "Loss", note, values: (walk) => walk.loss.map((value) => value - floor), scale: "auto" };
}

function leastOf(values) {
  return values.reduce((least, value) => (value < least ? value : least), Infinity);
}

function hasNumbers(values) {
  return Boolean(values) && values.some(Number.isFinite);
}

class Panels {
  constructor(view, common, own, seek) {
    this.view = view;
    this.common = common; // where charts of all walkers stand
    this.own = own; // where those of the chosen walker's state stand
    this.seek = seek;
    this.shared = new Map(); // charts by title
    this.states = new Map();
  }

  // After a change of what is walked or shown.
  redraw() {
    const quantities = quantitiesOf(this.view);
    this.arrange(this.common, this.shared, quantities.map(({ values, alike, spread, ...said }) => ({
      ...said,
      alike: alike && (() => this.view.shown().flatMap(({ walk }) => alike(walk).filter(hasNumbers).map((one) => ({
        values: one, last: walk.last, isTame: !walk.diverged,
      })))),
      series: () => this.view.shown().filter(({ walk }) => hasNumbers(values(walk))).map((walker) => ({
        ...lookOf(walker, this.view),
        values: values(walker.walk),
        band: walker === this.view.focus ? spread?.(walker.walk) : undefined,
        dash: walker.dash,
      })),
    })));
    this.arrange(this.own, this.states, this.stateQuantities());
    for (const chart of this.charts()) chart.resize();
    for (const chart of this.charts()) chart.redraw();
  }

  stateQuantities() {
    const walker = this.view.focus;
    if (!walker?.walk) return [];
    const names = this.view.land.coordinates;
    return Object.entries(walker.walk.state).map(([slot, arrays]) => ({
      title: `${slot} of ${walker.title}`,
      note: arrays.length === 2 ? `${names[0]} solid, ${names[1]} dashed` : "",
      scale: "auto",
      series: () => arrays.map((values, j) => ({
        ...lookOf(walker, this.view), values, dash: j ? [4, 3] : [], width: 1.75,
      })),
    }));
  }

  // Keeps charts that stay, makes new ones, removes the rest; the order is that of the wanted ones.
  arrange(holder, charts, wanted) {
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
    const canvas = make("canvas", { role: "img", "aria-label": label });
    const note = make("span");
    const caption = make("figcaption", {}, make("h3", {}, options.title), note);
    const chart = new Chart(canvas, {
      ...options,
      steps: () => this.view.steps,
      theme: () => this.view.theme,
      stepName: (frame) => this.view.stepOf(frame),
    });
    Object.assign(chart, { note, figure: make("figure", { class: "panel" }, caption, canvas) });
    const scrub = (event) => this.seek(chart.step(event.offsetX));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      scrub(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && scrub(event));
    return chart;
  }

  charts() {
    return [...this.shared.values(), ...this.states.values()];
  }

  drawCursors(t) {
    for (const chart of this.charts()) chart.drawCursor(t);
  }
}

function lookOf(walker, view) {
  const { hue, marker, walk } = walker;
  return { hue, marker, last: walk.last, isTame: !walk.diverged, width: walker === view.focus ? 2.5 : 1.5 };
}
