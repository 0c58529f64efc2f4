// A small line chart over the steps, on two canvases: lines are painted once a change, the cursor at every frame.

const MARGIN = { left: 46, right: 10, top: 20, bottom: 20 };
const MOST_DECADES = 12;
const COLUMN = 2; // pixels in which steps share a place
const SAMPLE = 1000; // values looked at for what most of them are
const OUTLYING = 10; // on a log scale, so far beyond 98 in 100 values the chart still goes

class Chart {
  // `series` gives [{ values, last, hue, dash, marker, width, band }], entry k of values being that of step k; a band
  // is two such lists, between which a pale area is drawn.
  constructor(lines, canvas, options) {
    this.lines = lines;
    this.canvas = canvas;
    // { series, steps, stepName, theme, scale: "log", "linear" or "auto", threshold, alike: all series that share
    // the range, number: (step) => the text at the upper right, sign: the walker whose number it is }
    this.options = options;
  }

  // Takes the size that the page gives it.
  resize() {
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
  }

  redraw() {
    if (this.width === 0) return;
    this.series = this.options.series();
    this.range = rangeOf(this.options.alike ? this.options.alike() : this.series, this.options);
    const context = fitted(this.lines, this.width, this.height);
    fitted(this.canvas, this.width, this.height);
    context.clearRect(0, 0, this.width, this.height);
    this.drawAxes(context);
    if (this.options.threshold !== undefined) this.drawThreshold(context);
    context.save();
    context.beginPath();
    context.rect(MARGIN.left, 0, this.width - MARGIN.left - MARGIN.right + 2, this.height - MARGIN.bottom + 2);
    context.clip();
    for (const line of this.series) if (line.band) this.drawBand(context, line);
    for (const line of this.series) this.drawLine(context, line);
    context.restore();
  }

  x(step) {
    const steps = Math.max(this.options.steps(), 1);
    return MARGIN.left + (step / steps) * (this.width - MARGIN.left - MARGIN.right);
  }

  step(px) {
    const part = (px - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    return Math.round(clamp(part, 0, 1) * this.options.steps());
  }

  y(value) {
    const { low, high, isLog } = this.range;
    const part = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    const bottom = this.height - MARGIN.bottom;
    return bottom - clamp(part, -0.02, 1.02) * (bottom - MARGIN.top);
  }

  drawAxes(context) {
    const theme = this.options.theme();
    const { low, high, isLog } = this.range;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = theme.muted;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const levels = isLog ? powersOfTen(low, high, 4) : roundNumbers(low, high, 4);
    for (const level of levels) {
      const y = Math.round(this.y(level)) + 0.5;
      context.beginPath();
      context.moveTo(MARGIN.left, y);
      context.lineTo(this.width - MARGIN.right, y);
      context.stroke();
      context.fillText(isLog ? powerName(level) : shortly(level), MARGIN.left - 6, y);
    }
    context.textBaseline = "alphabetic";
    for (const step of roundNumbers(0, this.options.steps(), 4)) {
      context.textAlign = step === 0 ? "left" : "center";
      if (this.x(step) > this.width - 56) continue;
      context.fillText(String(this.options.stepName(step)), this.x(step), this.height - 5);
    }
    context.textAlign = "right";
    context.fillText("step", this.width - MARGIN.right, this.height - 5);
  }

  drawThreshold(context) {
    const theme = this.options.theme();
    const y = this.y(this.options.threshold);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.25;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(MARGIN.left, y);
    context.lineTo(this.width - MARGIN.right, y);
    context.stroke();
    context.font = "600 11px system-ui, sans-serif";
    context.fillStyle = theme.ink;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(shortly(this.options.threshold), MARGIN.left - 6, y);
  }

  drawBand(context, { band: [lower, upper], last, hue }) {
    context.beginPath();
    for (let k = 0; k <= last; k++) if (upper[k] > 0) context.lineTo(this.x(k), this.y(upper[k]));
    for (let k = last; k >= 0; k--) if (lower[k] >= 0) context.lineTo(this.x(k), this.y(lower[k] || this.range.low));
    context.globalAlpha = 0.16;
    context.fillStyle = this.options.theme().series[hue];
    context.fill();
    context.globalAlpha = 1;
  }

  // Of the steps that share a column of pixels, the line goes through the least and the greatest.
  drawLine(context, { values, last, hue, dash, width }) {
    const { isLog, low } = this.range;
    const perColumn = Math.max(1, Math.round((COLUMN * this.options.steps()) / (this.width - MARGIN.left)));
    context.beginPath();
    let isDown = false;
    const go = (k) => {
      const value = isLog && values[k] <= 0 ? low / 2 : values[k];
      if (Number.isNaN(value)) isDown = false;
      else if (isDown) context.lineTo(this.x(k), this.y(value));
      else context.moveTo(this.x(k), this.y(value));
      isDown = !Number.isNaN(value);
    };
    for (let k = 0; k <= last; k += perColumn) {
      const end = Math.min(k + perColumn - 1, last);
      if (end === k) go(k);
      else extremes(values, k, end, go);
    }
    context.strokeStyle = this.options.theme().series[hue];
    context.setLineDash(dash);
    context.lineWidth = width ?? 1.75;
    context.lineJoin = "round";
    context.stroke();
    context.setLineDash([]);
  }

  drawCursor(t) {
    if (!this.width || !this.series) return;
    const context = this.canvas.getContext("2d");
    const theme = this.options.theme();
    context.clearRect(0, 0, this.width, this.height);
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(this.x(t), MARGIN.top);
    context.lineTo(this.x(t), this.height - MARGIN.bottom);
    context.stroke();
    for (const { values, last, hue, marker } of this.series) {
      const k = Math.min(t, last);
      const value = values[k];
      if (Number.isNaN(value) || (this.range.isLog && value <= 0)) continue;
      drawMarker(context, marker, this.x(k), this.y(value), 4, theme.series[hue], theme.surface);
    }
    this.drawNumber(context, t);
  }

  // The chosen walker's value at the cursor, above the lines.
  drawNumber(context, t) {
    const { sign, theme, number } = this.options;
    const text = number(t);
    if (!text) return;
    context.font = "600 11.5px system-ui, -apple-system, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = theme().ink;
    context.fillText(text, this.width - MARGIN.right, 9);
    const left = this.width - MARGIN.right - context.measureText(text).width - 10;
    drawMarker(context, sign.marker, left, 9, 4, theme().series[sign.hue], theme().surface);
  }
}

function extremes(values, from, to, go) {
  let least = from, most = from;
  for (let k = from + 1; k <= to; k++) {
    if (values[k] < values[least]) least = k;
    if (values[k] > values[most]) most = k;
  }
  go(Math.min(least, most));
  if (least !== most) go(Math.max(least, most));
}

// From the least to the greatest value, on a log scale where asked for or where it is wide. Neither a diverging line
// nor, on a log scale, a hundredth of the values far from all others flattens the rest.
function rangeOf(series, { scale, threshold }) {
  let { low, high, leastAbove, most } = extentOf(series);
  const isLog = leastAbove < Infinity && (scale === "log" || (scale === "auto" && low >= 0 && high / leastAbove > 50));
  if (isLog) {
    leastAbove = Math.max(leastAbove, most.low / OUTLYING);
    high = Math.min(high, most.high * OUTLYING);
    if (threshold !== undefined) {
      leastAbove = Math.min(leastAbove, threshold / 2);
      high = Math.max(high, threshold * 2);
    }
    const bottom = Math.max(leastAbove, high * 10 ** -MOST_DECADES);
    return { low: bottom / 1.15, high: Math.max(high, bottom) * 1.15, isLog };
  }
  if (!(high >= low)) return { low: 0, high: 1, isLog };
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return { low: low - room, high: high + room, isLog };
}

// The least value, the greatest (of lines that do not diverge, if there are any), the least above zero, and between
// what bounds most of those above zero lie.
function extentOf(series) {
  let [low, high, tame, leastAbove] = [Infinity, -Infinity, -Infinity, Infinity];
  const above = [];
  const every = 1 + Math.floor(series.reduce((sum, { last }) => sum + last, 0) / SAMPLE);
  for (const { values, last, isTame } of series) {
    for (let k = 0; k <= last; k++) {
      const value = values[k];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > 0 && value < leastAbove) leastAbove = value;
      if (value > 0 && k % every === 0) above.push(value);
      if (isTame && value > tame) tame = value;
    }
  }
  const sorted = Float64Array.from(above).sort();
  const at = (part) => sorted[Math.floor(part * (sorted.length - 1))];
  return { low, high: tame > -Infinity ? tame : high, leastAbove, most: { low: at(0.01), high: at(0.99) } };
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function powerName(value) {
  const power = Math.round(Math.log10(value));
  if (Math.abs(power) <= 2) return String(Number(value.toPrecision(1)));
  return `10${[...String(power)].map((c) => RAISED[c]).join("")}`;
}
