// Draws the API reference from the document that this deployment serves. The bundle before this script is a global.
/** @type {any} */ (window).SwaggerUIBundle({ url: "../openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });
