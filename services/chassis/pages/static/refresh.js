// A part of a page that refreshes itself stays as it is until its successor has come whole: an error, another page or
// no answer change nothing but its own note, and it is asked for again.
const partOf = (event) => event.detail.ctx?.sourceElement?.closest("[data-refreshes]");

const isWhole = (context, part) =>
  context.response?.status === 200 &&
  new DOMParser().parseFromString(context.text ?? "", "text/html").getElementById(part.id) !== null;

const stay = (event) => {
  const part = partOf(event);
  if (part) part.querySelector("[data-stale]").hidden = false;
};

document.addEventListener("htmx:before:swap", (event) => {
  const part = partOf(event);
  if (part && !isWhole(event.detail.ctx, part)) {
    event.preventDefault();
    stay(event);
  }
});
document.addEventListener("htmx:error", stay);
