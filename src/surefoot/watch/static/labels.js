// Names beside the walkers, where there is room: to the right, the left, above or below, else none.

const LABEL = { font: "600 12.5px system-ui, -apple-system, sans-serif", height: 15, gap: 11 };
const MARGINS = { left: 26, bottom: 20, other: 2 }; // kept free along the edges: scales stand at the left and below

// `heads` are [{ title, x, y, isQuiet }] in pixels, the most important first.
function drawLabels(context, heads, width, height, theme) {
  context.font = LABEL.font;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const taken = heads.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
  for (const { title, x, y, isQuiet } of heads) {
    const wide = context.measureText(title).width;
    const corners = [
      [x + LABEL.gap, y - LABEL.height / 2],
      [x - LABEL.gap - wide, y - LABEL.height / 2],
      [x - wide / 2, y - LABEL.gap - LABEL.height],
      [x - wide / 2, y + LABEL.gap],
    ];
    if (isQuiet) corners.push(corners.shift()); // where walks lead to, mostly
    const boxes = corners.map(([x, y]) => {
      const left = clamp(x, MARGINS.left, width - wide - MARGINS.other);
      const top = clamp(y, MARGINS.other, height - LABEL.height - MARGINS.bottom);
      return { left, top, right: left + wide, bottom: top + LABEL.height };
    });
    const free = boxes.find((box) => !taken.some((other) => overlap(box, other)));
    if (!free) continue;
    taken.push(free);
    haloed(context, title, free.left, free.top + LABEL.height / 2, isQuiet ? theme.muted : theme.ink, theme.surface);
  }
}

// Text that can be read on any ground.
function haloed(context, text, x, y, colour, halo) {
  const { lineWidth, strokeStyle } = context;
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  Object.assign(context, { lineWidth, strokeStyle });
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
