// Comfort only: everything works without this file.
(() => {
  "use strict";
  const lang = document.documentElement.lang;
  for (const input of document.querySelectorAll("input[data-suggest]")) {
    const list = document.createElement("ul");
    const id = `${input.id}-suggestions`;
    Object.assign(list, { id, hidden: true, className: "suggestions" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.labels[0].textContent);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", id);
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    input.form.classList.add("with-suggestions");
    input.form.append(list);
    let chosen = -1;
    let waiting = 0;
    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const show = (groups) => {
      list.replaceChildren();
      for (const group of groups) {
        for (const item of group.items) {
          const option = document.createElement("li");
          option.id = `${id}-${list.children.length}`;
          option.setAttribute("role", "option");
          option.dataset.address = item.address;
          option.textContent = item.title;
          const kind = document.createElement("span");
          kind.className = "quiet small";
          kind.textContent = ` ${group.label}`;
          option.append(kind);
          list.append(option);
        }
      }
      if (list.children.length === 0) return close();
      chosen = -1;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (step) => {
      const count = list.children.length;
      if (list.hidden || count === 0) return;
      chosen = (chosen + step + count) % count;
      [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
      input.setAttribute("aria-activedescendant", list.children[chosen].id);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    };
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      const text = input.value.trim();
      if (text.length < 2) return close();
      waiting = setTimeout(async () => {
        try {
          const answer = await fetch(`/api/v1/search/suggest?lang=${lang}&q=${encodeURIComponent(text.slice(0, 100))}`);
          const { groups } = answer.ok ? await answer.json() : { groups: [] };
          // Who has left the box, or typed on, is not to be disturbed by a late answer.
          if (document.activeElement === input && input.value.trim() === text) show(groups);
        } catch {
          close();
        }
      }, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        choose(event.key === "ArrowDown" ? 1 : -1);
        event.preventDefault();
      } else if (event.key === "Escape" && !list.hidden) {
        // Left to itself the browser would empty the box as well.
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.address);
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.address);
    });
    input.addEventListener("blur", close);
  }
})();
