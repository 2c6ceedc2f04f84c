// Draws the API reference from the document that this deployment serves.
SwaggerUIBundle({ url: "../openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });
