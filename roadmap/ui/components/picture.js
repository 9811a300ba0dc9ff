// A drawing as part of the page, so that it reads in the page's own type; `st.html` would drop it.

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".picture") ?? parentElement.appendChild(document.createElement("div"));
  box.className = "picture";
  box.innerHTML = `<style>${data.style}.picture{color:var(--st-text-color);font-family:var(--st-font)}</style>${data.svg}`;
}
