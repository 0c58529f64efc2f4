// A walk: a printed rule steps on a printed landscape. One entry a step in typed arrays; entry 0 is the start.

// A walk is given up where it is farther from the plot than so many of its diagonals: it diverged.
const TOO_FAR = 1000;

// A landscape with its parameters chosen: what walkers feel, and what is drawn.
function makeGround(land, parameters, noise) {
  const draws = new Float64Array(land.noises);
  const none = new Float64Array(land.noises);
  return {
    bounds: land.bounds,
    gradient(point, t, into) {
      for (let j = 0; j < land.noises; j++) draws[j] = noise.draw(t, j);
      land.gradient(point, t, parameters, draws, into);
    },
    loss: (point, t) => land.loss(point, t, parameters, none),
    curvature: (point, t, into) => land.curvature(point, t, parameters, none, into),
    minima: (t) => land.minima(t, parameters),
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
  write(walk, 0, variant, slots, ground, NaN);
  for (let t = 1; t <= steps; t++) {
    ground.curvature(slots.x, t, curvature);
    ground.gradient(slots.x, t, slots.g);
    variant.step(t, hyper, slots);
    if (!(Math.hypot(slots.x[0] - centre[0], slots.x[1] - centre[1]) <= reach)) {
      walk.diverged = true;
      break;
    }
    write(walk, t, variant, slots, ground, sharpness(curvature, slots.rate));
    walk.last = t;
  }
  return walk;
}

function write(walk, t, variant, slots, ground, sharp) {
  for (let j = 0; j < 2; j++) {
    walk.at[j][t] = slots.x[j];
    walk.rate[j][t] = slots.rate[j];
    for (const slot of variant.state) walk.state[slot][j][t] = slots[slot][j];
  }
  walk.loss[t] = ground.loss(slots.x, t);
  walk.sharpness[t] = sharp;
  walk.distance[t] = Math.min(...ground.minima(t).map(([x, y]) => Math.hypot(slots.x[0] - x, slots.x[1] - y)), Infinity);
}

// The largest eigenvalue of curvature times effective rate: of D^(1/2) H D^(1/2), D the diagonal of rates.
function sharpness([xx, xy, yy], [a, b]) {
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
