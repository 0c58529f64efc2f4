// What is written on the ground: round numbers along the lower and the left edge, and the names of places.

const SCALE_FONT = "11px system-ui, -apple-system, sans-serif";
const PLACE_FONT = "italic 13px system-ui, -apple-system, sans-serif";

function drawScales(context, stage, { land, theme }) {
  const [xLow, xHigh, yLow, yHigh] = land.bounds;
  const { width, height, corner } = stage;
  const write = (text, x, y) => haloed(context, text, x, y, theme.muted, theme.surface);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.font = SCALE_FONT;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const value of roundNumbers(xLow, xHigh, width / 80)) {
    const x = stage.x(value);
    if (x < 24 || x > corner.right) continue;
    tick(context, x, height, x, height - 4);
    write(shortly(value), x, height - 7);
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const value of roundNumbers(yLow, yHigh, height / 70)) {
    const y = stage.y(value);
    if (y < corner.top || y > height - 24) continue;
    tick(context, 0, y, 4, y);
    write(shortly(value), 7, y);
  }
  if (width < 340) return; // no room for names
  context.font = PLACE_FONT;
  context.textAlign = "center";
  for (const [x, y, name] of land.places) write(name, stage.x(x), stage.y(y));
}

function tick(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
