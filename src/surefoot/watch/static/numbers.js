// Numbers for readers, and the scales of sliders and charts.

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// Three significant digits, an exponent only where a plain number would be long.
function shortly(value) {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return text.replace(/\.?0+e/, "e").replace("e+", "e").replaceAll("-", "−");
}

// A share in whole hundredths, or, of less than that, "<1%".
function percent(share) {
  if (!Number.isFinite(share)) return "–";
  return share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;
}

// A setting exactly as it is, as a reader would type it.
function exactly(value) {
  return String(value);
}

// The value at a fraction of a declared range, uniform on its scale, to six digits; and the fraction of a value.
// These are Domain.quantile and Domain.fraction of the rules' declarations.
function quantile(range, u) {
  if (range.scale === "linear") return Number((range.low + u * (range.high - range.low)).toPrecision(6));
  const mirrored = range.scale === "log of 1-x";
  const low = Math.log(mirrored ? 1 - range.low : range.low);
  const high = Math.log(mirrored ? 1 - range.high : range.high);
  const value = Math.exp(low + u * (high - low));
  return Number((mirrored ? 1 - value : value).toPrecision(6));
}

function fraction(range, value) {
  if (range.scale === "linear") return clamp((value - range.low) / (range.high - range.low), 0, 1);
  const mirrored = range.scale === "log of 1-x";
  const at = mirrored ? 1 - value : value;
  if (at <= 0) return mirrored ? 1 : 0;
  const low = Math.log(mirrored ? 1 - range.low : range.low);
  const high = Math.log(mirrored ? 1 - range.high : range.high);
  return clamp((Math.log(at) - low) / (high - low), 0, 1);
}

// Whether a number lies in a declared domain; bounds that are not there are null.
function isAllowed(domain, value) {
  if (!Number.isFinite(value)) return false;
  const above = domain.low === null || value > domain.low || (value === domain.low && !domain.lowOpen);
  const below = domain.high === null || value < domain.high || (value === domain.high && !domain.highOpen);
  return above && below;
}

// About `count` round numbers from low to high: 1, 2 or 5 times a power of ten apart.
function roundNumbers(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const numbers = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) numbers.push(k * step);
  return numbers;
}

// Powers of ten from low to high, thinned to about `count`.
function powersOfTen(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const powers = [];
  for (let k = first; k <= last; k += stride) powers.push(10 ** k);
  return powers;
}
