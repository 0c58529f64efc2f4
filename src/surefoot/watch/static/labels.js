// Names beside the walkers, where there is room: to the right, the left, above or below, else none.

const LABEL = { font: "600 12.5px system-ui, -apple-system, sans-serif", height: 15, gap: 11 };

// `heads` are [{ title, x, y }] in pixels, the most important first.
function drawLabels(context, heads, width, height, theme) {
  context.font = LABEL.font;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineJoin = "round";
  const taken = heads.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
  for (const { title, x, y } of heads) {
    const wide = context.measureText(title).width;
    const corners = [
      [x + LABEL.gap, y - LABEL.height / 2],
      [x - LABEL.gap - wide, y - LABEL.height / 2],
      [x - wide / 2, y - LABEL.gap - LABEL.height],
      [x - wide / 2, y + LABEL.gap],
    ];
    const boxes = corners.map(([left, top]) => ({ left, top, right: left + wide, bottom: top + LABEL.height }));
    const free = boxes.find((box) => isInside(box, width, height) && !taken.some((other) => overlap(box, other)));
    if (!free) continue;
    taken.push(free);
    context.lineWidth = 4;
    context.strokeStyle = theme.surface;
    context.strokeText(title, free.left, free.top + LABEL.height / 2);
    context.fillStyle = theme.ink;
    context.fillText(title, free.left, free.top + LABEL.height / 2);
  }
}

function isInside({ left, right, top, bottom }, width, height) {
  return left >= 2 && right <= width - 2 && top >= 2 && bottom <= height - 2;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
