// The landscape as filled bands and iso-lines, painted pixel by pixel from losses on a grid.

// Levels stand at these fractions of the plot's area, lowest first: close together in the basins.
const AREAS = [0.003, 0.01, 0.022, 0.042, 0.07, 0.11, 0.16, 0.22, 0.29, 0.37, 0.46, 0.56, 0.67, 0.79, 0.92];
const SHADES = 16;

// Losses on a grid of columns x rows over the bounds, rows from y low to y high.
function lossGrid(ground, t, columns, rows) {
  const [xLow, xHigh, yLow, yHigh] = ground.bounds;
  const values = new Float64Array(columns * rows);
  const point = new Float64Array(2);
  for (let r = 0; r < rows; r++) {
    point[1] = yLow + ((yHigh - yLow) * r) / (rows - 1);
    for (let c = 0; c < columns; c++) {
      point[0] = xLow + ((xHigh - xLow) * c) / (columns - 1);
      values[r * columns + c] = ground.loss(point, t);
    }
  }
  return { values, columns, rows };
}

// The losses at which bands change, strictly increasing, between the lowest and the highest loss of the grid.
function levelsOf(grid) {
  const sorted = grid.values.filter(Number.isFinite).sort();
  const at = [0, ...AREAS, 1].map((area) => sorted[Math.floor(area * (sorted.length - 1))]);
  return at.filter((level, k) => k === 0 || level > at[k - 1]);
}

// Where a loss stands among the levels: a whole number on a level, between them in proportion.
function rank(levels, loss) {
  const top = levels.length - 1;
  if (!(loss < levels[top])) return top;
  let k = 1;
  while (levels[k] <= loss) k++;
  return Math.max(k - 1 + (loss - levels[k - 1]) / (levels[k] - levels[k - 1]), 0);
}

// Paints the grid over a whole canvas; `colours` has a background and a line colour for low and high ground, as RGB.
function paintSurface(canvas, grid, levels, colours) {
  const { columns, rows, values } = grid;
  const ranks = Float32Array.from(values, (loss) => rank(levels, loss));
  const palette = shadesOf(levels.length, colours);
  const top = levels.length - 1;
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const acrossCells = (columns - 1) / width;
  const upCells = (rows - 1) / height;
  for (let py = 0; py < height; py++) {
    const v = (height - py - 0.5) * upCells;
    const row = Math.min(Math.floor(v), rows - 2);
    const up = v - row;
    const base = row * columns;
    for (let px = 0; px < width; px++) {
      const u = (px + 0.5) * acrossCells;
      const column = Math.min(Math.floor(u), columns - 2);
      const across = u - column;
      const k = base + column;
      const low = ranks[k] + (ranks[k + 1] - ranks[k]) * across;
      const high = ranks[k + columns] + (ranks[k + columns + 1] - ranks[k + columns]) * across;
      const value = low + (high - low) * up;
      const slopeX = (ranks[k + 1] - ranks[k]) * acrossCells;
      const slopeY = (high - low) * upCells;
      const slope = Math.sqrt(slopeX * slopeX + slopeY * slopeY) + 1e-9;
      const nearest = Math.round(value);
      const isLevel = nearest > 0 && nearest < top;
      const cover = isLevel ? 1 - Math.abs(value - nearest) / slope : 0;
      const shade = cover > 0 ? Math.min(Math.round(cover * (SHADES - 1)), SHADES - 1) : 0;
      pixels[py * width + px] = palette[Math.floor(value) * SHADES + shade];
    }
  }
  context.putImageData(image, 0, 0);
}

// A pixel value for each band and each shade from the band's colour to its line's.
function shadesOf(bands, { low, high, line, lineStrength }) {
  const palette = new Uint32Array(bands * SHADES);
  for (let band = 0; band < bands; band++) {
    const ground = mixed(low, high, Math.min(band / Math.max(bands - 2, 1), 1) ** 0.8);
    for (let shade = 0; shade < SHADES; shade++) {
      const strength = (lineStrength * shade) / (SHADES - 1);
      const [r, g, b] = ground.map((c, j) => Math.round(c + (line[j] - c) * strength));
      palette[band * SHADES + shade] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
  }
  return palette;
}
