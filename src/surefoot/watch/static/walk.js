// A walk: a printed rule steps on a printed landscape. One entry a step in typed arrays; entry 0 is the start.

// A walk is given up where it is farther from the plot than so many of its diagonals: it diverged.
const TOO_FAR = 1000;

// A landscape with its parameters chosen: what walkers feel, and what is drawn.
function makeGround(land, parameters, noise) {
  const draws = new Float64Array(land.noises);
  const none = new Float64Array(land.noises);
  const fixed = land.minima(0, parameters);
  return {
    bounds: land.bounds,
    gradient(point, t, into) {
      for (let j = 0; j < land.noises; j++) draws[j] = noise.draw(t, j);
      land.gradient(point, t, parameters, draws, into);
    },
    loss: (point, t) => land.loss(point, t, parameters, none),
    curvature: (point, t, into) => land.curvature(point, t, parameters, none, into),
    minima: land.moves ? (t) => land.minima(t, parameters) : () => fixed,
  };
}

function emptyWalk(steps, slots) {
  const pair = () => [new Float64Array(steps + 1).fill(NaN), new Float64Array(steps + 1).fill(NaN)];
  const one = () => new Float64Array(steps + 1).fill(NaN);
  const state = Object.fromEntries(slots.map((slot) => [slot, pair()]));
  return { at: pair(), rate: pair(), state, loss: one(), sharpness: one(), distance: one(), last: 0, diverged: false };
}

// Takes `steps` steps of a variant of a rule; `starts` names the hyperparameters at which some slots begin.
function takeWalk(variant, starts, hyper, ground, start, steps) {
  const walk = emptyWalk(steps, variant.state);
  const slots = { x: Float64Array.from(start), g: new Float64Array(2), rate: new Float64Array(2) };
  for (const slot of variant.state) slots[slot] = new Float64Array(2).fill(slot in starts ? hyper[starts[slot]] : 0);
  const [xLow, xHigh, yLow, yHigh] = ground.bounds;
  const centre = [(xLow + xHigh) / 2, (yLow + yHigh) / 2];
  const reach = TOO_FAR * Math.hypot(xHigh - xLow, yHigh - yLow);
  const curvature = new Float64Array(3);
  slots.rate.fill(NaN);
  // Arrays that hold this step's numbers, and where they are kept.
  const states = variant.state.map((slot) => [slots[slot], walk.state[slot]]);
  const kept = [[slots.x, walk.at], [slots.rate, walk.rate], ...states];
  write(walk, 0, kept, ground, NaN);
  for (let t = 1; t <= steps; t++) {
    ground.curvature(slots.x, t, curvature);
    ground.gradient(slots.x, t, slots.g);
    variant.step(t, hyper, slots);
    if (!(apart(slots.x[0] - centre[0], slots.x[1] - centre[1]) <= reach)) {
      walk.diverged = true;
      break;
    }
    write(walk, t, kept, ground, sharpness(curvature, slots.rate));
    walk.last = t;
  }
  return walk;
}

// Runs at every step of every walk while a slider is dragged, hence the plain loops.
function write(walk, t, kept, ground, sharp) {
  for (let k = 0; k < kept.length; k++) {
    const now = kept[k][0], pair = kept[k][1];
    pair[0][t] = now[0];
    pair[1][t] = now[1];
  }
  const point = kept[0][0];
  walk.loss[t] = ground.loss(point, t);
  walk.sharpness[t] = sharp;
  const minima = ground.minima(t);
  let least = Infinity;
  for (let k = 0; k < minima.length; k++) {
    least = Math.min(least, apart(point[0] - minima[k][0], point[1] - minima[k][1]));
  }
  walk.distance[t] = least;
}

// Math.hypot takes as long as a step.
function apart(dx, dy) {
  return Math.sqrt(dx * dx + dy * dy);
}

// The largest eigenvalue of curvature times effective rate: of D^(1/2) H D^(1/2), D the diagonal of rates.
function sharpness(curvature, rate) {
  const xx = curvature[0], xy = curvature[1], yy = curvature[2];
  const a = rate[0], b = rate[1];
  const half = (a * xx + b * yy) / 2;
  const determinant = a * b * (xx * yy - xy * xy);
  return half + Math.sqrt(Math.max(half * half - determinant, 0));
}

// The first step after which a diverged walk is outside the plot for good, or -1: where the mark stands.
function leftAt(walk, [xLow, xHigh, yLow, yHigh]) {
  if (!walk.diverged) return -1;
  let t = walk.last;
  const inside = (k) => {
    const x = walk.at[0][k], y = walk.at[1][k];
    return x >= xLow && x <= xHigh && y >= yLow && y <= yHigh;
  };
  while (t > 0 && !inside(t)) t--;
  return t + 1;
}
