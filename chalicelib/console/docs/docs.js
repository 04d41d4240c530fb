// Shows the API's own description; Swagger UI is in vendor/. Nothing is asked of any other host.
"use strict";

const api = location.pathname.replace(/\/docs\/?$/, "");

SwaggerUIBundle({
  url: `${api}/v1/openapi.json`,
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  filter: true,
  operationsSorter: "alpha",
  tagsSorter: "alpha",
  tryItOutEnabled: true,
  persistAuthorization: false, // a token in the browser's storage would outlive the visit
  validatorUrl: null,
  requestInterceptor: (request) => {
    // A stage that is not called `api`, or a custom domain without one, still reaches its own host.
    request.url = request.url.replace(`${location.origin}/api/`, `${location.origin}${api}/`);
    return request;
  },
});

// Swagger UI leaves some fields without a name, shows the token, and has no heading between h1 and h3.
const NAMES = [
  [".operation-filter-input", () => "Filter by tag"],
  ["textarea.body-param__text", () => "Request body"],
  [".examples-select-element", () => "Example"],
  ["#auth-bearer-value", () => "Bearer token"],
  ["[data-param-name] :is(input, select, textarea)", (field) => field.closest("[data-param-name]").dataset.paramName],
];

function mend() {
  for (const [selector, nameOf] of NAMES) {
    for (const field of document.querySelectorAll(selector)) field.setAttribute("aria-label", nameOf(field));
  }
  const token = document.querySelector("#auth-bearer-value");
  if (token) Object.assign(token, { type: "password", autocomplete: "off" });
  for (const heading of document.querySelectorAll("#docs :is(h3, h4, h5, h6)")) {
    heading.setAttribute("aria-level", String(Number(heading.localName[1]) - 1));
  }
}

new MutationObserver(mend).observe(document.getElementById("docs"), { childList: true, subtree: true });
