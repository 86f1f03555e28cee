// Renders the product's OpenAPI document with Swagger UI from our own files; nothing is asked of outside services.
/* global SwaggerUIBundle */
const box = document.getElementById('openapi');

function failed() {
  const text = document.createElement('p');
  text.className = 'notice failed';
  text.textContent = box.dataset.failed;
  box.replaceChildren(text);
}

if (typeof SwaggerUIBundle === 'undefined') {
  failed();
} else {
  fetch(box.dataset.url, { headers: { accept: 'application/json' } })
    .then(answer => answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))))
    .then(spec => SwaggerUIBundle({
      spec,
      domNode: box,
      validatorUrl: null,
      deepLinking: false,
      supportedSubmitMethods: [], // trying is done on the product page, on a sandbox key
    }))
    .catch(failed);
}
