/** The HTTP server: health, figures, and what the platforms and the sandbox add. Bodies are limited, faults say nothing. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "../log.ts";

/** Answers a request, or gives false when it is not for it. */
export type Route = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean> | boolean;

export interface HttpServer {
  readonly port: number;
  /** Routes are asked in the order in which they were added. */
  add(route: Route): void;
  close(): Promise<void>;
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?", 1)[0] ?? "/";

async function serve(routes: readonly Route[], request: IncomingMessage, response: ServerResponse, log: Log): Promise<void> {
  // Whatever a body says, no browser takes it for a page or a program of ours.
  response.setHeader("x-content-type-options", "nosniff");
  try {
    for (const route of routes) if (await route(request, response, pathOf(request))) return;
    answerJson(response, 404, { erreur: "Adresse inconnue." });
  } catch (error) {
    log.error({ error, path: pathOf(request) }, "request failed");
    if (response.headersSent) response.destroy();
    else answerJson(response, 500, { erreur: "Incident : réessayez dans un instant." });
  }
}

/**
 * Listens on the port; 0 takes any.
 * @param host loopback only, or every address of the machine
 * @throws the system's fault when the port is taken
 */
export async function startHttpServer(port: number, host: string, log: Log): Promise<HttpServer> {
  const routes: Route[] = [];
  // Who sends its head or its body a byte at a time holds a connection no longer than this.
  const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };
  const server: Server = createServer(patience, (request, response) => void serve(routes, request, response, log));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    add: (route) => routes.push(route),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      }),
  };
}
