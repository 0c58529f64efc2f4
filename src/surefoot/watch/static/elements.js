// Making elements, and the three kinds of control: a slider with its number, a select, a pair of coordinates.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function button(text, press, attributes = {}) {
  return make("button", { type: "button", class: "quiet", onclick: press, ...attributes }, text);
}

// A walker's swatch as the page's own SVG, made by Python for every chart of the project.
function swatchOf(walker) {
  const holder = make("span", { class: "key", "aria-hidden": "true" });
  holder.innerHTML = walker.swatch;
  return holder;
}

const TICKS = 1000; // positions of a slider

// A number with a slider over its declared range, where there is one, and a field that takes any allowed value.
function numberControl({ id, name, meaning, range, domain, value, change }) {
  let current = value;
  const field = make("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", value: exactly(value) });
  const problem = make("span", { class: "problem", id: `${id}-problem`, role: "alert" });
  field.setAttribute("aria-describedby", problem.id);
  const slider = range && make("input", { id: `${id}-slider`, type: "range", min: 0, max: TICKS, step: 1 });
  const show = () => {
    if (!slider) return;
    slider.value = Math.round(fraction(range, current) * TICKS);
    slider.setAttribute("aria-valuetext", exactly(current));
  };
  const take = (next) => {
    current = next;
    change(next);
    show();
  };
  field.addEventListener("input", () => {
    const next = Number(field.value.trim() === "" ? NaN : field.value.replace("−", "-"));
    const isFine = isAllowed(domain, next);
    field.setAttribute("aria-invalid", String(!isFine));
    problem.textContent = isFine ? "" : `must be in ${domain.interval}`;
    if (isFine) take(next);
  });
  if (slider) {
    slider.setAttribute("aria-label", `${name}: ${meaning}`);
    slider.addEventListener("input", () => {
      take(quantile(range, Number(slider.value) / TICKS));
      field.value = exactly(current);
      field.removeAttribute("aria-invalid");
      problem.textContent = "";
    });
  }
  show();
  const label = make("label", { for: id, title: meaning }, name);
  return make("div", { class: "control" }, label, ...(slider ? [slider] : [make("span")]), field, problem);
}

function selectControl({ id, name, choices, value, change }) {
  const options = choices.map((text, k) => make("option", { value: k, selected: k === value }, text));
  const select = make("select", { id, onchange: () => change(Number(select.value)) }, ...options);
  return make("div", { class: "control" }, make("label", { for: id }, name), select);
}
