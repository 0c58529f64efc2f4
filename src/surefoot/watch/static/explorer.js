// The page: reads the scene, builds the controls, and draws whatever changes.

const scene = JSON.parse(document.getElementById("scene").textContent);
const at = (id) => document.getElementById(id);
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const SPEEDS = [5, 15, 30, 60, 120, 300];

// What is shown now. The land is a landscape or a recorded surface; `steps` counts frames, stepOf names them.
const view = {
  theme: readTheme(),
  isFixed: !scene.isLive, // recorded walks keep their start
  hasMoved: false, // whether a reader has found out that it can be dragged
  walkers: readWalkers(scene),
  shown() {
    return this.walkers.filter((walker) => walker.isShown);
  },
  stepOf(frame) {
    return this.land.frames ? this.land.frames[Math.min(frame, this.land.frames.length - 1)] : frame;
  },
};
const lands = readLands(scene);
const noise = readNoise(scene);
const DRAWS = 8; // different noises that a reader may ask for

const player = new Player(() => view.steps, draw);
const stage = new Stage(at("stage"), view);
const panels = new Panels(view, at("panels"), (t) => player.step(t - player.t));
const table = new NumbersTable(at("numbers"), view);
const tip = new Tip(at("tip"));
const list = new WalkerList(at("walkers"), view, {
  toggled(walker) {
    if (scene.isLive && !walker.walk) walkOn(walker, view);
    refresh();
  },
  chosen: (walker) => choose(walker),
});

function choose(walker) {
  view.focus = walker;
  if (!walker.isShown) {
    walker.isShown = true;
    walker.parts.box.checked = true;
  }
  buildSettings(at("settings"), at("settings-of"), view, rerun, (chosen) => {
    suited(chosen, view.land);
    choose(chosen);
  });
  rerun(walker);
}

// Who keeps the most state has the most to show; of a recorded layer, whose rates are spread the widest.
function richest(walkers) {
  const wealth = ({ walk }) => Object.keys(walk.state).length + widest(walk.spread ?? {}, walk.last);
  return walkers.reduce((best, walker) => (best && wealth(best) >= wealth(walker) ? best : walker), undefined);
}

// In decades, at the end of the walk.
function widest(spread, last) {
  const decades = ([lower, upper]) => Math.log10(upper[last] / lower[last]) || 0;
  return Math.max(0, ...Object.values(spread).map(decades).filter(Number.isFinite));
}

// One walker walks anew, at once.
function rerun(walker) {
  if (scene.isLive) walkOn(walker, view);
  refresh();
}

// All who are shown; the others walk when they are switched on.
function walkAll() {
  if (!scene.isLive) return;
  for (const walker of view.walkers) {
    if (walker.isShown) walkOn(walker, view);
    else walker.walk = null;
  }
}

function rerunAll() {
  walkAll();
  refresh();
}

// Another landscape: its own start, parameters, and settings that suit it.
function enter(land, start) {
  view.land = land;
  view.start = Array.from(start ?? land.start);
  view.steps = land.steps;
  view.parameters = Object.fromEntries(land.parameters.map((p) => [p.name, p.value]));
  at("title").textContent = land.title;
  at("teaches").textContent = land.teaches;
  at("scrub").max = view.steps;
  at("parameters").replaceChildren(...land.parameters.filter((p) => p.range).map((p) => numberControl({
    id: `parameter-${p.name}`, name: p.name, meaning: p.meaning, range: p.range, domain: p.domain, value: p.value,
    change: (value) => {
      view.parameters[p.name] = value;
      ground();
      rerunAll();
    },
  })), ...noiseControl(land));
  if (scene.isLive) for (const walker of view.walkers) suited(walker, land);
  showStart();
  stage.resize();
  ground();
  walkAll();
  choose(view.focus?.isShown ? view.focus : richest(view.shown()) ?? view.walkers[0]);
}

// Other noise: the same table, begun at another row. All walkers meet the same noise.
function noiseControl(land) {
  if (!land.noises) return [];
  const choices = Array.from({ length: DRAWS }, (_, k) => `draw ${k + 1}`);
  return [selectControl({ id: "noise", name: "noise drawn", choices, value: noise.choice, change: (choice) => {
    noise.choice = choice;
    rerunAll();
  } })];
}

function ground() {
  view.ground = scene.isLive ? makeGround(view.land, view.parameters, noise) : view.land.ground;
  stage.drawGround(player.t, true);
}

const QUICK = 100; // milliseconds from one change to the next while something is dragged
let refreshed = -Infinity;
let areChartsBehind = false;
let chartsDue = 0;

// After any change: everything that stands on the walks. While something is dragged, charts follow at every second
// change, so that the map keeps up with it.
function refresh() {
  const isQuick = performance.now() - refreshed < QUICK;
  refreshed = performance.now();
  stage.drawn = -1;
  clearTimeout(chartsDue);
  areChartsBehind = isQuick && !areChartsBehind;
  if (areChartsBehind) chartsDue = setTimeout(catchUp, QUICK);
  else panels.redraw();
  draw(player.t, player.isPlaying);
  speak();
}

function catchUp() {
  areChartsBehind = false;
  panels.redraw();
  panels.drawCursors(player.t);
}

let tableDue = 0;

function draw(t, isPlaying) {
  if (view.land.moves && t !== stage.groundAt) stage.drawGround(t, false);
  stage.drawTrails(t);
  stage.drawWalkers(t, !isPlaying);
  panels.drawCursors(t);
  const now = performance.now();
  if (!isPlaying || now > tableDue) {
    tableDue = now + 200;
    table.draw(t);
    list.draw(t);
  }
  at("clock").textContent = `step ${view.stepOf(t)} of ${view.stepOf(view.steps)}`;
  at("scrub").value = t;
  at("scrub").setAttribute("aria-valuetext", `step ${view.stepOf(t)}`);
  at("play").dataset.state = isPlaying ? "playing" : "still";
  at("play-word").textContent = isPlaying ? "Pause" : t >= view.steps ? "Again" : "Play";
  if (!isPlaying && wasPlaying) speak();
  wasPlaying = isPlaying;
}

let wasPlaying = false;
let speaking = 0;

// Told once things have stood still for a moment, so that a dragged slider is not read out all the way.
function speak() {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if (!player.isPlaying) at("live").textContent = summary(player.t, view);
  }, 400);
}

function showStart() {
  for (const j of [0, 1]) at(`start-${j}`).value = String(Number(view.start[j].toPrecision(4)));
}

function moveStart(point) {
  view.start = point;
  view.hasMoved = true;
  showStart();
  rerunAll();
}

function restart() {
  if (isCalm.matches) player.seek(view.steps);
  else {
    player.seek(0);
    player.play();
  }
}

function buildTransport() {
  at("play").addEventListener("click", () => player.toggle());
  at("back").addEventListener("click", () => player.step(-1));
  at("forward").addEventListener("click", () => player.step(1));
  at("scrub").addEventListener("input", () => {
    player.pause();
    player.seek(Number(at("scrub").value));
  });
  const speeds = SPEEDS.map((s) => make("option", { value: s, selected: s === player.speed }, `${s} steps/s`));
  at("speed").replaceChildren(...speeds);
  at("speed").addEventListener("change", () => {
    player.speed = Number(at("speed").value);
  });
  listenToKeys(player);
}

function buildChoices() {
  const options = lands.map((land, k) => make("option", { value: k }, land.title));
  at("landscape").replaceChildren(...options);
  at("choice").hidden = lands.length < 2;
  at("landscape").addEventListener("change", () => {
    player.pause();
    player.seek(0);
    enter(lands[Number(at("landscape").value)]);
    restart();
  });
  at("starts").hidden = !scene.isLive;
  for (const j of [0, 1]) {
    at(`start-${j}`).addEventListener("input", () => {
      const value = Number(at(`start-${j}`).value);
      const [low, high] = view.land.bounds.slice(2 * j, 2 * j + 2);
      const isInside = at(`start-${j}`).value.trim() !== "" && value >= low && value <= high;
      at(`start-${j}`).setAttribute("aria-invalid", String(!isInside));
      if (!isInside) return;
      view.start[j] = value;
      rerunAll();
    });
  }
}

// Click or drag: the start follows, and the walk begins anew when it is let go. A finger that scrolls moves nothing.
function listenToPointer() {
  const canvas = stage.walkers;
  let down = null; // where the pointer went down
  let isDragging = false;
  const begin = () => {
    isDragging = true;
    tip.hide();
    player.pause();
    player.seek(0);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!scene.isLive || event.button) return;
    down = [event.offsetX, event.offsetY];
    if (event.pointerType === "touch") return;
    canvas.setPointerCapture(event.pointerId);
    begin();
    moveStart(stage.point(...down));
  });
  canvas.addEventListener("pointermove", (event) => {
    const place = [event.offsetX, event.offsetY];
    if (down && !isDragging && Math.hypot(place[0] - down[0], place[1] - down[1]) > 8) begin();
    if (isDragging) moveStart(stage.point(...place));
    else if (!down) hover(...place);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!down) return;
    if (!isDragging) begin();
    moveStart(stage.point(event.offsetX, event.offsetY));
    down = null;
    isDragging = false;
    restart();
  });
  canvas.addEventListener("pointercancel", () => {
    if (isDragging) restart();
    down = null;
    isDragging = false;
  });
  canvas.addEventListener("pointerleave", () => tip.hide());
}

function hover(px, py) {
  const near = stage.nearest(px, py, player.isPlaying ? player.t : view.steps);
  if (near) tip.show(near, px, py, view);
  else tip.hide();
}

function listenToSurroundings() {
  const repaint = () => {
    view.theme = readTheme();
    stage.resize();
    stage.drawGround(player.t, true);
    refresh();
  };
  document.documentElement.addEventListener("themechange", repaint);
  matchMedia("print").addEventListener("change", repaint);
  const widths = () => `${stage.box.clientWidth} ${at("panels").clientWidth}`;
  let known = widths();
  const observer = new ResizeObserver(() => {
    if (widths() === known) return;
    known = widths();
    repaint();
  });
  observer.observe(stage.box);
  observer.observe(at("panels"));
}

buildTransport();
buildChoices();
enter(lands[0], scene.start);
listenToPointer();
listenToSurroundings();
restart();
// For tests and the curious: what is shown, and any walk of the scene without drawing it.
window.surefoot = { view, player, stage, panels, table, list, walkOf, edgeOf };
