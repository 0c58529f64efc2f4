// The landscape on its canvases, back to front: bands, trails, and the walkers themselves.

const DOT_GAP = 7; // a step shorter than so many pixels gets no dot of its own
const STRIDE = 26; // pixels, see drawStride
// Of the ground: screen pixels a CSS pixel, and CSS pixels between the points at which the loss is computed. A draft
// follows a slider; a landscape that moves is drawn at every step.
const DRAFT = { density: 0.5, cell: 7 };
const MOVING = { density: 1, cell: 5 };
const FINE = 3;
const NEAR = 0.6; // a trail leaves out points nearer than so many pixels to the last one drawn
const PIECE = 48; // points of a path that is painted in one go: of long ones, browsers take more time than they should
const HIT = 16; // how near the pointer must come to a path

class Stage {
  constructor(box, view) {
    this.box = box;
    this.view = view; // what is shown: see explorer.js
    [this.bands, this.trails, this.walkers] = box.querySelectorAll("canvas");
    [this.across, this.up] = box.querySelectorAll(".axis"); // the coordinates' names, in two corners
    this.drawn = -1; // trails are drawn up to this step
    this.levels = null;
    this.groundAt = 0; // the step of which the ground is drawn
  }

  // Adapts to the box's width; the height follows from the plot's own proportions.
  resize() {
    const [xLow, xHigh, yLow, yHigh] = this.view.land.bounds;
    this.width = this.box.clientWidth;
    const proportion = clamp((xHigh - xLow) / (yHigh - yLow), 1, this.width < 500 ? 1.25 : 1.6);
    // Low enough that the buttons below it are on the screen too.
    this.height = Math.round(Math.min(this.width / proportion, Math.max(320, 0.6 * window.innerHeight)));
    this.box.style.height = `${this.height}px`;
    for (const canvas of [this.trails, this.walkers]) fitted(canvas, this.width, this.height);
    const [first, second] = this.view.land.coordinates;
    this.across.textContent = `${first} →`;
    this.up.textContent = `↑ ${second}`;
    // Who tabs backwards must not land beneath what stays in sight.
    const pinned = [this.box, this.box.parentElement].find((node) => getComputedStyle(node).position === "sticky");
    document.documentElement.style.setProperty("--pinned", `${pinned ? pinned.offsetHeight + 8 : 0}px`);
    this.corner = { right: this.width - this.across.offsetWidth - 20, top: this.up.offsetHeight + 22 };
  }

  x(value) {
    const [low, high] = this.view.land.bounds;
    return ((value - low) / (high - low)) * this.width;
  }

  y(value) {
    const [, , low, high] = this.view.land.bounds;
    return ((high - value) / (high - low)) * this.height;
  }

  point(px, py) {
    const [xLow, xHigh, yLow, yHigh] = this.view.land.bounds;
    return [
      clamp(xLow + (px / this.width) * (xHigh - xLow), xLow, xHigh),
      clamp(yHigh - (py / this.height) * (yHigh - yLow), yLow, yHigh),
    ];
  }

  // The ground at step t. Levels are chosen once, so that a moving landscape does not flicker.
  // A draft first: what follows a slider must be quick.
  drawGround(t, isNew) {
    clearTimeout(this.refining);
    const { moves } = this.view.land;
    if (moves && !isNew) return this.paintGround(t, false, MOVING);
    this.paintGround(t, isNew, DRAFT);
    const fine = moves ? MOVING : { density: window.devicePixelRatio || 1, cell: FINE };
    this.refining = setTimeout(() => this.paintGround(t, false, fine), 120);
  }

  paintGround(t, isNew, { density, cell }) {
    const { ground, land, theme } = this.view;
    this.groundAt = t;
    fitted(this.bands, this.width, this.height, density);
    const columns = Math.max(2, Math.round(this.width / cell));
    const rows = Math.max(2, Math.round(this.height / cell));
    const grid = land.grid ?? lossGrid(ground, t, columns, rows);
    if (isNew) this.levels = levelsOf(grid);
    paintSurface(this.bands, grid, this.levels, groundColours(theme));
  }

  drawMinima(context, t) {
    context.strokeStyle = this.view.theme.ink;
    context.lineCap = "butt";
    context.lineWidth = 1.5;
    for (const [x, y] of this.view.ground.minima(t)) {
      const [px, py] = [this.x(x), this.y(y)];
      context.beginPath();
      context.moveTo(px - 5, py);
      context.lineTo(px + 5, py);
      context.moveTo(px, py - 5);
      context.lineTo(px, py + 5);
      context.stroke();
    }
  }

  // All trails up to step t: only what is new where time went on, else from the start.
  drawTrails(t) {
    const context = this.trails.getContext("2d");
    if (t < this.drawn || this.drawn < 0) {
      context.clearRect(0, 0, this.width, this.height);
      this.drawn = 0;
    }
    for (const walker of this.view.shown()) {
      this.drawTrail(context, walker, this.drawn, Math.min(t, lastDrawn(walker.walk)));
    }
    this.drawn = t;
  }

  drawTrail(context, { walk, hue }, from, to) {
    if (to <= from) return;
    context.lineJoin = context.lineCap = "round";
    context.lineWidth = 1.75;
    context.strokeStyle = context.fillStyle = this.view.theme.series[hue];
    this.drawLine(context, walk, from, to);
    // The dot of the step before is drawn again, on top of the new line.
    this.drawDots(context, walk, Math.max(from - 1, 0), to);
  }

  // A path from one step to another, of which points that cannot be told apart are one.
  drawLine(context, { at: [xs, ys] }, from, to) {
    let lastX = this.x(xs[from]), lastY = this.y(ys[from]);
    context.beginPath();
    context.moveTo(lastX, lastY);
    let points = 0;
    for (let k = from + 1; k <= to; k++) {
      const px = this.x(xs[k]), py = this.y(ys[k]);
      if (k < to && Math.abs(px - lastX) + Math.abs(py - lastY) < NEAR) continue;
      context.lineTo(px, py);
      lastX = px;
      lastY = py;
      points += 1;
      if (points % PIECE) continue;
      context.stroke();
      context.beginPath();
      context.moveTo(px, py);
    }
    context.stroke();
  }

  // A dot for each step that is no short one; of those at the same place, one.
  drawDots(context, { at: [xs, ys] }, from, to) {
    const known = new Set();
    let lastX = this.x(xs[from]), lastY = this.y(ys[from]);
    context.beginPath();
    for (let k = from + 1; k <= to; k++) {
      const px = this.x(xs[k]), py = this.y(ys[k]);
      const isLong = Math.abs(px - lastX) + Math.abs(py - lastY) > DOT_GAP;
      lastX = px;
      lastY = py;
      const place = Math.round(2 * px) + 8192 * Math.round(2 * py);
      if (!isLong || known.has(place)) continue;
      known.add(place);
      context.moveTo(px + 2.75, py);
      context.arc(px, py, 2.75, 0, 2 * Math.PI);
      if (known.size % PIECE) continue;
      context.fill();
      context.beginPath();
    }
    context.fill();
  }

  // What lies on top: scales and minima, the rest of the walks as faint lines when time stands still, start, walkers.
  drawWalkers(t, isStill) {
    const context = this.walkers.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    drawScales(context, this, this.view);
    this.drawMinima(context, t);
    if (isStill) for (const walker of this.view.shown()) this.drawRest(context, walker, t);
    this.drawStart(context);
    if (this.view.focus?.isShown) this.drawStride(context, this.view.focus, t);
    const shown = [...this.view.shown()].sort((a, b) => (a === this.view.focus) - (b === this.view.focus));
    const heads = shown.map((walker) => {
      return { title: titleAt(walker, t, this.view), ...this.drawHead(context, walker, t) };
    });
    const labels = [...heads.reverse(), { title: this.startTitle(), isQuiet: true, ...this.startAt() }];
    drawLabels(context, labels, this.width, this.height, this.view.theme);
  }

  drawRest(context, { walk, hue }, t) {
    const end = lastDrawn(walk);
    context.lineWidth = 1;
    context.globalAlpha = 0.45;
    context.strokeStyle = this.view.theme.series[hue];
    this.drawLine(context, walk, Math.min(t, end), end);
    context.globalAlpha = 1;
  }

  // The chosen walker's stride: an ellipse as wide and as high as the roots of its two effective rates. It is a circle
  // of STRIDE pixels where both are what they were on average at the first step.
  drawStride(context, { walk, hue }, t) {
    const k = Math.min(t, walk.last);
    const [a, b] = walk.strides ?? [];
    if (!a || k === 0) return;
    const unit = Math.sqrt(Math.abs(a[1] * b[1])) || 1;
    const [rx, ry] = [a[k], b[k]].map((rate) => clamp(STRIDE * Math.sqrt(Math.abs(rate) / unit), 2, 4 * STRIDE));
    if (!(rx > 0 && ry > 0)) return;
    context.beginPath();
    context.ellipse(this.x(walk.at[0][k]), this.y(walk.at[1][k]), rx, ry, 0, 0, 2 * Math.PI);
    context.globalAlpha = 0.16;
    context.fillStyle = this.view.theme.series[hue];
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.25;
    context.strokeStyle = this.view.theme.series[hue];
    context.stroke();
  }

  startAt() {
    return { x: this.x(this.view.start[0]), y: this.y(this.view.start[1]) };
  }

  // Until it was, the ring at the start says that it can be moved.
  startTitle() {
    return this.view.isFixed || this.view.hasMoved || matchMedia("print").matches ? "start" : "start: drag me";
  }

  drawStart(context) {
    const { x, y } = this.startAt();
    context.lineWidth = 2;
    context.strokeStyle = this.view.theme.ink;
    context.fillStyle = this.view.theme.surface;
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  // The walker itself; gives where it stands on the canvas, which is the edge while it is outside the plot.
  drawHead(context, walker, t) {
    const { theme } = this.view;
    const { walk } = walker;
    const left = walk.left;
    if (left >= 0 && t >= left) return this.drawExit(context, walker);
    const k = Math.min(t, walk.last);
    const [px, py] = [this.x(walk.at[0][k]), this.y(walk.at[1][k])];
    const isInside = px >= 0 && px <= this.width && py >= 0 && py <= this.height;
    const [qx, qy] = [clamp(px, 8, this.width - 8), clamp(py, 8, this.height - 8)];
    const isFocus = walker === this.view.focus;
    drawMarker(context, walker.marker, qx, qy, isFocus ? 8 : 7, theme.series[walker.hue], theme.surface);
    if (!isInside) this.ring(context, qx, qy, theme.series[walker.hue]);
    return { x: qx, y: qy };
  }

  // Where a diverged walk left the plot: a cross on the edge, crossed by its last step inside.
  drawExit(context, walker) {
    const { walk } = walker;
    const [xs, ys] = walk.at;
    const from = Math.max(walk.left - 1, 0);
    const [ax, ay] = [this.x(xs[from]), this.y(ys[from])];
    const [bx, by] = walk.left <= walk.last ? [this.x(xs[walk.left]), this.y(ys[walk.left])] : [ax, ay];
    const part = Math.min(edgeAt(ax, bx, this.width), edgeAt(ay, by, this.height));
    const px = clamp(ax + (bx - ax) * part, 9, this.width - 9);
    const py = clamp(ay + (by - ay) * part, 9, this.height - 9);
    context.lineCap = "round";
    for (const [colour, wide] of [[this.view.theme.surface, 7], [this.view.theme.series[walker.hue], 3.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      context.moveTo(px - 6, py - 6);
      context.lineTo(px + 6, py + 6);
      context.moveTo(px - 6, py + 6);
      context.lineTo(px + 6, py - 6);
      context.stroke();
    }
    return { x: px, y: py };
  }

  ring(context, x, y, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, 12, 0, 2 * Math.PI);
    context.stroke();
  }

  // The walker and step whose point is nearest to a place on the canvas, or null where none is near.
  nearest(px, py, t) {
    let best = null;
    let least = HIT * HIT;
    for (const walker of this.view.shown()) {
      const [xs, ys] = walker.walk.at;
      for (let k = Math.min(t, walker.walk.last); k >= 0; k--) {
        const dx = this.x(xs[k]) - px, dy = this.y(ys[k]) - py;
        const far = dx * dx + dy * dy;
        if (far < least) {
          least = far;
          best = { walker, step: k };
        }
      }
    }
    return best;
  }
}

// A walker's name on the map; with when it left, and, where the map is a projection, with how far off it the walker is.
function titleAt({ title, walk }, t, view) {
  if (walk.left >= 0 && t >= walk.left) return `${title} left at step ${view.stepOf(walk.left)}`;
  if (!walk.residual) return title;
  return `${title} ${percent(walk.residual[Math.min(t, walk.last)])} off`;
}

// A diverged walk is drawn to where it left the plot, and no farther.
function lastDrawn(walk) {
  return walk.left >= 0 ? Math.min(walk.left, walk.last) : walk.last;
}

// The part of the way from a (inside) to b at which 0 or the size is reached; 1 where it is not.
function edgeAt(a, b, size) {
  if (b > size) return (size - a) / (b - a);
  if (b < 0) return a / (a - b);
  return 1;
}
