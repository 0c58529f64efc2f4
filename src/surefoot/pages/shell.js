// Light or dark by the reader's system until the button is pressed; copying that works from file:// as well.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${isDark() ? "light" : "dark"} colours`);
  };
  const changed = () => {
    label();
    root.dispatchEvent(new Event("themechange"));
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    changed();
  });
  system.addEventListener("change", changed);
  button.hidden = false;
  label();

  const select = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  const copy = async (node) => {
    try {
      await navigator.clipboard.writeText(node.textContent);
      return true;
    } catch {
      select(node);
      return document.execCommand("copy");
    }
  };
  for (const place of document.querySelectorAll(".copy")) {
    const text = place.querySelector("code");
    const status = place.querySelector("[role=status]");
    place.querySelector("button").addEventListener("click", async () => {
      status.textContent = (await copy(text)) ? "Copied." : "Selected: copy it with Ctrl+C or Cmd+C.";
    });
  }
})();
