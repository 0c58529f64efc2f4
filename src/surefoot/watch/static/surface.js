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
  const every = Math.max(1, Math.floor(grid.values.length / 6000));
  let [lowest, highest] = [Infinity, -Infinity];
  const sample = grid.values.filter((value, k) => {
    if (!Number.isFinite(value)) return false;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    return k % every === 0;
  });
  sample.sort();
  const at = [lowest, ...AREAS.map((area) => sample[Math.floor(area * (sample.length - 1))]), highest];
  return at.filter((level, k) => k === 0 || level > at[k - 1]);
}

// A height's place on a smooth scale on which hollows and hills both show; beyond the highest level all is one.
function scaleOf(levels) {
  const lowest = levels[0], highest = levels[levels.length - 1];
  const unit = levels.length > 1 ? levels[1] - lowest : 1;
  return (loss) => Math.log1p((loss < highest ? Math.max(loss - lowest, 0) : highest - lowest) / unit);
}

// Paints the grid over a whole canvas; `colours` has a background and a line colour for low and high ground, as RGB.
function paintSurface(canvas, grid, levels, colours) {
  const { columns, rows, values } = grid;
  const scale = scaleOf(levels);
  const heights = Float32Array.from(values, scale);
  const steps = Float32Array.from(levels, scale);
  const palette = shadesOf(levels.length, colours);
  const top = levels.length - 1;
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const across = cellsOf(width, columns);
  const up = cellsOf(height, rows);
  const slopes = new Float32Array(columns);
  for (let py = 0, row = -1, band = 0; py < height; py++) {
    const v = height - 1 - py;
    const base = up.cell[v] * columns;
    if (up.cell[v] !== row) {
      row = up.cell[v];
      slopesOf(heights, base, columns, (columns - 1) / width, (rows - 1) / height, slopes);
    }
    for (let px = 0; px < width; px++) {
      const column = across.cell[px];
      const part = across.part[px];
      const k = base + column;
      const low = heights[k] + (heights[k + 1] - heights[k]) * part;
      const high = heights[k + columns] + (heights[k + columns + 1] - heights[k + columns]) * part;
      const value = low + (high - low) * up.part[v];
      while (band < top && value >= steps[band + 1]) band++; // from pixel to pixel it seldom changes
      while (band > 0 && value < steps[band]) band--;
      // How much of the pixel the line of the nearest level covers; the lowest and the highest have none.
      const above = band > 0 && band < top ? value - steps[band] : Infinity;
      const below = band < top - 1 ? steps[band + 1] - value : Infinity;
      const cover = 1 - (above < below ? above : below) / slopes[column];
      pixels[py * width + px] = palette[band * SHADES + (cover > 0 ? (cover * (SHADES - 1) + 0.5) | 0 : 0)];
    }
  }
  context.putImageData(image, 0, 0);
}

// For each pixel along a side, the cell of the grid in which its middle lies, and where in it.
function cellsOf(pixels, points) {
  const cell = new Int32Array(pixels);
  const part = new Float32Array(pixels);
  for (let k = 0; k < pixels; k++) {
    const at = ((k + 0.5) * (points - 1)) / pixels;
    cell[k] = Math.min(Math.floor(at), points - 2);
    part[k] = at - cell[k];
  }
  return { cell, part };
}

// By how much the height changes from pixel to pixel, in each cell of a row.
function slopesOf(heights, base, columns, perPixelX, perPixelY, into) {
  for (let c = 0; c < columns - 1; c++) {
    const k = base + c;
    const x = (heights[k + 1] - heights[k] + heights[k + columns + 1] - heights[k + columns]) * 0.5 * perPixelX;
    const y = (heights[k + columns] - heights[k] + heights[k + columns + 1] - heights[k + 1]) * 0.5 * perPixelY;
    into[c] = Math.sqrt(x * x + y * y) + 1e-9;
  }
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
