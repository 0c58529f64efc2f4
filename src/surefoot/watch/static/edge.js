// The edge of stability: the largest product of curvature and effective rate at which a rule still settles.
// It is where the rule's linear response to its own error, second moments standing still, has a root of modulus 1;
// 2 for a plain step, 2 (1 + b) / (1 - b) with momentum. The same is found in Python (engines/analysis/edge.py).

const LATE = 1e7; // a step count by which bias corrections have vanished
const WARM_UP = 200;

function edgeOf(variant, hyper) {
  const slots = { x: Float64Array.of(1), g: Float64Array.of(1), rate: new Float64Array(1) };
  for (const slot of variant.state) slots[slot] = Float64Array.of(1);
  for (let k = 0; k < WARM_UP; k++) {
    variant.step(LATE, hyper, slots);
    slots.x[0] = 1;
  }
  const rows = variant.response(LATE, hyper, slots);
  variant.step(LATE, hyper, slots);
  const rate = Math.abs(slots.rate[0]);
  const kept = followers(rows);
  const isStable = (product) => isContraction(kept.map((i) => kept.map((j) => {
    return rows[i][j + 1] + (j === 0 ? (product / rate) * rows[i][0] : 0);
  })));
  if (!(rate > 0)) return Infinity;
  let [low, high] = [0, Infinity];
  for (let k = 0; k <= 360 && high === Infinity; k++) {
    const product = 10 ** (-3 + k / 40);
    if (isStable(product)) low = product;
    else high = product;
  }
  if (high === Infinity) return Infinity;
  if (low === 0) return 0;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (isStable(middle)) low = middle;
    else high = middle;
  }
  return low;
}

// x and the slots that respond, at first or second hand, to the gradient: the others stand still.
function followers(rows) {
  const kept = new Set([0]);
  for (let again = true; again; ) {
    const before = kept.size;
    rows.forEach((row, i) => {
      if (row[0] !== 0 || [...kept].some((j) => row[j + 1] !== 0)) kept.add(i);
    });
    again = kept.size > before;
  }
  return [...kept].sort((a, b) => a - b);
}

// Whether all eigenvalues of a small matrix lie in the unit circle, up to rounding: Schur's test on its polynomial.
function isContraction(matrix) {
  let p = characteristic(matrix.map((row) => row.map((value) => value / (1 + 1e-11))));
  while (p.length > 1) {
    const [first, last] = [p[0], p[p.length - 1]];
    if (!(Math.abs(last) < Math.abs(first))) return false;
    p = p.slice(0, -1).map((value, k) => value - (last / first) * p[p.length - 1 - k]);
  }
  return true;
}

// The coefficients of det(z I - A), highest power first, by Faddeev and LeVerrier.
function characteristic(a) {
  const n = a.length;
  const times = (b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
  const coefficients = [1];
  let b = a.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  for (let k = 1; k <= n; k++) {
    const product = times(b);
    const c = -product.reduce((sum, row, i) => sum + row[i], 0) / k;
    coefficients.push(c);
    b = product.map((row, i) => row.map((value, j) => value + (i === j ? c : 0)));
  }
  return coefficients;
}
