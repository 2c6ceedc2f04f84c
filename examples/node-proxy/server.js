// Passes POST /scan-mrz on to the OCR service. When the service is slow, down or overloaded, the answer is
// { fallbackToClientSide: true }, upon which the page's own reader takes over. Pictures stay in memory here too.

import express from "express";

const SERVICE_URL = process.env.SERVICE_URL ?? "http://127.0.0.1:5000";
const PORT = Number(process.env.PORT ?? 3000);
const HOST = process.env.HOST ?? "127.0.0.1";
const TIMEOUT_MS = Number(process.env.TIMEOUT_MS ?? 10_000);

const app = express();

app.post(["/scan-mrz", "/api/ocr/scan-mrz"], express.raw({ type: "multipart/form-data", limit: "11mb" }), async (request, response) => {
  try {
    const answer = await fetch(new URL("/scan-mrz", SERVICE_URL), {
      method: "POST",
      // The service counts requests by client; TRUSTED_PROXIES tells it how many proxies to believe.
      headers: { "content-type": request.get("content-type") ?? "", "x-forwarded-for": request.ip },
      body: request.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await answer.json();
    if (answer.status >= 500) throw new Error(`the service answered ${answer.status}`);
    if (answer.headers.has("retry-after")) response.set("retry-after", answer.headers.get("retry-after"));
    response.status(answer.status).json(body);
  } catch (error) {
    console.error("left to the client:", error.name === "TimeoutError" ? `nothing in ${TIMEOUT_MS} ms` : error.message);
    response.status(503).json({
      success: false,
      error: "The passport reader is not available.",
      confidence: 0,
      fallbackToClientSide: true,
    });
  }
});

// What Express itself refuses, such as a picture that is too large, in the same shape.
app.use((error, request, response, next) => {
  response.status(error.status ?? 500).json({ success: false, error: error.message, confidence: 0 });
});

const server = app.listen(PORT, HOST, (error) => {
  if (error) throw error;
  console.log(`http://${HOST}:${server.address().port}/scan-mrz goes to ${SERVICE_URL}`);
});
