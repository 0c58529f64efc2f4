// The palette's colours, read from the page's style sheet, which knows light from dark.

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = ["page", "surface", "ink", "muted", "line", "accent", "soft"];
  const theme = Object.fromEntries(names.map((name) => [name, named(name)]));
  theme.series = Array.from({ length: 8 }, (_, k) => named(`series-${k}`));
  theme.isDark = luminance(rgb(theme.surface)) < 0.5;
  return theme;
}

function rgb(hex) {
  return [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
}

function luminance([r, g, b]) {
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

function mixed(from, to, part) {
  return from.map((c, j) => c + (to[j] - c) * part);
}

// Low ground is tinted, high ground is the surface itself, so that every path keeps its contrast.
function groundColours(theme) {
  const surface = rgb(theme.surface);
  const tint = rgb(theme.accent);
  return {
    low: mixed(surface, tint, theme.isDark ? 0.34 : 0.3),
    high: surface,
    line: mixed(surface, rgb(theme.ink), 0.75),
    lineStrength: theme.isDark ? 0.17 : 0.2,
  };
}

// Makes a canvas as sharp as the screen; gives the context in CSS pixels.
function fitted(canvas, width, height, density = window.devicePixelRatio || 1) {
  const [w, h] = [Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  return context;
}

// A walker's marker: an outline of unit radius, filled in its colour on a halo of the surface's.
function drawMarker(context, outline, x, y, radius, fill, halo) {
  context.beginPath();
  for (const [a, b] of outline) context.lineTo(x + a * radius, y + b * radius);
  context.closePath();
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.stroke();
  context.fillStyle = fill;
  context.fill();
}
