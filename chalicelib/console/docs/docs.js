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
