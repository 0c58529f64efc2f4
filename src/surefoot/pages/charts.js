// Draws every chart of the page in the colours of the current theme, and again when theme or width change.
(() => {
  const root = document.documentElement;
  const charts = [...document.querySelectorAll(".chart")];
  const hidden = new Map(); // legend -> set of names switched off

  const themed = (text) => {
    const style = getComputedStyle(root);
    return JSON.parse(text, (_, value) =>
      typeof value === "string" && /^var\(--[\w-]+\)$/.test(value)
        ? style.getPropertyValue(value.slice(4, -1)).trim()
        : value
    );
  };
  const draw = (chart) => {
    if (!chart.clientWidth) return; // not shown: drawn when it gets a width
    const figure = themed(chart.nextElementSibling.textContent);
    const off = hidden.get(chart.dataset.legend) ?? new Set();
    for (const trace of figure.data) trace.visible = !off.has(trace.legendgroup);
    // A finger that moves over a chart scrolls the page; a mouse that drags zooms.
    figure.layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    figure.layout.width = chart.clientWidth;
    Plotly.react(chart, figure.data, figure.layout, { displayModeBar: false, doubleClick: "reset" });
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.clientWidth !== target._fullLayout?.width) draw(target);
  });
  for (const chart of charts) {
    draw(chart);
    sizes.observe(chart);
  }
  const drawAll = () => charts.forEach(draw);
  root.addEventListener("themechange", drawAll);
  matchMedia("print").addEventListener("change", drawAll); // paper is always light

  for (const legend of document.querySelectorAll(".legend")) {
    const off = new Set();
    hidden.set(legend.id, off);
    for (const button of legend.querySelectorAll("button"))
      button.addEventListener("click", () => {
        const name = button.dataset.series;
        off.has(name) ? off.delete(name) : off.add(name);
        button.setAttribute("aria-pressed", String(!off.has(name)));
        charts.filter((chart) => chart.dataset.legend === legend.id).forEach(draw);
      });
  }
})();
