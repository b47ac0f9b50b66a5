// Draws the API's page from the description that this very service serves; nothing is asked of another host.
window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("docs");
  window.SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    validatorUrl: null,
    deepLinking: true,
    docExpansion: "list",
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
