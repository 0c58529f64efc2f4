// The scene as Python wrote it: walkers, noise, recorded walks. RULES and GROUNDS are printed functions.

function decoded(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// The draws of the noise: step t, from 1, has row t - 1; a walk longer than the table begins it again. Another choice
// than the first begins it so many eighths down.
function readNoise({ noise }) {
  if (!noise) return { choice: 0, draw: () => 0 };
  const values = decoded(noise.values);
  const rows = values.length / noise.columns;
  return {
    choice: 0,
    draw(t, column) {
      const row = (t - 1 + Math.floor((this.choice * rows) / DRAWS)) % rows;
      return values[row * noise.columns + column];
    },
  };
}

// All that can be chosen: landscapes with their printed functions, or the one recorded surface.
function readLands(scene) {
  if (!scene.isLive) return [readRecorded(scene.recorded)];
  return scene.landscapes.map((land, k) => ({ ...land, ...GROUNDS[k] }));
}

function readWalkers(scene) {
  if (!scene.isLive) return scene.walkers.map((walker) => ({ ...walker, walk: readWalk(walker.walk) }));
  return scene.walkers.map((walker, k) => ({ ...walker, variants: RULES[k] }));
}

// A recorded walk, in the shape of those that the page takes itself.
function readWalk(record) {
  const numbers = (text) => Float64Array.from(decoded(text));
  const each = (texts) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, numbers(text)]));
  const points = numbers(record.points);
  const at = [points.filter((_, k) => k % 2 === 0), points.filter((_, k) => k % 2 === 1)];
  const bad = at[0].findIndex((x, k) => !Number.isFinite(x + at[1][k]));
  return {
    at,
    loss: numbers(record.loss),
    rates: each(record.rate),
    state: Object.fromEntries(Object.entries(each(record.state)).map(([name, values]) => [name, [values]])),
    spread: Object.fromEntries(Object.entries(record.spread).map(([name, ends]) => [name, ends.map(numbers)])),
    residual: record.residual ? numbers(record.residual) : null,
    beneath: record.beneath ? numbers(record.beneath) : null,
    distance: numbers(record.distance),
    last: (bad < 0 ? at[0].length : bad) - 1,
    diverged: bad >= 0,
    left: bad,
  };
}

// A surface known on a grid, in the shape of a landscape.
function readRecorded(land) {
  const grid = { ...land.grid, values: Float64Array.from(decoded(land.grid.values)) };
  const ground = { bounds: land.bounds, minima: () => land.minima };
  const start = land.start ?? [NaN, NaN];
  return { ...land, grid, ground, moves: false, places: [], start, frames: decoded(land.frames) };
}
